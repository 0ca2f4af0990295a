"""How a voice would read, while it is being written: for a sample lead, with the rung each part comes from."""

from __future__ import annotations

from dataclasses import dataclass

from zrg.ai import personas
from zrg.ai.models import AiSettings, Persona
from zrg.ai.personas import Voice
from zrg.workspaces.models import Workspace

SAMPLE_FIRST_NAME = "Ann"
_SHOWN = {
    "persona_name": "Written by",
    "tone": "Tone",
    "greeting": "Greeting",
    "sms_greeting": "SMS greeting",
    "signature": "Signature",
    "goals": "Goals",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A filled voice, where each field comes from, and what stands in braces and is no variable."""

    voice: Voice
    rungs: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def of_persona(persona: Persona, workspace: Workspace) -> Preview:
    """As if this (perhaps unsaved) persona spoke."""
    default = Persona.objects.filter(workspace=workspace, is_default=True).exclude(pk=persona.pk).first()
    above = [("this persona", persona)]
    if default is not None and not persona.is_default:
        above.append(("the default persona", default))
    return _preview(above, workspace.ai_settings, workspace)


def of_settings(settings: AiSettings, workspace: Workspace) -> Preview:
    """As if no persona spoke."""
    return _preview([], settings, workspace)


def _preview(above: list[tuple[str, Persona]], settings: AiSettings, workspace: Workspace) -> Preview:
    voice = personas.chain([persona for _, persona in above], settings)
    texts = (voice.greeting, voice.sms_greeting, voice.signature)
    unknown = dict.fromkeys(piece for text in texts for piece in personas.unknown_variables(text))
    company = settings.company_name or workspace.name
    return Preview(
        voice=voice.filled(first_name=SAMPLE_FIRST_NAME, company=company),
        rungs=tuple((label, _source(field, above, settings)) for field, label in _SHOWN.items()),
        unknown=tuple(unknown),
    )


def _source(field: str, above: list[tuple[str, Persona]], settings: AiSettings) -> str:
    rungs: list[tuple[str, Persona | AiSettings]] = [*above, ("voice without a persona", settings)]
    for title, rung in rungs:
        if getattr(rung, field).strip():
            return title
        if field == "sms_greeting" and rung.greeting.strip():
            return f"greeting of {title}" if rung is not settings else "greeting"
    return "not set"
