"""The voice that drafts and follow-ups speak with (spec 05, "Personas")."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from zrg.lib.ids import uuid7
from zrg.workspaces.models import Workspace


@pghistory.track()
class Persona(models.Model):
    """One voice. An empty field falls through to the next rung by itself (zrg/ai/personas.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="personas")
    name = models.CharField(max_length=120, help_text="What your team calls it.")
    persona_name = models.CharField(max_length=120, blank=True, help_text="Who the messages are from, as in “Sam”.")
    tone = models.CharField(max_length=120, blank=True, default="friendly-professional")
    greeting = models.CharField(max_length=200, blank=True, help_text="How an e-mail begins, as in “Hi {first_name},”.")
    sms_greeting = models.CharField("SMS greeting", max_length=200, blank=True, help_text="Empty: the greeting.")
    signature = models.TextField(blank=True, help_text="How an e-mail ends.")
    goals = models.TextField(blank=True, help_text="What a conversation should lead to.")
    is_default = models.BooleanField("default", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(is_default=True),
                name="one_default_persona",
                violation_error_message="This workspace has a default persona already.",
            ),
            models.UniqueConstraint(
                fields=["workspace", "name"],
                name="persona_names_differ",
                violation_error_message="A persona of this name is there already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
