"""Connections to providers and the deliveries they send (spec 01, 02)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import ClassVar, Self

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import now

from integrations.credentials import SealedField
from zrg.jobs.models import DurableJob, Lane, failed_index, one_per_key, pending_index, running_index
from zrg.lib.ids import uuid7
from zrg.workspaces.models import Workspace


class Provider(models.TextChoices):
    EMAILBISON = "emailbison", "EmailBison"
    SMARTLEAD = "smartlead", "SmartLead"
    INSTANTLY = "instantly", "Instantly"
    GHL = "ghl", "GoHighLevel"
    UNIPILE = "unipile", "LinkedIn (Unipile)"
    CALENDLY = "calendly", "Calendly"
    SLACK = "slack", "Slack"
    RESEND = "resend", "Resend"
    CLAY = "clay", "Clay"


NAMESPACE_CHARS = 12

EMAIL_PLATFORMS = (Provider.EMAILBISON, Provider.SMARTLEAD, Provider.INSTANTLY)


def new_webhook_token() -> str:
    """An unguessable path segment of a webhook URL (spec 02)."""
    return secrets.token_urlsafe(24)


host_name = RegexValidator(
    r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    "Give the host name only, in small letters, as in send.agency.example: no https://, no path, no port.",
)


class EmailBisonHost(models.Model):
    """Hosts a workspace may pick for EmailBison: no provider call ever goes elsewhere (spec 01, no SSRF)."""

    host = models.CharField(
        max_length=253,
        unique=True,
        validators=[host_name],
        help_text="Host name only, as in send.agency.example. Has an instance got another name, change it here: its "
        "accounts follow. Another instance is another entry.",
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "EmailBison host"
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host


@pghistory.track(
    exclude=[
        "credentials",
        "webhook_token",
        "last_success_at",
        "last_error_at",
        "last_error",
        "alerted_at",
        "checked_at",
        "account_told_at",
        "namespace",
        "updated_at",
    ]
)
class Connection(models.Model):
    """A workspace's account at one provider."""

    class Status(models.TextChoices):
        UNCHECKED = "unchecked", "Not checked yet"
        OK = "ok", "Healthy"
        FAILING = "failing", "Failing"
        DISCONNECTED = "disconnected", "Disconnected"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="connections")
    provider = models.CharField(max_length=16, choices=Provider)
    external_id = models.CharField(
        max_length=120,
        blank=True,
        help_text="The account's id there: GHL location, EmailBison workspace, Unipile account. Routes webhooks.",
    )
    host = models.CharField(max_length=253, blank=True, help_text="EmailBison only: the instance's host.")
    namespace = models.CharField(
        max_length=NAMESPACE_CHARS, blank=True, default="", db_default="", editable=False, help_text="Its account's."
    )
    credentials = SealedField()
    config = models.JSONField(default=dict, blank=True)
    webhook_token = models.CharField(max_length=64, unique=True, default=new_webhook_token, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCHECKED)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=500, blank=True, editable=False)
    alerted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its people were last told of a failure: once in 24 h."
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was last tested.")
    account_told_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Arrival of the provider's latest word about the account."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["workspace", "provider"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "provider"], name="one_connection_per_workspace_and_provider"),
            models.UniqueConstraint(
                fields=["provider", "external_id", "host"],  # EmailBison counts within each instance
                condition=~models.Q(external_id=""),
                name="a_provider_account_belongs_to_one_workspace",
                violation_error_message="Another workspace is connected to this account already.",
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(provider__in=EMAIL_PLATFORMS),
                name="one_email_platform_per_workspace",
                violation_error_message="A workspace has at most one e-mail platform. Remove the other one first.",
            ),
            models.CheckConstraint(
                condition=models.Q(provider__in=Provider.values), name="connection_to_a_known_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} of {self.workspace}"


class Account(models.Model):
    """An account at a provider that a workspace was connected with or heard from, now or earlier.

    Where a provider numbers people and mails within each account (EmailBison), `namespace` keeps the numbers of two of
    them apart (integrations/namespaces.py)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    provider = models.CharField(max_length=16, choices=Provider)
    host = models.CharField(max_length=253, blank=True)
    external_id = models.CharField(max_length=120)
    namespace = models.CharField(
        max_length=NAMESPACE_CHARS, blank=True, help_text="Stands before its numbers; empty for the first account."
    )
    first_seen = models.DateTimeField(default=now)

    class Meta:
        ordering = ["workspace", "provider", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "provider", "host", "external_id"], name="an_account_is_known_once"
            ),
            models.UniqueConstraint(fields=["workspace", "provider", "namespace"], name="a_namespace_is_one_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.external_id} {self.host}".strip()


class WebhookEvent(DurableJob):
    """One delivery of a provider: on disk before it is acknowledged (spec 02)."""

    QUEUES: ClassVar[dict[int, str]] = {Lane.FIRST: "ingest", Lane.BULK: "bulk"}
    BATCH: ClassVar[int] = 20
    STALE_SETTING: ClassVar[str] = "WEBHOOK_EVENT_STALE_LOCK_MS"
    RESULT_FIELDS: ClassVar[tuple[str, ...]] = ("lead_id", "reason")
    WAITS_FOR_DISK: ClassVar[bool] = False

    provider = models.CharField(max_length=16, choices=Provider)
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, related_name="+", db_index=False)
    event_type = models.CharField(max_length=60)
    payload = models.JSONField(null=True)
    received_at = models.DateTimeField()
    namespace = models.CharField(
        max_length=NAMESPACE_CHARS, blank=True, default="", db_default="", help_text="Of the account that sent it."
    )
    lead_id = models.UUIDField(null=True, blank=True)  # a higher floor's row: no foreign key
    reason = models.CharField(max_length=200, blank=True, help_text="Why nothing was done, where nothing was.")

    class Meta:
        indexes = [
            pending_index("webhook_events_due"),
            running_index("webhook_events_running"),
            failed_index("webhook_events_failed"),
            models.Index(fields=["lead_id"], condition=models.Q(lead_id__isnull=False), name="webhook_events_of_lead"),
            models.Index(
                fields=["correlation_id"], condition=~models.Q(correlation_id=""), name="webhook_events_of_a_run"
            ),
            models.Index(fields=["-received_at"], name="webhook_events_newest"),
            models.Index(fields=["workspace", "-received_at"], name="webhook_events_of_workspace"),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(status="SUCCEEDED", payload__isnull=False),
                name="webhook_events_to_blank",
            ),
        ]
        constraints = [one_per_key("a_delivery_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.event_type} #{self.pk}"

    @classmethod
    def prepare(cls, jobs: Sequence[Self]) -> None:
        """The connections and workspaces of a batch in one query."""
        wanted = {job.connection_id for job in jobs if job.connection_id}
        found = Connection.objects.select_related("workspace").in_bulk(wanted)
        for job in jobs:
            if job.connection_id in found:
                job.connection = found[job.connection_id]


class IgnoredDeliveries(models.Model):
    """How often deliveries were turned away for a workspace, and since when: shown, because it looks like a dead
    webhook. Without a workspace: the provider's signature did not fit, before it was known for whom it was."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, null=True, blank=True, related_name="ignored_deliveries")
    provider = models.CharField(max_length=16, choices=Provider)
    reason = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "ignored deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "provider", "reason"], nulls_distinct=False, name="one_counter_per_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()}: {self.reason} ×{self.count}"
