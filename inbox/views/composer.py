"""Send, undo, send again: each writes a row and starts a job, none waits for a provider."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from inbox import sending
from inbox.composing import Written, collision, composer_context
from inbox.forms import ReplyForm
from inbox.models import Message
from inbox.narrowing import Narrowing
from inbox.pages import open_context
from inbox.permissions import check_may_reply
from inbox.selectors import Viewer
from inbox.views.access import may_reply, message_of
from leads.models import Lead
from zrg.web.htmx import personal, wants_fragment


@require_POST
def send(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Queue a reply. Whatever goes wrong, the text stays in the composer with the reason beside it."""
    viewer, lead = may_reply(request, lead_id)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _kept(request, viewer, lead, form, error="This page is too old to send from. Check the text, then send.")
    data = form.cleaned_data
    if lead.thread_version not in {data["version"], data["confirmed"]}:
        warning = collision(viewer, lead, since=data["opened"])
        if warning:
            return _kept(request, viewer, lead, form, warning=warning)
    try:
        message = sending.queue(
            lead=lead,
            channel=data["channel"],
            text=data["text"],
            to=data["to"] if data["channel"] == "email" else "",
            cc=form.cc,
            key=form.idempotency_key,
            by=viewer.user,
        )
    except sending.Refusal as refusal:
        return _kept(request, viewer, lead, form, error=str(refusal))
    return _sending(request, viewer, lead, message)


@require_POST
def undo(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Take back what has not left; its text returns to the composer."""
    viewer, message = _mine_to_change(request, message_id)
    try:
        sending.undo(message, by=viewer.user)
    except sending.Refusal as refusal:
        return _said(request, message, f"Too late to undo. {refusal}", is_error=True)
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
        return _said(request, message, str(refusal), is_error=True)
    return _said(request, message, "Sending it again.")


@require_POST
def mark_sent(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A person knows that an unconfirmed message was sent."""
    viewer, message = _mine_to_change(request, message_id)
    try:
        sending.mark_sent(message, by=viewer.user)
    except sending.Refusal as refusal:
        return _said(request, message, str(refusal), is_error=True)
    return _said(request, message, "Kept as sent.")


def _mine_to_change(request: HttpRequest, message_id: UUID) -> tuple[Viewer, Message]:
    viewer, message = message_of(request, message_id)
    check_may_reply(viewer.user, viewer.workspace)
    return viewer, message


def _kept(
    request: HttpRequest, viewer: Viewer, lead: Lead, form: ReplyForm, *, error: str = "", warning: str = ""
) -> HttpResponse:
    """The composer with everything that was written, and why it was not sent."""
    data = form.data
    written = Written(data.get("channel", ""), data.get("text", ""), data.get("to", ""), tuple(form.cc))
    if wants_fragment(request):
        again = composer_context(viewer, lead, None, written=written, error=error, warning=warning)
        return personal(render(request, "inbox/_composer.html", again))
    context: dict[str, Any] = {"viewer": viewer, "narrowing": Narrowing()}
    context |= open_context(viewer, lead, Narrowing())
    context |= composer_context(viewer, lead, context["thread"], written=written, error=error, warning=warning)
    return personal(render(request, "inbox/kept.html", context, status=422))


def _sending(request: HttpRequest, viewer: Viewer, lead: Lead, message: Message) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponseRedirect(Narrowing().address(lead.workspace_id, leadId=lead.pk))
    written = Written(channel=message.channel)
    answer = render(request, "inbox/_composer.html", composer_context(viewer, lead, None, written=written))
    toast: dict[str, Any] = {"text": f"Sending to {_called(lead, message)}"}
    if message.undo_until:
        toast |= {"until": message.undo_until.isoformat(), "undo": reverse("inbox:undo", args=[message.pk])}
    trigger_client_event(answer, "zrg:toast", toast)
    trigger_client_event(answer, "zrg:sent", {"lead": str(lead.pk)})
    return personal(trigger_client_event(answer, "zrg:changed", {}))


def _called(lead: Lead, message: Message) -> str:
    address = message.to[0].get("email", "") if message.to else ""
    if address == lead.current_replier_email:
        return lead.current_replier_name or address
    return lead.name if address in {lead.email, lead.phone} else address


def _said(request: HttpRequest, message: Message, text: str, *, is_error: bool = False) -> HttpResponse:
    if not wants_fragment(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, text)
        return HttpResponseRedirect(Narrowing().address(message.workspace_id, leadId=message.lead_id))
    answer = trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": text, "error": is_error})
    return trigger_client_event(answer, "zrg:changed", {})
