"""What the machine understood of a lead (spec 05): the history of its tag, and what is remembered of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from inbox.models.messages import Message
from leads.models import Lead, Tag
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User, Workspace


class SentimentEvent(models.Model):
    """One reading of a reply: by a rule, the model or a person. A person's is a label for evaluation."""

    class Source(models.TextChoices):
        RULE = "rule", "Rule"
        MODEL = "model", "Model"
        PERSON = "person", "Person"
        PLATFORM = "platform", "Sending platform"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="sentiments", db_index=False)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    tag = models.CharField(max_length=24, choices=Tag)
    before = models.CharField(max_length=24, choices=Tag, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=8, choices=Source)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    prompt_version = models.CharField(max_length=90, blank=True)
    return_date = models.DateField(null=True, blank=True, help_text="Out of office until.")
    deferred_until = models.DateField(null=True, blank=True, help_text="Asked to be written to again on.")
    dedupe_key = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["lead", "-at"], name="sentiments_of_lead"),
            models.Index(fields=["workspace", "-at"], name="sentiments_of_workspace"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "dedupe_key"], name="a_reading_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_tag_display()} ({self.get_source_display()})"


class LeadMemory(models.Model):
    """What is known of a lead beyond its facts; written after each reply, edited by people, given to drafts."""

    lead = models.OneToOneField(Lead, models.CASCADE, related_name="memory", primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    objections = models.JSONField(default=list, blank=True)
    constraints = models.JSONField(default=list, blank=True, help_text="As in “not before March”.")
    promises = models.JSONField(default=list, blank=True, help_text="What was promised, by whom.")
    offered_slots = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=list, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    up_to = models.DateTimeField(null=True, blank=True, help_text="The last message it takes in.")
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "lead memories"

    def __str__(self) -> str:
        return "Lead memory"
