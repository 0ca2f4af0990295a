"""What a workspace wants to know of a lead before a meeting (spec 01, 11)."""

from __future__ import annotations

import pghistory
from django.db import models

from zrg.workspaces.models import Workspace


@pghistory.track()
class QualificationQuestion(models.Model):
    """One question; the unanswered ones go into drafts."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="qualification_questions")
    text = models.CharField(max_length=500)
    order = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(default=False, help_text="A meeting should not be held without the answer.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text
