"""Messages and their jobs: what was said, what left, what did not (spec 03, 04, 06)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from inbox import sending
from inbox.finding import find_messages
from inbox.models import Delivery, Message, MessageJob
from inbox.outcomes import LOOK_UPS
from leads.models import Direction
from zrg.web.admin_actions import confirmed, for_one
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, exact, link, link_to, list_url, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter
from zrg.web.admin_jobs import JOB_FILTERS, DurableJobAdmin
from zrg.web.admin_secrets import json_block

TONES = {
    Delivery.RECEIVED: "plain",
    Delivery.SENT: "ok",
    Delivery.FAILED: "danger",
    Delivery.UNCONFIRMED: "warn",
    Delivery.HELD: "warn",
    Delivery.UNDONE: "plain",
}
ON_THEIR_WAY = (
    Delivery.QUEUED,
    Delivery.SCHEDULED,
    Delivery.HELD,
    Delivery.SENDING,
    Delivery.UNCONFIRMED,
    Delivery.FAILED,
)  # the condition of the index messages_on_their_way
STUCK_AFTER = timedelta(minutes=10)


class TroubleFilter(AnswerFilter):
    """What does not leave, and whose turn it is."""

    title = "what is wrong"
    parameter_name = "trouble"
    ANSWERS = {
        "any": ("On its way or not sent", Q(delivery__in=ON_THEIR_WAY)),
        "stuck": (
            "Sending for more than 10 minutes",
            lambda: Q(delivery=Delivery.SENDING, provider_asked_at__lt=timezone.now() - STUCK_AFTER),
        ),
        "unknown": ("Not confirmed: a person decides", Q(delivery=Delivery.UNCONFIRMED, look_ups__gte=LOOK_UPS)),
        "waiting": ("Waiting to leave", Q(delivery__in=[Delivery.QUEUED, Delivery.SCHEDULED])),
        "late": (
            "Still waiting to leave, an hour later",
            lambda: Q(
                delivery__in=[Delivery.QUEUED, Delivery.SCHEDULED], created_at__lt=timezone.now() - timedelta(hours=1)
            ),
        ),
    }


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Read only: what was said stays as it was said."""

    list_display = ("sent", "workspace", "lead_link", "channel", "direction", "delivery_pill", "words", "error_line")
    list_display_links = ("sent", "words")
    list_select_related = ("workspace", "lead")
    list_filter = (
        TroubleFilter,
        ("delivery", ChoicesDropdownFilter),
        ("workspace", AutocompleteFilter),
        ("channel", ChoicesDropdownFilter),
        ("direction", ChoicesDropdownFilter),
        ("sent_by", ChoicesDropdownFilter),
    )
    ordering = ("-pk",)  # ids are in order of time
    search_fields = ("pk",)  # what is really searched: get_search_results
    search_help_text = "A message's or lead's id, a provider's id, or a lead's e-mail address."
    actions = ("send_again", "it_was_sent")
    actions_detail = ("send_again_this", "it_was_sent_this")
    fieldsets = (
        (None, {"fields": ("delivery_pill", "workspace_link", "lead_link", "channel", "direction", "sent_by")}),
        ("Text", {"fields": ("subject", "body_block", "from_email", "people")}),
        (
            "Delivery",
            {"fields": ("error", "sent_exactly", "asked", "look_ups", "opened_at", "held_until", "undo_until", "jobs")},
        ),
        ("Keys", {"fields": ("id", "provider_ids", "thread_block", "rfc_message_id", "dedupe_key", "automated")}),
    )
    readonly_fields = (
        "delivery_pill",
        "workspace_link",
        "lead_link",
        "body_block",
        "people",
        "sent_exactly",
        "asked",
        "jobs",
        "provider_ids",
        "thread_block",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("raw_html", "raw_text")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        return (queryset.filter(pk__in=find_messages(search_term)) if search_term.strip() else queryset), False

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="When")
    def sent(self, message: Message) -> SafeString | str:
        return ago(message.sent_at)

    @display(description="When")
    def sent_exactly(self, message: Message) -> str:
        return exact(message.sent_at)

    @display(description="Left us at")
    def asked(self, message: Message) -> str:
        return exact(message.provider_asked_at)

    @display(description="Workspace")
    def workspace_link(self, message: Message) -> SafeString | str:
        return link(message.workspace)

    @display(description="Lead")
    def lead_link(self, message: Message) -> SafeString | str:
        return link_to(type(message.lead), message.lead_id, str(message.lead))

    @display(description="Delivery", ordering="delivery")
    def delivery_pill(self, message: Message) -> SafeString:
        return pill(message.get_delivery_display(), TONES.get(Delivery(message.delivery), "info"))

    @display(description="Text")
    def words(self, message: Message) -> SafeString | str:
        return short(message.body or message.subject, 60)

    @display(description="Error")
    def error_line(self, message: Message) -> SafeString | str:
        return short(message.error, 60)

    @display(description="Text")
    def body_block(self, message: Message) -> SafeString:
        return format_html('<div class="zrg-letter">{}</div>', message.body or "–")

    @display(description="To and CC")
    def people(self, message: Message) -> str:
        given = [*message.to, *message.cc]
        return ", ".join(str(entry.get("email", "")) for entry in given if isinstance(entry, dict)) or "–"

    @display(description="At the provider")
    def provider_ids(self, message: Message) -> SafeString:
        ids = {field.name: getattr(message, field.name) for field in Message._meta.fields if field.name.endswith("_id")}
        return json_block({name: value for name, value in ids.items() if value and name not in {"lead_id"}})

    @display(description="Thread")
    def thread_block(self, message: Message) -> SafeString:
        return json_block(message.thread)

    @display(description="Jobs")
    def jobs(self, message: Message) -> SafeString:
        return format_html(
            '<a class="zrg-link" href="{}">{}</a>', list_url(MessageJob, message__id__exact=message.pk), "Show its jobs"
        )

    # ── Actions ────────────────────────────────────────────────────────────────
    @confirmed(
        "Send again",
        explain="Failed and unconfirmed messages are sent (again), each through all checks. Look first whether an "
        "unconfirmed one arrived: its lead would get it twice.",
        submit="Send",
        danger=True,
        at_most=200,
    )
    def send_again(self, request: HttpRequest, ids: list[Any]) -> str:
        return _each(ids, lambda message: sending.retry(message, by=request.user), "queued")

    @confirmed(
        "It was sent",
        explain="Unconfirmed messages are taken as sent: somebody has seen them at the provider.",
        submit="It was sent",
        at_most=200,
    )
    def it_was_sent(self, request: HttpRequest, ids: list[Any]) -> str:
        return _each(ids, lambda message: sending.mark_sent(message, by=request.user), "marked as sent")

    def fitting(self, obj: Message) -> tuple[str, ...]:
        """What was not sent is sent again; what nobody knows of is decided."""
        fits = {Delivery.FAILED: ("send_again_this",), Delivery.UNCONFIRMED: ("send_again_this", "it_was_sent_this")}
        return fits.get(Delivery(obj.delivery), ())

    send_again_this = for_one("send_again", "Send again", icon="send")
    it_was_sent_this = for_one("it_was_sent", "It was sent", icon="done")


