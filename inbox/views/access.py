"""Fetching is checking: what a person may not see is not there (404), what they may not do is 403 with the reason."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from inbox.models import Draft, Message
from inbox.pages import lead_of
from inbox.permissions import check_may_reply
from inbox.selectors import Viewer
from leads.models import Lead
from zrg.workspaces.models import Workspace


def viewer_and_lead(request: HttpRequest, lead_id: UUID) -> tuple[Viewer, Lead]:
    """The lead and who looks at it, by the lead's own workspace; 404 for a stranger, a tombstone, an archived one."""
    workspace = Workspace.objects.for_user(request.user).filter(leads=lead_id).first()
    if workspace is None or not request.user.is_authenticated:
        raise Http404
    viewer = Viewer.of(request.user, workspace)
    lead = lead_of(viewer, lead_id)
    if lead is None or lead.merged_into_id is not None:
        raise Http404
    return viewer, lead


def may_reply(request: HttpRequest, lead_id: UUID) -> tuple[Viewer, Lead]:
    """As above, for those who may answer. Raises NotAllowed."""
    viewer, lead = viewer_and_lead(request, lead_id)
    check_may_reply(viewer.user, viewer.workspace)
    return viewer, lead


def may_reply_where_it_went(request: HttpRequest, lead_id: UUID) -> tuple[Viewer, Lead]:
    """As `may_reply`; of a lead that was merged away while somebody wrote to it, the survivor."""
    wanted: UUID | None = lead_id
    while wanted is not None:
        lead_id, wanted = wanted, Lead.objects.filter(pk=wanted).values_list("merged_into", flat=True).first()
    return may_reply(request, lead_id)


def message_of(request: HttpRequest, message_id: UUID) -> tuple[Viewer, Message]:
    """A message of a conversation this person may see."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise Http404
    viewer, message.lead = viewer_and_lead(request, message.lead_id)
    return viewer, message


def draft_of(request: HttpRequest, draft_id: UUID) -> tuple[Viewer, Lead, Draft]:
    """A draft of a conversation this person may see, for those who may decide about it. Raises NotAllowed."""
    draft = Draft.objects.select_related("decided_by").filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    viewer, lead = viewer_and_lead(request, draft.lead_id)
    check_may_reply(viewer.user, viewer.workspace)
    draft.lead = lead
    return viewer, lead, draft
