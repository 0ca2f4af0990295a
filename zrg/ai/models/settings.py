"""What the machine is told about a workspace (spec 01, 05)."""

from __future__ import annotations

import pghistory
from django.db import models

from zrg.workspaces.models import Workspace


@pghistory.track()
class AiSettings(models.Model):
    """Voice, offer and limits of a workspace's AI; the last rung of the persona chain."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="ai_settings")
    service_description = models.TextField(blank=True)
    ideal_customer_profile = models.TextField(blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    target_result = models.CharField(max_length=300, blank=True)
    website_url = models.URLField(blank=True)
    goals = models.TextField(blank=True)
    persona_name = models.CharField(max_length=120, blank=True)
    tone = models.CharField(max_length=120, default="friendly-professional")
    greeting = models.CharField(max_length=200, blank=True)
    sms_greeting = models.CharField("SMS greeting", max_length=200, blank=True, help_text="Empty: the greeting.")
    signature = models.TextField(blank=True)
    models_by_task = models.JSONField(default=dict, blank=True, help_text="Task → model id; empty: the defaults.")
    classify_replies = models.BooleanField(default=True, help_text="Read what a reply means. Off: rules only.")
    remember_leads = models.BooleanField(default=True, help_text="Keep a short memory of each lead.")
    draft_replies = models.BooleanField(default=True, help_text="Write a draft for replies that want an answer.")
    flag_uncertain_replies = models.BooleanField(default=True)
    monthly_budget_usd = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    store_ai_text = models.BooleanField("store AI text", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "AI settings"

    def __str__(self) -> str:
        return "AI settings"
