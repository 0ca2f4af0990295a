"""The person: lead, identities, campaign, suppression, timeline, merges (spec 03, 06)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.timezone import now

from zrg.lib.ids import uuid7
from zrg.workspaces.capabilities import Standing
from zrg.workspaces.models import Membership, Role, User, Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ChannelKind(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"
    LINKEDIN = "linkedin", "LinkedIn"


class Direction(models.TextChoices):
    IN = "in", "Inbound"
    OUT = "out", "Outbound"


class Tag(models.TextChoices):
    """What a lead last meant (spec 03)."""

    NEW = "new", "New"
    NEUTRAL = "neutral", "Neutral"
    INTERESTED = "interested", "Interested"
    MEETING_REQUESTED = "meeting_requested", "Meeting requested"
    CALL_REQUESTED = "call_requested", "Call requested"
    INFORMATION_REQUESTED = "information_requested", "Information requested"
    MEETING_BOOKED = "meeting_booked", "Meeting booked"
    FOLLOW_UP = "follow_up", "Follow up"
    OBJECTION = "objection", "Objection"
    NOT_INTERESTED = "not_interested", "Not interested"
    OUT_OF_OFFICE = "out_of_office", "Out of office"
    AUTOMATED_REPLY = "automated_reply", "Automated reply"
    BLACKLIST = "blacklist", "Blacklist"
    SNOOZED = "snoozed", "Snoozed"


class LeadStatus(models.TextChoices):
    NEW = "new", "New"
    QUALIFIED = "qualified", "Qualified"
    MEETING_REQUESTED = "meeting_requested", "Meeting requested"
    MEETING_BOOKED = "meeting_booked", "Meeting booked"
    NOT_INTERESTED = "not_interested", "Not interested"
    UNQUALIFIED = "unqualified", "Unqualified"
    BLACKLISTED = "blacklisted", "Blacklisted"


class Campaign(models.Model):
    """A campaign of a workspace, as the sending platform knows it. Webhooks create and rename it, nothing else (06)."""

    class Provider(models.TextChoices):
        EMAILBISON = "emailbison", "EmailBison"
        SMARTLEAD = "smartlead", "SmartLead"
        INSTANTLY = "instantly", "Instantly"
        GHL_SMS = "ghl_sms", "GoHighLevel SMS"

    class ResponseMode(models.TextChoices):
        SETTER_MANAGED = "SETTER_MANAGED", "Setter managed"
        AI_AUTO_SEND = "AI_AUTO_SEND", "AI auto-send"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="campaigns")
    provider = models.CharField(max_length=12, choices=Provider)
    external_id = models.CharField(max_length=160)
    name = models.CharField(max_length=300, blank=True)
    response_mode = models.CharField(max_length=16, choices=ResponseMode, default=ResponseMode.SETTER_MANAGED)
    auto_send_threshold = models.FloatField(default=0.9)
    auto_send_delay_min_s = models.PositiveIntegerField("shortest delay (s)", default=180)
    auto_send_delay_max_s = models.PositiveIntegerField("longest delay (s)", default=420)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "provider", "external_id"], name="one_campaign_per_platform_and_id"
            ),
            models.CheckConstraint(
                condition=Q(auto_send_threshold__gte=0, auto_send_threshold__lte=1),
                name="auto_send_threshold_between_0_and_1",
                violation_error_message="The threshold is a number from 0 to 1.",
            ),
            models.CheckConstraint(
                condition=Q(auto_send_delay_min_s__lte=F("auto_send_delay_max_s")),
                name="shortest_delay_not_above_longest",
                violation_error_message="The shortest delay must not be longer than the longest.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


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

    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="tombstones")
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
            GinIndex(
                "workspace",
                OpClass("search_text", name="gin_trgm_ops"),
                name="lead_search",
                condition=Q(merged_into=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LeadStatus.values), name="lead_has_a_known_status"),
            models.CheckConstraint(condition=Q(tag__in=Tag.values), name="lead_has_a_known_tag"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="lead_not_merged_into_itself"),
        ]

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


class LeadIdentity(models.Model):
    """One name a person is known by. Claiming it is the insert: unique per workspace (spec 03)."""

    class Kind(models.TextChoices):
        GHL_CONTACT = "ghl_contact", "GHL contact"
        EMAILBISON_LEAD = "emailbison_lead", "EmailBison lead"
        SMARTLEAD_LEAD = "smartlead_lead", "SmartLead lead"
        INSTANTLY_LEAD = "instantly_lead", "Instantly lead"
        LINKEDIN_MEMBER = "linkedin_member", "LinkedIn member"
        LINKEDIN_URL = "linkedin_url", "LinkedIn profile"
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=Kind)
    value = models.CharField(max_length=320)
    primary = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    confidence = models.FloatField(default=1.0)
    first_seen = models.DateTimeField(default=now)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "lead identities"
        indexes = [
            GinIndex(
                "workspace",
                OpClass("value", name="gin_trgm_ops"),
                name="alternate_search",
                condition=Q(primary=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "value"], name="a_name_belongs_to_one_lead"),
            models.UniqueConstraint(
                fields=["lead", "kind"],
                condition=Q(primary=True),
                name="one_primary_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "ghl_contact",
                        "emailbison_lead",
                        "smartlead_lead",
                        "instantly_lead",
                        "linkedin_member",
                        "linkedin_url",
                        "email",
                        "phone",
                    ]
                ),
                name="identity_of_a_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class SuppressionEntry(models.Model):
    """An identity nobody writes to any more, on one channel family (spec 03). Goes only by a person, or by START."""

    class Reason(models.TextChoices):
        OPT_OUT = "opt_out", "Opted out"
        SMS_STOP = "sms_stop", "SMS STOP"
        BOUNCE = "bounce", "Dead address"
        MANUAL = "manual", "By a person"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    family = models.CharField(max_length=8, choices=ChannelKind)
    value = models.CharField(max_length=320)
    reason = models.CharField(max_length=8, choices=Reason)
    evidence = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="suppressions")
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "suppression entries"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "family", "value"],
                condition=Q(lifted_at=None),
                name="one_standing_suppression_per_name",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="a_lifted_suppression_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.get_family_display()}, {self.get_reason_display()})"


class SoftBounce(models.Model):
    """Soft bounces of an address; the third counts as hard (spec 03). One row per bounce message."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=320)
    dedupe_key = models.CharField(max_length=400)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "address", "dedupe_key"], name="a_soft_bounce_counts_once")
        ]

    def __str__(self) -> str:
        return self.address


