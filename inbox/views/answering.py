"""How the composer's views answer: what was kept and why, or what is being sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from inbox.composing import OWN, Wanted, Written, composer_context
from inbox.forms import ReplyForm
from inbox.models import Message
from inbox.narrowing import Narrowing
from inbox.pages import open_context
from inbox.selectors import Viewer
from leads.models import Lead
from zrg.web.htmx import personal, wants_fragment


def kept(
    request: HttpRequest,
    viewer: Viewer,
    lead: Lead,
    form: ReplyForm,
    *,
    wanted: Wanted = OWN,
    error: str = "",
    warning: str = "",
) -> HttpResponse:
    """The composer with everything that was written, and why it was not sent."""
    data = form.data
    written = Written(data.get("channel", ""), data.get("text", ""), data.get("to", ""), tuple(form.cc))
    if wants_fragment(request):
        again = composer_context(viewer, lead, written=written, wanted=wanted, error=error, warning=warning)
        return personal(render(request, "inbox/_composer.html", again))
    context: dict[str, Any] = {"viewer": viewer, "narrowing": Narrowing()}
    context |= open_context(viewer, lead, Narrowing())
    context |= composer_context(
        viewer, lead, context["facts"], written=written, wanted=wanted, error=error, warning=warning
    )
    return personal(render(request, "inbox/kept.html", context, status=422))


def sending_answer(request: HttpRequest, viewer: Viewer, lead: Lead, message: Message) -> HttpResponse:
    """The composer is empty again, and the toast says that it is being sent, with Undo while that is possible."""
    if not wants_fragment(request):
        return HttpResponseRedirect(Narrowing().address(lead.workspace_id, leadId=lead.pk))
    again = composer_context(viewer, lead, written=Written(channel=message.channel), wanted=OWN)
    answer = render(request, "inbox/_composer.html", again)
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
    return lead.name if address in {lead.email, lead.phone} or message.channel == "linkedin" else address


def said(request: HttpRequest, message: Message, text: str, *, is_error: bool = False) -> HttpResponse:
    """What came of something done to a message: a toast, or the conversation with a line above it."""
    if not wants_fragment(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, text)
        return HttpResponseRedirect(Narrowing().address(message.workspace_id, leadId=message.lead_id))
    answer = trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": text, "error": is_error})
    return trigger_client_event(answer, "zrg:changed", {})
