"""A lead on one page: facts, names, what was said, what the system did and why, what forbids writing (spec 03)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, JSON
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import display
from unfold.enums import ActionVariant

from inbox.models import Message, MessageJob
from leads import assignment, facts, merging, statuses, suppressing
from leads.exporting import LeadTable
from leads.finding import find_leads
from leads.models import Lead, LeadStatus
from zrg.admin.lead_parts import (
    SWITCHES,
    AssigneeForm,
    IdentitiesInline,
    LeadForm,
    MergeForm,
    MessagesInline,
    SuppressionsInline,
    TimelineInline,
)
from zrg.web.admin_actions import CannotAct, ReasonForm, confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin, filtered_by, person
from zrg.web.admin_display import ago, link, list_url, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter
from zrg.workspaces.access import can
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.models import User, Workspace

EXPORTED_AT_MOST = 50_000
STATUS_TONES = {
    LeadStatus.BLACKLISTED: "danger",
    LeadStatus.MEETING_BOOKED: "ok",
    LeadStatus.MEETING_REQUESTED: "ok",
    LeadStatus.QUALIFIED: "info",
}


class KindFilter(AnswerFilter):
    """Which leads the list is of; without a choice those that have talked or were written to."""

    title = "leads"
    parameter_name = "kind"
    ANSWERS = {
        "silent": ("Without any message", Q(merged_into=None, last_message_at=None)),
        "merged": ("Merged away", Q(merged_into__isnull=False)),
        "failed": ("With a send that failed", Q(merged_into=None, send_failed=True)),
        "unplaced": ("Without campaign", Q(merged_into=None, campaign=None)),
        "waiting": ("Needs reply", Q(merged_into=None, needs_reply=True)),
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        if self.value() in self.ANSWERS or request.GET.get("q"):
            return super().queryset(request, queryset)
        return queryset.filter(merged_into=None, last_message_at__isnull=False)


@admin.register(Lead)
class LeadAdmin(ExportMixin, OpsAdmin):
    form = LeadForm
    resource_classes = [LeadTable]
    formats = [CSV, JSON]
    export_form_class = ExportForm
    list_display = ("name_and_address", "workspace", "status_pill", "tag", "campaign", "assignee", "last", "said")
    list_display_links = ("name_and_address",)
    list_select_related = ("workspace", "campaign", "assignee")
    list_filter = (
        KindFilter,
        ("workspace", AutocompleteFilter),
        ("status", ChoicesDropdownFilter),
        ("tag", ChoicesDropdownFilter),
        ("campaign", AutocompleteFilter),
        ("assignee", AutocompleteFilter),
    )
    search_fields = ("pk",)  # what is really searched: get_search_results
    search_help_text = "A part of a name, e-mail, phone or company (three letters at least), or a lead's id."
    autocomplete_fields = ("assignee", "campaign")
    inlines = (IdentitiesInline, MessagesInline, TimelineInline, SuppressionsInline)
    actions = ("reassign", "merge", "blacklist", "release")
    actions_detail = ("blacklist_this", "release_this")
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("title", "company"), ("website", "industry"))}),
        (None, {"fields": (("state", "timezone"), "headcount")}),
        ("Where it stands", {"fields": ("status_pill", "tag", "assignee", "campaign", SWITCHES)}),
        (
            "As it was gathered",
            {
                "fields": (
                    "workspace_link",
                    ("email", "phone"),
                    "linkedin_url",
                    "current_replier",
                    "blacklist_reason",
                    ("snoozed_until", "enrichment"),
                    "merged",
                    ("all_messages", "all_jobs"),
                )
            },
        ),
        (
            "Roll-ups",
            {
                "fields": (
                    ("last_message_at", "last_message_direction", "last_message_channel"),
                    ("last_inbound_at", "last_reply_at", "last_outbound_at"),
                    ("is_unread", "needs_reply", "send_failed", "thread_version"),
                    ("created_at", "updated_at"),
                ),
            },
        ),
    )
    readonly_fields = (
        "status_pill",
        "workspace_link",
        "email",
        "phone",
        "linkedin_url",
        "current_replier",
        "blacklist_reason",
        "snoozed_until",
        "enrichment",
        "merged",
        "all_messages",
        "all_jobs",
        "last_message_at",
        "last_message_direction",
        "last_message_channel",
        "last_inbound_at",
        "last_reply_at",
        "last_outbound_at",
        "is_unread",
        "needs_reply",
        "send_failed",
        "thread_version",
        "created_at",
        "updated_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a lead is made by what it writes, or by an import

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        return super().get_export_queryset(request)[:EXPORTED_AT_MOST]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """In one workspace as its inbox is; over all of them by when they came, which the key is in order of."""
        in_one = filtered_by(request, "workspace__id__exact") and not filtered_by(request, "kind")
        return ("-last_message_at", "-pk") if in_one else ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        return (queryset.filter(pk__in=find_leads(search_term)) if search_term.strip() else queryset), False

    def save_model(self, request: HttpRequest, obj: Lead, form: LeadForm, change: bool) -> None:
        """Each thing through its own verb, so that the timeline tells of it."""
        given, changed, by = form.cleaned_data, set(form.changed_data), person(request)
        with transaction.atomic():
            facts.edit(obj, values={name: given[name] for name in facts.EDITABLE if name in changed}, by=by)
            if "assignee" in changed:
                assignment.assign(lead=obj, to=given["assignee"], by=by, source="manual")
            _save_rest(obj, given, changed, by)
        obj.refresh_from_db()

    # ── Actions ────────────────────────────────────────────────────────────────
    @confirmed(
        "Reassign",
        explain="Each lead is given to this person, and its timeline says by whom.",
        submit="Reassign",
        form=AssigneeForm,
        at_most=1_000,
    )
    def reassign(self, request: HttpRequest, ids: list[Any], *, to: User | None) -> str:
        chosen = list(Lead.objects.live().filter(pk__in=ids).select_related("workspace"))
        _check_works_in(to, {lead.workspace for lead in chosen})
        for lead in chosen:
            assignment.assign(lead=lead, to=to, by=person(request), source="manual")
        return f"{count_of(len(chosen), 'lead')} given to {to or 'nobody'}."

    @confirmed(
        "Merge two leads",
        explain="Choose exactly two of one workspace. Everything of one moves to the other, and its page leads there. "
        "It can be undone for 30 days, under Merges.",
        submit="Merge",
        form=MergeForm,
        danger=True,
        at_most=2,
    )
    def merge(self, request: HttpRequest, ids: list[Any], *, survivor: str) -> str:
        both = {str(lead.pk): lead for lead in Lead.objects.filter(pk__in=ids)}
        if len(both) != 2:
            raise CannotAct("Choose exactly two leads.")
        stays = both.pop(survivor)
        (goes,) = both.values()
        try:
            merging.merge(survivor=stays, loser=goes, by=person(request))
        except merging.CannotMerge as reason:
            raise CannotAct(str(reason)) from reason
        return f"{goes.name} is merged into {stays.name}."

    @confirmed(
        "Blacklist",
        explain="Nothing is sent to these leads any more: their addresses and numbers go on the suppression list, what "
        "is pending is cancelled.",
        submit="Blacklist",
        form=ReasonForm,
        danger=True,
        at_most=200,
    )
    def blacklist(self, request: HttpRequest, ids: list[Any], *, reason: str) -> str:
        chosen = Lead.objects.live().filter(pk__in=ids)
        done = sum(suppressing.blacklist(lead, why=reason, by=person(request)) for lead in chosen)
        return f"{count_of(done, 'lead')} blacklisted."

    @confirmed(
        "Lift suppression",
        explain="Everything that stands against writing to these leads is lifted, and they leave the blacklist. Only "
        "with the person's consent: an opt-out is their word.",
        submit="Lift",
        form=ReasonForm,
        danger=True,
        at_most=50,
    )
    def release(self, request: HttpRequest, ids: list[Any], *, reason: str) -> str:
        chosen = list(Lead.objects.live().filter(pk__in=ids))
        lifted = sum(suppressing.release(lead, why=reason, by=person(request)) for lead in chosen)
        return f"{count_of(lifted, 'suppression')} lifted of {count_of(len(chosen), 'lead')}."

    def fitting(self, obj: Lead) -> tuple[str, ...]:
        """Nothing to one that was merged away; else what it is not yet."""
        if obj.merged_into_id:
            return ()
        if obj.status == LeadStatus.BLACKLISTED:
            return ("release_this",)
        held = obj.suppressions.filter(lifted_at=None).exists()
        return ("blacklist_this", "release_this") if held else ("blacklist_this",)

    blacklist_this = for_one("blacklist", "Blacklist", icon="block", variant=ActionVariant.DANGER)
    release_this = for_one("release", "Lift suppression", icon="lock_open")

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="Lead", header=True)
    def name_and_address(self, lead: Lead) -> list[str]:
        return [lead.name, lead.email or lead.phone or "–"]

    @display(description="Status", ordering="status")
    def status_pill(self, lead: Lead) -> SafeString:
        return pill(lead.get_status_display(), STATUS_TONES.get(LeadStatus(lead.status), "plain"))

    @display(description="Last message")
    def last(self, lead: Lead) -> SafeString | str:
        return ago(lead.last_message_at)

    @display(description="Preview")
    def said(self, lead: Lead) -> SafeString | str:
        return short(lead.preview, 50)

    @display(description="Workspace")
    def workspace_link(self, lead: Lead) -> SafeString | str:
        return link(lead.workspace)

    @display(description="Who replies")
    def current_replier(self, lead: Lead) -> str:
        return f"{lead.current_replier_name} {lead.current_replier_email}".strip() or "the lead"

    @display(description="Merged into")
    def merged(self, lead: Lead) -> SafeString | str:
        return link(lead.merged_into)

    @display(description="Messages")
    def all_messages(self, lead: Lead) -> SafeString | str:
        return _list_link(list_url(Message, q=lead.pk), "Show all messages")

    @display(description="Jobs")
    def all_jobs(self, lead: Lead) -> SafeString | str:
        return _list_link(list_url(MessageJob, lead__id__exact=lead.pk), "Show jobs")


def _check_works_in(user: User | None, workspaces: set[Workspace]) -> None:
    """Raise CannotAct naming the first workspace in which this person may not answer leads."""
    for workspace in workspaces if user else ():
        if not can(user, Capability.REPLY, workspace):
            raise CannotAct(f"{user} does not work in {workspace}.")


def _list_link(url: str, text: str) -> SafeString:
    return format_html('<a class="zrg-link" href="{}">{}</a>', url, text)


def _save_rest(obj: Lead, given: dict[str, Any], changed: set[str], by: User) -> None:
    lead = Lead.objects.select_for_update().get(pk=obj.pk)
    plain = [name for name in (*SWITCHES, "campaign") if name in changed]
    for name in plain:
        setattr(lead, name, given[name])
    if "auto_reply" in changed:
        lead.auto_reply_set_by_person = True
        plain.append("auto_reply_set_by_person")
    if plain:
        lead.save(update_fields=[*plain, "updated_at"])
    if "tag" in changed:
        statuses.set_tag(lead, tag=given["tag"], by=by, why="Set by hand in the admin.")