class TimelineEvent(models.Model):
    """What the system did or declined to do for a lead, and why (spec 00, promise 3)."""

    class Tone(models.TextChoices):
        PLAIN = "plain", "Plain"
        OK = "ok", "Good"
        WARN = "warn", "Waits for a person"
        DANGER = "danger", "Failed or lost"
        AI = "ai", "By the machine"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="timeline", db_index=False)
    at = models.DateTimeField(default=now)
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    why = models.CharField(max_length=500, blank=True)
    did = models.CharField(max_length=500, blank=True)
    setting = models.CharField(max_length=200, blank=True)
    tone = models.CharField(max_length=6, choices=Tone, default=Tone.PLAIN)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    run_id = models.CharField(max_length=64, blank=True, help_text="The run (correlation id) that did it.")
    dedupe_key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["lead", "at"], name="timeline_of_lead")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "dedupe_key"], condition=~Q(dedupe_key=""), name="a_timeline_event_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return self.text


class AssignmentEvent(models.Model):
    """Who a lead was given to, by whom (spec 03)."""

    class Source(models.TextChoices):
        ROUND_ROBIN = "round_robin", "Round robin"
        MANUAL = "manual", "By hand"
        BACKFILL = "backfill", "Backfill"
        IMPORT = "import", "Import"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="assignments", db_index=False)
    to = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=11, choices=Source)
    channel = models.CharField(max_length=8, choices=ChannelKind, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="assignments_of_workspace"),
            models.Index(fields=["lead", "-created_at"], name="assignments_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.to_id}"


class MergeSuggestion(models.Model):
    """Two leads one event speaks of: perhaps the same person. Nothing is overwritten; a person decides (spec 03)."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        MERGED = "merged", "Merged"
        DISMISSED = "dismissed", "Dismissed"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="merge_suggestions")
    other = models.ForeignKey(Lead, models.CASCADE, related_name="merge_suggestions_other")
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "other"], name="a_pair_is_suggested_once"),
            models.CheckConstraint(condition=~Q(lead=F("other")), name="a_lead_is_not_merged_with_itself"),
        ]

    def __str__(self) -> str:
        return self.reason


UNDO_MERGE_FOR = timedelta(days=30)


class Merge(models.Model):
    """One lead merged into another; can be undone for 30 days. `record` holds what moved and what was overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    survivor = models.ForeignKey(Lead, models.CASCADE, related_name="merges_won")
    loser = models.ForeignKey(Lead, models.CASCADE, related_name="merges_lost")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    record = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.survivor_id}"

    def may_be_undone(self, at: datetime) -> bool:
        """Within 30 days, once."""
        return self.undone_at is None and at - self.created_at < UNDO_MERGE_FOR


@pghistory.track()
class AssignmentSettings(models.Model):
    """How leads find their setter (spec 01, 03)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="assignment_settings")
    round_robin_enabled = models.BooleanField("round robin", default=False)
    round_robin_email_only = models.BooleanField("e-mail only", default=False)
    sequence = models.JSONField(
        default=list, blank=True, help_text="Setters' ids in order; duplicates are weights. Empty: all active setters."
    )
    last_index = models.IntegerField(default=-1)

    class Meta:
        verbose_name_plural = "assignment settings"

    def __str__(self) -> str:
        return "Assignment settings"


@pghistory.track()
class PrivacySettings(models.Model):
    """How long texts are kept (spec 01)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="privacy_settings")
    message_retention_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: keep.")
    ai_retention_days = models.PositiveIntegerField("AI retention days", default=30)

    class Meta:
        verbose_name_plural = "privacy settings"

    def __str__(self) -> str:
        return "Privacy settings"
