"""May this person do that here? One question, asked by pages, API and admin (spec 01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery

from zrg.workspaces.capabilities import WHO_MAY, Capability, Standing
from zrg.workspaces.models import Membership, User, Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class NotAllowed(PermissionDenied):
    """Refused, with a reason the person may read."""


def standing(user: User | AnonymousUser, workspace: Workspace) -> Standing | None:
    """What the person is in the workspace; None for a stranger or an archived workspace. Costs at most one query,
    none for the same user and workspace objects a second time."""
    if not user.is_authenticated or workspace.archived_at is not None:
        return None
    if user.is_superuser or workspace.owner_id == user.pk:
        return Standing.ADMIN
    known: dict[Any, Standing | None] = user.__dict__.setdefault("_standings", {})
    if workspace.pk not in known:
        role = Membership.objects.filter(workspace=workspace, user=user).values_list("role", flat=True).first()
        known[workspace.pk] = Standing(role) if role else None
    return known[workspace.pk]


def with_standings(user: User | AnonymousUser, workspaces: QuerySet[Workspace]) -> list[Workspace]:
    """These workspaces, and the person's standing in each read along: `standing` then needs no query for them."""
    if not user.is_authenticated:
        return []
    own = Membership.objects.filter(workspace=OuterRef("pk"), user=user).values("role")
    found: list[Workspace] = list(workspaces.annotate(own_role=Subquery(own)))
    known: dict[Any, Standing | None] = user.__dict__.setdefault("_standings", {})
    for workspace in found:
        role: str | None = workspace.own_role  # type: ignore[attr-defined]
        known[workspace.pk] = Standing(role) if role else None
    return found


def can(user: User | AnonymousUser, capability: Capability, workspace: Workspace) -> bool:
    """True if the table of capabilities allows it."""
    return standing(user, workspace) in WHO_MAY[capability]


def check(user: User | AnonymousUser, capability: Capability, workspace: Workspace) -> None:
    """Raise NotAllowed with the reason unless allowed."""
    if not can(user, capability, workspace):
        raise NotAllowed(f"Your role in {workspace.name} does not allow this: {capability}.")


def allowed(rule: Callable[..., None], *args: Any) -> bool:
    """Ask a `check_…` rule as a question, for a template."""
    try:
        rule(*args)
    except NotAllowed:
        return False
    return True
