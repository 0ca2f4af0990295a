"""Decisions about a draft: approve, reject, hold its auto-send, have another one written; and the composer alone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from inbox import draft_decisions, drafts, regenerating, sending
from inbox.composing import Wanted, collision, composer_context
from inbox.forms import AgainForm, ApprovalForm
from inbox.models import Draft, DraftStatus
from inbox.narrowing import Narrowing
from inbox.selectors import Viewer
from inbox.views.access import draft_of, may_reply, viewer_and_lead
from inbox.views.answering import kept, sending_answer
from leads.models import Lead
from zrg.web.htmx import personal, wants_fragment

_OLD_PAGE = "This page is too old to send from. Check the text, then send."


@require_safe
def composer(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """The composer with what `draftId` names (`none`: a text of one's own); `typed`: the browser holds its text."""
    viewer, lead = viewer_and_lead(request, lead_id)
    wanted = Wanted.read(request.GET)
    if not wants_fragment(request):
        address = Narrowing().address(lead.workspace_id, leadId=lead.pk, draftId=request.GET.get("draftId", ""))
        return HttpResponseRedirect(address)
    return personal(render(request, "inbox/_composer.html", composer_context(viewer, lead, wanted=wanted)))


@require_POST
def approve(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Send the draft as it stands in the box. Whatever goes wrong, the text stays there with the reason beside it."""
    viewer, lead, draft = draft_of(request, draft_id)
    form, wanted = ApprovalForm(request.POST), Wanted(draft.pk, typed=True)
    if not form.is_valid():
        return kept(request, viewer, lead, form, wanted=wanted, error=_OLD_PAGE)
    data = form.cleaned_data
    if draft.status != DraftStatus.PENDING and draft.decided_by_id != viewer.user.pk:
        return _too_late(request, viewer, lead, form, draft)
    if draft.status == DraftStatus.PENDING and lead.thread_version not in {data["version"], data["confirmed"]}:
        warning = collision(viewer, lead, since=data["opened"])
        if warning:
            return kept(request, viewer, lead, form, wanted=wanted, warning=warning)
    try:
        message = draft_decisions.approve(
            draft,
            by=viewer.user,
            via="page",
            text=data["text"],
            to=data["to"] if draft.channel == "email" else "",
            cc=form.cc,
            version=data["draft_version"],
            thread_version=lead.thread_version,
            undo_seconds=0 if data["now"] and data["text"].strip() == draft.content.strip() else None,
        )
    except drafts.NotPending:
        return _too_late(request, viewer, lead, form, draft)
    except sending.Refusal as refusal:
        return kept(request, viewer, lead, form, wanted=wanted, error=str(refusal))
    if message.body != data["text"].strip():
        return _too_late(request, viewer, lead, form, draft)
    return sending_answer(request, viewer, lead, message)


def _too_late(request: HttpRequest, viewer: Viewer, lead: Lead, form: ApprovalForm, draft: Draft) -> HttpResponse:
    """It ended meanwhile: the text is the person's own now, and needs a second click to leave."""
    lead.refresh_from_db(fields=["thread_version"])
    warning = collision(viewer, lead, since=draft.created_at) or "It was decided meanwhile."
    return kept(request, viewer, lead, form, wanted=Wanted(draft.pk, typed=True), warning=warning)


@require_POST
def reject(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Nobody wants it; the reason is kept with it."""
    viewer, lead, draft = draft_of(request, draft_id)
    try:
        draft_decisions.reject(
            draft, by=viewer.user, via="page", reason=request.POST.get("reason", "").replace("\x00", "")
        )
    except sending.Refusal as refusal:
        return _done(request, viewer, lead, str(refusal), is_error=True)
    return _done(request, viewer, lead, "Draft rejected. Nothing was sent.")


@require_POST
def hold(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The draft does not send itself any more; it waits for a person."""
    viewer, lead, draft = draft_of(request, draft_id)
    try:
        draft_decisions.cancel_auto_send(draft, by=viewer.user)
    except sending.Refusal as refusal:
        return _done(request, viewer, lead, str(refusal), is_error=True)
    return _done(request, viewer, lead, "Auto-send cancelled. The draft waits for you.")


@require_POST
def again(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Have another draft written; it comes by itself when it is ready."""
    viewer, lead = may_reply(request, lead_id)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _done(request, viewer, lead, "Say it in at most 500 characters.", is_error=True)
    data = form.cleaned_data
    regenerating.ask(lead, key=data["key"], by=viewer.user, instruction=data["instruction"], channel=data["channel"])
    return _done(request, viewer, lead, "")


def _done(request: HttpRequest, viewer: Viewer, lead: Lead, text: str, *, is_error: bool = False) -> HttpResponse:
    """The composer as it is now with a toast, or the conversation with a line above it. What somebody typed meanwhile
    is put back by the page (`typed`)."""
    if not wants_fragment(request):
        if text:
            messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, text)
        return HttpResponseRedirect(Narrowing().address(lead.workspace_id, leadId=lead.pk))
    answer = HttpResponse(status=204)
    if text:
        trigger_client_event(answer, "zrg:toast", {"text": text, "error": is_error})
    return trigger_client_event(answer, "zrg:changed", {})
