"""What a workspace says differently to the model (spec 05, "Prompt registry"): versions, of which one may be active."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from zrg.workspaces.models import User, Workspace


class Version(models.Model):
    """A text that is never changed, only followed by another. To revert is to activate an older one, or none."""

    version = models.PositiveIntegerField()
    text = models.TextField()
    active = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, help_text="Why it was changed.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class PromptOverride(Version):
    """A workspace's own system text of a prompt, with its model and effort where they differ too."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="prompt_overrides")
    prompt_key = models.CharField(max_length=80)
    model = models.CharField(max_length=80, blank=True, help_text="Empty: the task's model.")
    effort = models.CharField(max_length=10, blank=True, help_text="Empty: the prompt's own.")

    class Meta:
        ordering = ["prompt_key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "prompt_key", "version"], name="prompt_versions_differ"),
            models.UniqueConstraint(
                fields=["workspace", "prompt_key"], condition=Q(active=True), name="one_active_prompt_override"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt_key} #{self.version}"


class PromptSnippetOverride(Version):
    """A workspace's own text of a snippet that several prompts share."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="snippet_overrides")
    snippet_key = models.CharField(max_length=80)

    class Meta:
        ordering = ["snippet_key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "snippet_key", "version"], name="snippet_versions_differ"),
            models.UniqueConstraint(
                fields=["workspace", "snippet_key"], condition=Q(active=True), name="one_active_snippet_override"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snippet_key} #{self.version}"
