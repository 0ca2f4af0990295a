"""The names a person is known by (spec 03)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from leads.models.folding import Folded
from leads.models.leads import Lead
from zrg.workspaces.models import Workspace


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
                OpClass(Folded("value"), name="gin_trgm_ops"),
                name="alternate_search_folded",
                condition=Q(primary=False, kind__in=["email", "phone"]),
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
