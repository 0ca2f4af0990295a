"""Which reasoning effort a model takes (providers/openai.md, section 4). Pure.

The wanted effort is mapped to what the *effective* model accepts: a wrong value is a refusal, an absent one is the
model's own default.
"""

from __future__ import annotations

ORDER = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_CLASSIC = ("minimal", "low", "medium", "high")
_NEWER = ("none", "low", "medium", "high", "xhigh")

# By longest prefix of the model's id; an empty tuple: the model does not reason, nothing is sent.
ACCEPTED: dict[str, tuple[str, ...]] = {
    "gpt-5": _CLASSIC,
    "gpt-5-pro": ("high",),
    "gpt-5.1": ("none", "low", "medium", "high"),
    "gpt-5.1-codex": ("low", "medium", "high"),
    "gpt-5.1-chat-latest": ("medium",),
    "gpt-5.2": _NEWER,
    "gpt-5.4": _NEWER,
    "gpt-5.5": _NEWER,
    "gpt-5.2-pro": ("medium", "high", "xhigh"),
    "gpt-5.4-pro": ("medium", "high", "xhigh"),
    "gpt-5.6": (*_NEWER, "max"),
    "gpt-6": (*_NEWER, "max"),
    "gpt-4": (),
    "gpt-4o": (),
}
_UNKNOWN = {"none": "low", "minimal": "low", "xhigh": "high", "max": "high"}
_TWIN = {"none": "minimal", "minimal": "none"}


def accepted(model: str) -> tuple[str, ...] | None:
    """What this model takes; None for a model nobody told us about. A dated snapshot is its model."""
    fits = [prefix for prefix in ACCEPTED if model == prefix or model.startswith((f"{prefix}-", f"{prefix}."))]
    # "gpt-5." begins other generations: only what is listed by its own name belongs to it.
    fits = [prefix for prefix in fits if not (prefix == "gpt-5" and model.startswith("gpt-5."))]
    return ACCEPTED[max(fits, key=len)] if fits else None


def effort_for(model: str, wanted: str) -> str | None:
    """The effort to send; None: leave it out."""
    if not wanted:
        return None
    takes = accepted(model)
    if takes is None:
        return _UNKNOWN.get(wanted, wanted)
    if wanted in takes:
        return wanted
    if _TWIN.get(wanted) in takes:
        return _TWIN[wanted]
    higher = [effort for effort in ORDER[ORDER.index(wanted) + 1 :] if effort in takes] if wanted in ORDER else []
    return higher[0] if higher else None
