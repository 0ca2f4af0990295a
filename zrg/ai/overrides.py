"""What a workspace tells the model differently (spec 05): validated, versioned, reverted.

A version is never changed. Saving makes a new one and activates it; to revert is to activate an older one, or none,
which is the default text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from zrg.ai import overriding, prompts, templating
from zrg.ai.efforts import ORDER
from zrg.ai.models import PromptOverride, PromptSnippetOverride
from zrg.ai.prompts import Prompt, Snippet
from zrg.workspaces.models import User, Workspace

LONGEST = 40_000
EFFORTS = ORDER

V = TypeVar("V", PromptOverride, PromptSnippetOverride)


# ── Checking ───────────────────────────────────────────────────────────────────
def check_prompt(prompt: Prompt, text: str) -> None:
    """Raises ValidationError naming every variable and snippet that is unknown, or that the default has and this text
    lacks: without them the model would not get what the prompt is about."""
    _check(text, default=prompt.text, variables=prompt.variables, snippets=usable(prompt))


def usable(prompt: Prompt) -> list[str]:
    """Snippets whose variables the prompt is given."""
    given = set(prompt.variables)
    return [key for key, snippet in prompts.snippets().items() if templating.places(snippet.text)[0] <= given]


def check_snippet(snippet: Snippet, text: str) -> None:
    """As above. A snippet may name no snippet."""
    _check(text, default=snippet.text, variables=snippet.variables, snippets=())


def _check(text: str, *, default: str, variables: Iterable[str], snippets: Iterable[str]) -> None:
    if not text.strip():
        raise ValidationError("Write the text. To use the default, go back to it.")
    if len(text) > LONGEST:
        raise ValidationError(f"This is longer than {LONGEST:,} characters.")
    try:
        templating.check(text, variables=variables, snippets=snippets)
        wanted, wanted_snippets = templating.places(default)
        used, used_snippets = templating.places(text)
    except templating.TemplateError as error:
        raise ValidationError(str(error)) from error
    missing = [f"{{{{ {name} }}}}" for name in sorted(wanted - used)]
    missing += [f"{{{{> {name} }}}}" for name in sorted(wanted_snippets - used_snippets)]
    if missing:
        raise ValidationError(f"Missing: {', '.join(missing)}. The default text has it and the model needs it.")


# ── Prompts ────────────────────────────────────────────────────────────────────
def save(
    workspace: Workspace, key: str, *, text: str, by: User, model: str = "", effort: str = "", note: str = ""
) -> PromptOverride:
    """Keep a new version of the prompt `key` for this workspace and activate it. Raises ValidationError, and
    LookupError for a key nobody knows."""
    check_prompt(prompts.get(key), text)
    if effort and effort not in EFFORTS:
        raise ValidationError(f"“{effort}” is not an effort. Use one of {', '.join(EFFORTS)}.")
    given = {"text": text.strip(), "model": model.strip(), "effort": effort, "note": note.strip()[:200]}
    with transaction.atomic():
        _alone(workspace)
        return _next(PromptOverride, {"workspace": workspace, "prompt_key": key}, by=by, **given)


def activate(override: PromptOverride) -> None:
    """Use this version. Raises ValidationError where it no longer fits its prompt."""
    check_prompt(prompts.get(override.prompt_key), override.text)
    _use(override, {"workspace": override.workspace, "prompt_key": override.prompt_key})


def revert(workspace: Workspace, key: str) -> bool:
    """Use the default text again; False where it is in use already."""
    return _use_none(PromptOverride, workspace, prompt_key=key)


# ── Snippets ───────────────────────────────────────────────────────────────────
def save_snippet(workspace: Workspace, key: str, *, text: str, by: User, note: str = "") -> PromptSnippetOverride:
    """As `save`, for a text that several prompts share."""
    check_snippet(_snippet(key), text)
    with transaction.atomic():
        _alone(workspace)
        scope = {"workspace": workspace, "snippet_key": key}
        return _next(PromptSnippetOverride, scope, by=by, text=text.strip(), note=note.strip()[:200])


def activate_snippet(override: PromptSnippetOverride) -> None:
    """As `activate`."""
    check_snippet(_snippet(override.snippet_key), override.text)
    _use(override, {"workspace": override.workspace, "snippet_key": override.snippet_key})


def revert_snippet(workspace: Workspace, key: str) -> bool:
    """As `revert`."""
    return _use_none(PromptSnippetOverride, workspace, snippet_key=key)


def _snippet(key: str) -> Snippet:
    try:
        return prompts.snippets()[key]
    except KeyError:
        raise LookupError(f"There is no snippet {key!r}.") from None


# ── Versions of both kinds ─────────────────────────────────────────────────────
def _alone(workspace: Workspace) -> None:
    """Two savers wait for each other: each gets a version of its own, and one is active."""
    overriding.forget(workspace)
    Workspace.objects.select_for_update(of=("self",), no_key=True).get(pk=workspace.pk)


def _next(of: type[V], scope: dict[str, Any], *, by: User, **given: Any) -> V:
    rows = of._default_manager.filter(**scope)
    last = rows.aggregate(last=Max("version"))["last"] or 0
    rows.filter(active=True).update(active=False)
    return of._default_manager.create(**scope, version=last + 1, active=True, created_by=by, **given)


@transaction.atomic
def _use(override: PromptOverride | PromptSnippetOverride, scope: dict[str, Any]) -> None:
    _alone(override.workspace)
    rows = type(override).objects.filter(**scope)
    rows.filter(active=True).exclude(pk=override.pk).update(active=False)
    rows.filter(pk=override.pk).update(active=True)
    override.active = True


@transaction.atomic
def _use_none(model: type[PromptOverride] | type[PromptSnippetOverride], workspace: Workspace, **key: str) -> bool:
    _alone(workspace)
    return bool(model.objects.filter(workspace=workspace, active=True, **key).update(active=False))
