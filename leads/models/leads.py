"""The lead: one prospect, one conversation (spec 03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.timezone import now

from leads.models.campaigns import Campaign
from leads.models.folding import FOLD, SEARCHED_TEXT
from leads.models.vocabulary import ChannelKind, Direction, DraftState, LeadStatus, Tag
from zrg.lib.ids import uuid7
from zrg.workspaces.capabilities import Standing
from zrg.workspaces.models import Membership, Role, User, Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class LeadQuerySet(models.QuerySet["Lead"]):
    def live(self) -> Self:
        """Without the tombstones of merged leads."""
        return self.filter(merged_into=None)

    def for_workspace(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)

    def for_user(self, user: User | AnonymousUser) -> Self:
        """Leads this person may see; anybody else's are not there at all (spec 01). A setter of a workspace whose
        `setters_see_all` is off sees those assigned to them and the unassigned ones."""
        if not user.is_authenticated:
            return self.none()
        own = self.filter(workspace__in=Workspace.objects.for_user(user))
        if user.is_superuser:
            return own
        return own.exclude(_hidden_from(user))

    def seen_by(self, user: User, standing: Standing | None, workspace: Workspace) -> Self:
        """As `for_user`, for one workspace whose standing is known already: no sub-queries on the hot list."""
        mine = self.filter(workspace=workspace)
        if standing is None:
            return self.none()
        if standing == Standing.SETTER and not workspace.setters_see_all:
            return mine.filter(Q(assignee=user) | Q(assignee=None))
        return mine


def _hidden_from(user: User) -> Q:
    narrow = Membership.objects.filter(user=user, role=Role.SETTER, workspace__setters_see_all=False).exclude(
        workspace__owner=user
    )
    return Q(workspace__in=narrow.values("workspace"), assignee__isnull=False) & ~Q(assignee=user)


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange("status", "tag", "assignee", "merged_into", "snoozed_until")),
    fields=["status", "tag", "assignee", "merged_into", "snoozed_until", "email", "phone"],
)
class Lead(models.Model):
    """One prospect, and at the same time the conversation: one lead = one cross-channel thread."""

    class Enrichment(models.TextChoices):
        NONE = "none", "None"
        NOT_NEEDED = "not_needed", "Not needed"
        PENDING = "pending", "Pending"
        SENT = "sent", "Sent"
        ENRICHED = "enriched", "Enriched"
        NOT_FOUND = "not_found", "Not found"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="leads", db_index=False)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="leads")

    # Facts. Primary e-mail, phone and profile are copies of identities, for display and search.
    first_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    linkedin_url = models.CharField("LinkedIn profile", max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    company = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=80, blank=True)
    industry = models.CharField(max_length=120, blank=True)
    headcount = models.CharField("head count", max_length=40, blank=True)
    timezone = models.CharField(max_length=64, blank=True)

    status = models.CharField(max_length=20, choices=LeadStatus, default=LeadStatus.NEW)
    tag = models.CharField(max_length=24, choices=Tag, default=Tag.NEW)
    tag_confidence = models.FloatField(
        null=True, blank=True, help_text="Of the model; empty where a rule or person set it."
    )
    tag_reason = models.CharField(max_length=500, blank=True)
    tag_is_uncertain = models.BooleanField(default=False, help_text="Confidence below 0.6: marked, never auto-sent.")
    unclassified = models.BooleanField(default=False)
    blacklist_reason = models.CharField(max_length=40, blank=True)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="assigned_leads")
    assigned_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    enrichment = models.CharField(max_length=10, choices=Enrichment, default=Enrichment.NONE)

    auto_reply = models.BooleanField(default=False)
    auto_reply_set_by_person = models.BooleanField(default=False)
    auto_follow_up = models.BooleanField(default=False)
    auto_book = models.BooleanField(default=True)

    current_replier_email = models.CharField(max_length=254, blank=True)
    current_replier_name = models.CharField(max_length=200, blank=True)
    current_replier_since = models.DateTimeField(null=True, blank=True)

    # Rollups, written in the same transaction as the message. The inbox list reads only these.
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_message_direction = models.CharField(max_length=3, choices=Direction, blank=True)
    last_message_channel = models.CharField(max_length=8, choices=ChannelKind, blank=True)
    last_message_by = models.CharField(max_length=120, blank=True)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    last_reply_at = models.DateTimeField(null=True, blank=True, help_text="Last inbound message a person wrote.")
    last_email_reply_at = models.DateTimeField(null=True, blank=True, help_text="Last inbound e-mail: who replies.")
    last_outbound_at = models.DateTimeField(null=True, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    has_email = models.BooleanField(default=False)
    has_sms = models.BooleanField(default=False)
    has_linkedin = models.BooleanField(default=False)
    is_unread = models.BooleanField(default=False)
    needs_reply = models.BooleanField(default=False)
    send_failed = models.BooleanField(default=False)
    thread_version = models.PositiveIntegerField(default=0, help_text="Counts the messages: approvals carry it.")
    draft_state = models.CharField(max_length=9, choices=DraftState, blank=True, help_text="Of the pending draft.")
    draft_send_at = models.DateTimeField(null=True, blank=True, help_text="When it sends itself.")
    draft_confidence = models.FloatField(null=True, blank=True, help_text="Of the auto-send decision.")

    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="tombstones")
    unmerges = models.IntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Merges into it that were undone: who waited for its lock looks again whose a name is.",
    )
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                "first_name", Value(" "), "last_name", Value(" "), "email", Value(" "), "phone", Value(" "), "company"
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    folded_text = models.TextField(
        null=True,
        editable=False,
        help_text="The search text without accents, where that is another. Written by the database (trigger `fold`).",
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            # One per view of the inbox: each page of 30 is one short index range, at any depth.
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, last_message_at__isnull=False),
                name="inbox_all",
            ),
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, needs_reply=True),
                name="inbox_needs_reply",
            ),
            models.Index(
                "workspace",
                "assignee",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, last_message_at__isnull=False),
                name="inbox_by_assignee",
            ),
            models.Index(
                "workspace",
                "status",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, last_message_at__isnull=False),
                name="inbox_by_status",
            ),
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, has_sms=True),
                name="inbox_sms",
            ),
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, has_linkedin=True),
                name="inbox_linkedin",
            ),
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, is_unread=True),
                name="inbox_unread",
            ),
            models.Index(
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None) & ~Q(draft_state=""),
                name="inbox_drafts",
            ),
            models.Index(  # few among the drafts, or none: without it, all of them would be read to find that out
                "workspace",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(merged_into=None, draft_state=DraftState.REVIEW),
                name="inbox_review",
            ),
            GinIndex(
                "workspace",
                OpClass(SEARCHED_TEXT, name="gin_trgm_ops"),
                name="lead_search_folded",
                condition=Q(merged_into=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LeadStatus.values), name="lead_has_a_known_status"),
            models.CheckConstraint(condition=Q(tag__in=Tag.values), name="lead_has_a_known_tag"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="lead_not_merged_into_itself"),
        ]
        triggers = [FOLD]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The best name we have: the person's, else an address, else "Unknown"."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "Unknown"

    @property
    def channels(self) -> list[str]:
        """Channels this lead has talked on."""
        flags = [("email", self.has_email), ("sms", self.has_sms), ("linkedin", self.has_linkedin)]
        return [name for name, used in flags if used]