def _each(ids: list[Any], act: Any, done: str) -> str:
    """Do it one by one; what is refused is told with its reasons."""
    refused: list[str] = []
    for message in Message.objects.filter(pk__in=ids, direction=Direction.OUT):
        try:
            act(message)
        except sending.Refusal as reason:
            refused.append(str(reason))
    inbound = len(ids) - Message.objects.filter(pk__in=ids, direction=Direction.OUT).count()
    reasons = sorted(set(refused)) + ([f"{inbound} came from the lead."] if inbound else [])
    told = f"{len(ids) - len(refused) - inbound:,} {done}."
    return f"{told} {len(refused) + inbound:,} left alone: {' '.join(reasons)}" if reasons else told


@admin.register(MessageJob)
class MessageJobAdmin(DurableJobAdmin):
    list_display = ("made", "workspace", "kind", "lead_link", "status_pill", "tries", "due", "error_line")
    list_display_links = ("made", "kind")
    list_select_related = ("workspace", "lead")
    list_filter = (*JOB_FILTERS, ("kind", ChoicesDropdownFilter))
    search_fields = ("pk",)  # what is really searched: get_search_results
    search_help_text = "A job's id, a message's or a lead's id."
    fieldsets = (
        (None, {"fields": ("status_pill", "workspace", "kind", "lead_link", "message_link")}),
        ("What happened", {"fields": ("story", "error_text")}),
        ("Keys", {"fields": ("id", "dedupe_key", "correlation_id", "lane_name", "tries")}),
    )
    readonly_fields = ("status_pill", "lead_link", "message_link", "story", "error_text", "lane_name", "tries")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {"message__id__exact", "lead__id__exact"} or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[MessageJob], search_term: str
    ) -> tuple[QuerySet[MessageJob], bool]:
        term = search_term.strip()
        if term.isascii() and term.isdigit() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        return (queryset.filter(message__in=find_messages(term)) if term else queryset), False

    @display(description="Made", ordering="created_at")
    def made(self, job: MessageJob) -> SafeString | str:
        return ago(job.created_at)

    @display(description="Due")
    def due(self, job: MessageJob) -> SafeString | str:
        return ago(job.run_at) if job.status == "PENDING" else "–"

    @display(description="Lead")
    def lead_link(self, job: MessageJob) -> SafeString | str:
        return link_to(type(job.lead), job.lead_id, str(job.lead))

    @display(description="Message")
    def message_link(self, job: MessageJob) -> SafeString | str:
        return link(job.message)
