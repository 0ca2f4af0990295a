"""A prompt shown on a real lead (spec 05): exactly what would be sent, and the answer if a key is configured.

What is known of leads lives on higher floors: they say here how leads are found and what a prompt is given for one.
Nothing is kept but the interaction, nothing reaches the lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel

from zrg.ai import overriding, running
from zrg.ai.models import PromptOverride, PromptSnippetOverride
from zrg.ai.running import Asked, Result
from zrg.workspaces.models import User, Workspace

SOURCE = "preview"


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead to choose: its id, and a line that tells it from others."""

    id: UUID
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a prompt is given for a lead, and the schema of its answer."""

    variables: Mapping[str, str]
    schema: type[BaseModel]


class Leads(Protocol):
    """What the higher floor knows."""

    def find(self, user: User, workspace: Workspace, words: str) -> list[FoundLead]:
        """A few leads this person may see; without words those who wrote last."""

    def inputs(self, user: User, workspace: Workspace, lead_id: UUID, prompt_key: str) -> Inputs | None:
        """None where the person may not see the lead, or nobody knows how this prompt is asked."""


_leads: list[Leads] = []


def register(leads: Leads) -> None:
    """Name who knows the leads; the roof does (zrg/pages.py)."""
    _leads[:] = [leads]


def find(user: User, workspace: Workspace, words: str) -> list[FoundLead]:
    """See `Leads.find`."""
    return _leads[0].find(user, workspace, words) if _leads else []


def inputs(user: User, workspace: Workspace, lead_id: UUID, prompt_key: str) -> Inputs | None:
    """See `Leads.inputs`."""
    return _leads[0].inputs(user, workspace, lead_id, prompt_key) if _leads else None


def as_typed(
    workspace: Workspace, *, prompt: PromptOverride | None = None, snippet: PromptSnippetOverride | None = None
) -> None:
    """From now on, on this very object and for nobody else, let the workspace say what is being typed."""
    own = overriding.active(workspace)
    prompts, snippets = dict(own.prompts), dict(own.snippets)
    if prompt is not None:
        prompts[prompt.prompt_key] = prompt
    if snippet is not None:
        snippets[snippet.snippet_key] = snippet.text
    overriding.assume(workspace, overriding.Own(prompts, snippets))


def asked(workspace: Workspace, prompt_key: str, given: Inputs) -> Asked:
    """What would be sent. Raises templating.TemplateError."""
    return running.compose(prompt_key, workspace=workspace, variables=given.variables)


def answer(workspace: Workspace, prompt_key: str, given: Inputs, *, lead_id: UUID) -> Result[BaseModel]:
    """Ask the model, as for the real thing but at the preview's expense."""
    return running.run_structured(
        prompt_key,
        workspace=workspace,
        lead_id=lead_id,
        variables=given.variables,
        schema=given.schema,
        source=SOURCE,
        retries=False,
    )
