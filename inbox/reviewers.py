"""Who is asked about a draft, and who may decide about it (spec 01, 06)."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.models import Draft, ReplySettings
from inbox.permissions import check_may_reply
from inbox.selectors import Viewer
from zrg.workspaces.access import NotAllowed
from zrg.workspaces.models import Membership, Role, User


def of(draft: Draft) -> list[User]:
    """The workspace's reviewers; without any the lead's setter; without one the admins. Only people who may decide:
    nobody else is shown what a lead wrote."""
    return _able(draft, _chosen(draft)) or _able(draft, [draft.lead.assignee]) or _able(draft, _admins(draft))


def check_may_decide(user: User, draft: Draft) -> None:
    """Raise NotAllowed, with words for the person, unless they may answer in this workspace and see this lead."""
    if not user.is_active:
        raise NotAllowed("Your ZRG account is switched off.")
    check_may_reply(user, draft.workspace)
    if not Viewer.of(user, draft.workspace).leads().filter(pk=draft.lead_id).exists():
        raise NotAllowed("This lead is assigned to somebody else.")


def _able(draft: Draft, people: Iterable[User | None]) -> list[User]:
    return [person for person in people if person is not None and _may_decide(person, draft)]


def _may_decide(person: User, draft: Draft) -> bool:
    try:
        check_may_decide(person, draft)
    except NotAllowed:
        return False
    return True


def _chosen(draft: Draft) -> Iterable[User]:
    settings = ReplySettings.objects.filter(workspace=draft.workspace_id).first()
    return settings.reviewers.order_by("name", "pk") if settings else ()


def _admins(draft: Draft) -> Iterable[User]:
    members = Membership.objects.filter(workspace=draft.workspace_id, role=Role.ADMIN).select_related("user")
    people = [draft.workspace.owner, *(member.user for member in members.order_by("created_at"))]
    return list(dict.fromkeys(people))
