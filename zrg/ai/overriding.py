"""What a workspace says differently, read once per job or request (spec 05): the active overrides."""

from __future__ import annotations

from dataclasses import dataclass, field

from zrg.ai.models import PromptOverride, PromptSnippetOverride
from zrg.workspaces.models import Workspace

_REMEMBERED = "_active_overrides"


@dataclass(frozen=True, slots=True)
class Own:
    """Active texts by key."""

    prompts: dict[str, PromptOverride] = field(default_factory=dict)
    snippets: dict[str, str] = field(default_factory=dict)


def active(workspace: Workspace) -> Own:
    """The workspace's active overrides, remembered on this very object: one job or request sees one state."""
    known: Own | None = workspace.__dict__.get(_REMEMBERED)
    if known is None:
        prompts = PromptOverride.objects.filter(workspace=workspace, active=True)
        snippets = PromptSnippetOverride.objects.filter(workspace=workspace, active=True)
        known = Own({row.prompt_key: row for row in prompts}, {row.snippet_key: row.text for row in snippets})
        workspace.__dict__[_REMEMBERED] = known
    return known


def forget(workspace: Workspace) -> None:
    """They were changed."""
    workspace.__dict__.pop(_REMEMBERED, None)


def assume(workspace: Workspace, own: Own) -> None:
    """Let this very object say something else, for a preview; nothing is kept."""
    workspace.__dict__[_REMEMBERED] = own
