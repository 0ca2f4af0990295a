"""What a reviewer's message says as things stand now: read here, put into words by inbox/review_message.py."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from inbox import review_message
from inbox.models import Draft, Message, ReplySettings
from inbox.review_message import Case, Written
from integrations import chat

_READ = ("workspace__owner", "lead__campaign", "lead__assignee", "decided_by")


def read(draft_id: UUID) -> Draft | None:
    """The draft with all that is told about it; None if it is gone."""
    return Draft.objects.select_related(*_READ).filter(pk=draft_id).first()


def written(draft: Draft, *, note: str = "") -> Written:
    """The message as things stand. The lead was read with the draft, before the messages: who approves what is older
    than the newest message is refused."""
    send = Message.objects.filter(draft=draft).exclude(delivery="undone").first()
    decided = review_message.what_became(draft, send, ZoneInfo(draft.workspace.timezone))
    return review_message.write(_case(draft), decided=decided, note=note)


def _case(draft: Draft) -> Case:
    lead, is_shown = draft.lead, _shows_text(draft)
    button = chat.ReviewButton(
        draft_id=draft.pk,
        lead_id=lead.pk,
        workspace_id=draft.workspace_id,
        version=draft.version,
        thread_version=lead.thread_version,
    )
    return Case(
        draft_id=str(draft.pk),
        lead=lead.name,
        company=lead.company,
        workspace=draft.workspace.name,
        campaign=lead.campaign.name if lead.campaign else "",
        channel=draft.get_channel_display(),
        tag=lead.get_tag_display(),
        confidence=draft.confidence,
        threshold=draft.threshold,
        reason=draft.reason,
        inbound=_last_inbound(draft) if is_shown else "",
        text=draft.content if is_shown else "",
        shows_text=is_shown,
        page=_page(draft),
        value=button.sealed(),
        version=draft.version,
    )


def _shows_text(draft: Draft) -> bool:
    chosen = ReplySettings.objects.filter(workspace=draft.workspace_id).values_list("slack_text_in_dm", flat=True)
    return chosen.first() is not False


def _last_inbound(draft: Draft) -> str:
    inbound = Message.objects.theirs().filter(lead=draft.lead_id)
    return inbound.order_by("-sent_at", "-id").values_list("body", flat=True).first() or ""


def _page(draft: Draft) -> str:
    where = f"view=inbox&clientId={draft.workspace_id}&leadId={draft.lead_id}&draftId={draft.pk}"
    return f"{settings.PUBLIC_URL}/?{where}"
