"""Whose voice speaks (spec 05, "Personas"), and the few variables a greeting or signature may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, FilteredRelation, Q

from zrg.ai.models import AiSettings, Persona
from zrg.workspaces.models import Workspace

VARIABLES: dict[str, str] = {
    "first_name": "the lead's first name",
    "persona_name": "who the message is from",
    "company": "your company",
}
LAST_TONE = "friendly-professional"

_VARIABLE = re.compile(r"\{\s*(?P<name>\w+)\s*\}")
_BRACED = re.compile(r"\{[^{}\n]*\}|[{}]")
_BEFORE_PUNCTUATION = re.compile(r"[ \t]+(?=[,.;:!?])")
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Voice:
    """How messages sound, each field from the first rung that has it; greetings and signature still hold variables.

    `name`: what the team calls the first persona of the chain, empty where none speaks."""

    name: str
    persona_name: str
    tone: str
    greeting: str
    sms_greeting: str
    signature: str
    goals: str

    def filled(self, *, first_name: str, company: str) -> Voice:
        """The same with its variables filled in; `company`: ours."""
        values = {"first_name": first_name, "persona_name": self.persona_name, "company": company}
        return Voice(
            name=self.name,
            persona_name=self.persona_name,
            tone=self.tone,
            greeting=fill(self.greeting, values),
            sms_greeting=fill(self.sms_greeting, values),
            signature=fill(self.signature, values),
            goals=self.goals,
        )


def voice(workspace: Workspace, *personas: Persona | None) -> Voice:
    """The voice of `personas` (sequence, then campaign; None where there is none), then the workspace's default
    persona, then its AI settings, as this object remembers them: every field falls through by itself. An empty SMS
    greeting is its own rung's greeting. At most two queries."""
    named = [persona for persona in personas if persona is not None]
    return chain([*named, *_default(workspace, named)], _settings(workspace))


def usual() -> dict[str, Any]:
    """Annotations for rows that have a workspace: the last rungs of its chain, as far as they say who speaks."""
    return {
        "usual": FilteredRelation("workspace__personas", condition=Q(workspace__personas__is_default=True)),
        "usual_name": F("usual__name"),
        "usual_persona_name": F("usual__persona_name"),
        "settings_persona_name": F("workspace__ai_settings__persona_name"),
    }


def speaker(row: Any, persona: Persona | None) -> str:
    """Who messages are from, as `voice` says it of a campaign's persona (None: it has none) in the workspace of a row
    annotated with `usual`: where nobody is named, what the team calls the persona. No query."""
    named = [persona.persona_name] if persona else []
    named += [row.usual_persona_name or "", row.settings_persona_name or ""]
    return _first(named) or (persona.name if persona else row.usual_name or "")


def chain(personas: Iterable[Persona], settings: AiSettings) -> Voice:
    """As `voice`, of rungs that are known; no query."""
    above = list(personas)
    rungs: list[Persona | AiSettings] = [*above, settings]
    return Voice(
        name=above[0].name if above else "",
        persona_name=_first(rung.persona_name for rung in rungs),
        tone=_first(rung.tone for rung in rungs) or LAST_TONE,
        greeting=_first(rung.greeting for rung in rungs),
        sms_greeting=_first(rung.sms_greeting.strip() or rung.greeting for rung in rungs),
        signature=_first(rung.signature for rung in rungs),
        goals=_first(rung.goals for rung in rungs),
    )


def _first(texts: Iterable[str]) -> str:
    return next((text.strip() for text in texts if text.strip()), "")


def _default(workspace: Workspace, named: list[Persona]) -> list[Persona]:
    if any(persona.is_default for persona in named):
        return []
    return list(Persona.objects.filter(workspace=workspace, is_default=True)[:1])


def _settings(workspace: Workspace) -> AiSettings:
    try:
        return workspace.ai_settings
    except AiSettings.DoesNotExist:
        return AiSettings(workspace=workspace)


# ── Variables ──────────────────────────────────────────────────────────────────
def unknown_variables(text: str) -> list[str]:
    """What stands in braces and is no variable, as written, each once; a lone brace counts too."""
    found = (match[0] for match in _BRACED.finditer(text))
    return list(dict.fromkeys(piece for piece in found if not _is_known(piece)))


def _is_known(piece: str) -> bool:
    match = _VARIABLE.fullmatch(piece)
    return match is not None and match["name"] in VARIABLES


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in. An empty value leaves no gap: “Hi {first_name},” becomes “Hi,”, and a line
    of nothing else is left out. What is no variable stays as it is (forms refuse it)."""
    lines = (_filled_line(line, values) for line in text.splitlines())
    return "\n".join(line for line in lines if line is not None).strip()


def _filled_line(line: str, values: Mapping[str, str]) -> str | None:
    holes = [match["name"] for match in _VARIABLE.finditer(line)]
    filled = _VARIABLE.sub(lambda match: values.get(match["name"], match[0]).strip(), line)
    if any(not values.get(name, name).strip() for name in holes):
        filled = _SPACES.sub(" ", _BEFORE_PUNCTUATION.sub("", filled)).strip().lstrip(",;:. ")
        return filled or None
    return filled


# ── The default ────────────────────────────────────────────────────────────────
@transaction.atomic
def make_default(persona: Persona) -> None:
    """Make it the workspace's default, and the one before no more. Two at once end with one default: the later."""
    Workspace.objects.select_for_update(of=("self",), no_key=True).get(pk=persona.workspace_id)
    others = Persona.objects.filter(workspace_id=persona.workspace_id, is_default=True).exclude(pk=persona.pk)
    for other in others:
        other.is_default = False
        other.save(update_fields=["is_default"])
    persona.is_default = True
    persona.save(update_fields=["is_default"])
