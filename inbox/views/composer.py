"""Send, undo, send again: each writes a row and starts a job, none waits for a provider."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from inbox import sending
from inbox.composing import collision
from inbox.forms import ReplyForm
from inbox.models import Message
from inbox.narrowing import Narrowing
from inbox.permissions import check_may_reply
from inbox.selectors import Viewer
from inbox.views.access import may_reply_where_it_went, message_of
from inbox.views.answering import kept, said, sending_answer
from leads.models import Lead
from zrg.web.htmx import wants_fragment


@require_POST
def send(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Queue a reply. Whatever goes wrong, the text stays in the composer with the reason beside it."""
    viewer, lead = may_reply_where_it_went(request, lead_id)
    form = ReplyForm(request.POST)
    if lead.pk != lead_id:
        warning = f"This conversation was merged into the one with {lead.name}: it would be sent there."
        return kept(request, viewer, lead, form, warning=warning)
    if not form.is_valid():
        return kept(request, viewer, lead, form, error="This page is too old to send from. Check the text, then send.")
    data = form.cleaned_data

    def overtaken(now: Lead) -> str:
        seen = now.thread_version in {data["version"], data["confirmed"]}
        return "" if seen else collision(viewer, now, since=data["opened"])

    try:
        message = sending.queue(
            lead=lead,
            channel=data["channel"],
            text=data["text"],
            to=data["to"] if data["channel"] == "email" else "",
            cc=form.cc,
            key=form.idempotency_key,
            by=viewer.user,
            overtaken=overtaken,
        )
    except sending.Overtaken as news:
        lead.refresh_from_db(fields=["thread_version"])
        return kept(request, viewer, lead, form, warning=str(news))
    except sending.Refusal as refusal:
        return kept(request, viewer, lead, form, error=str(refusal))
    return sending_answer(request, viewer, lead, message)


@require_POST
def undo(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Take back what has not left; its text returns to the composer."""
    viewer, message = _mine_to_change(request, message_id)
    try:
        sending.undo(message, by=viewer.user)
    except sending.Refusal as refusal:
        return said(request, message, f"Too late to undo. {refusal}", is_error=True)
    address = Narrowing().address(message.workspace_id, leadId=message.lead_id)
    restored = Narrowing().address(message.workspace_id, leadId=message.lead_id, restore=message.pk)
    if not wants_fragment(request):
        return HttpResponseRedirect(restored)
    answer = HttpResponse()
    answer["HX-Location"] = json.dumps({"path": restored, "target": "#open", "swap": "innerHTML", "push": address})
    return trigger_client_event(answer, "zrg:toast", {"text": "Taken back. Nothing was sent."})


@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a failed or unconfirmed message again."""
    viewer, message = _mine_to_change(request, message_id)
    try:
        sending.retry(message, by=viewer.user)
    except sending.Refusal as refusal:
        return said(request, message, str(refusal), is_error=True)
    return said(request, message, "Sending it again.")


@require_POST
def mark_sent(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A person knows that an unconfirmed message was sent."""
    viewer, message = _mine_to_change(request, message_id)
    try:
        sending.mark_sent(message, by=viewer.user)
    except sending.Refusal as refusal:
        return said(request, message, str(refusal), is_error=True)
    return said(request, message, "Kept as sent.")


def _mine_to_change(request: HttpRequest, message_id: UUID) -> tuple[Viewer, Message]:
    viewer, message = message_of(request, message_id)
    check_may_reply(viewer.user, viewer.workspace)
    return viewer, message
