"""Who may do what in a conversation: each rule raises NotAllowed with a reason; templates ask it with `allowed`."""

from __future__ import annotations

from leads.models import Lead
from zrg.workspaces.access import NotAllowed, can
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.models import User, Workspace


def check_may_reply(user: User, workspace: Workspace) -> None:
    """Reply, mark done, undo, retry."""
    if not can(user, Capability.REPLY, workspace):
        raise NotAllowed("You can read this conversation, not answer in it.")


def check_may_assign(user: User, lead: Lead, workspace: Workspace, to: User | None) -> None:
    """Managers give a lead to anybody; a setter takes an unassigned one (spec 01)."""
    if can(user, Capability.MANAGE_LEADS, workspace):
        return
    takes = lead.assignee_id is None and to is not None and to.pk == user.pk
    if not (takes and can(user, Capability.EDIT_LEADS, workspace)):
        raise NotAllowed("Only managers give a lead to somebody else. An unassigned one you can take yourself.")
