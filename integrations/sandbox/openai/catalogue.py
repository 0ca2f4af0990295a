"""The models that are there, the efforts each accepts, the dated name each answers with (its contract, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASSIC = ("minimal", "low", "medium", "high")
_NEWER = ("none", "low", "medium", "high", "xhigh")
_NEWEST = (*_NEWER, "max")
_DATED = re.compile(r"^(?P<name>.+)-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Model:
    """One model. No `efforts`: it does not reason. `default` is its effort when none is sent."""

    name: str
    snapshot: str
    efforts: tuple[str, ...] = ()
    default: str = ""

    @property
    def takes_sampling(self) -> bool:
        """May a call name a temperature? Not where the model reasons."""
        return not self.efforts


# Retired ones (gpt-5.1-codex, the chat-latest names, o1 …) are not here: they answer model_not_found, as they do there.
_TABLE = (
    Model("gpt-5", "2025-08-07", _CLASSIC, "medium"),
    Model("gpt-5-mini", "2025-08-07", _CLASSIC, "medium"),
    Model("gpt-5-nano", "2025-08-07", _CLASSIC, "medium"),
    Model("gpt-5-pro", "2025-10-06", ("high",), "high"),
    Model("gpt-5.1", "2025-11-13", ("none", "low", "medium", "high"), "none"),
    Model("gpt-5.2", "2025-12-11", _NEWER, "none"),
    Model("gpt-5.2-pro", "2025-12-11", ("medium", "high", "xhigh"), "medium"),
    Model("gpt-5.4", "2026-03-05", _NEWER, "none"),
    Model("gpt-5.4-mini", "2026-03-17", _NEWER, "none"),
    Model("gpt-5.4-nano", "2026-03-17", _NEWER, "none"),
    Model("gpt-5.4-pro", "2026-03-05", ("medium", "high", "xhigh"), "medium"),
    Model("gpt-5.5", "2026-04-23", _NEWER, "none"),
    *(Model(f"gpt-5.6-{name}", "2026-07-09", _NEWEST, "none") for name in ("sol", "terra", "luna")),
    *(Model(f"gpt-6-{name}", "2026-09-10", _NEWEST, "none") for name in ("sol", "luna", "astra")),
    *(Model(f"gpt-6.1-{name}", "2026-10-29", _NEWEST, "none") for name in ("sol", "terra")),
    Model("gpt-4.1", "2025-04-14"),
    Model("gpt-4.1-mini", "2025-04-14"),
    Model("gpt-4o", "2024-08-06"),
    Model("gpt-4o-mini", "2024-07-18"),
)
MODELS = {model.name: model for model in _TABLE}


def model_of(name: object) -> Model | None:
    """The model of a name or of its dated snapshot; None if there is none (any more)."""
    if not isinstance(name, str):
        return None
    dated = _DATED.match(name)
    model = MODELS.get(dated["name"] if dated else name)
    return model if model and name in (model.name, answered_name(model)) else None


def answered_name(model: Model) -> str:
    """What the answer calls it: always the snapshot."""
    return f"{model.name}-{model.snapshot}"
