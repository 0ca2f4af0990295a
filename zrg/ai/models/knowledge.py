"""What the workspace's drafts may say: its facts, pages and files (spec 05, "Knowledge")."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from zrg.jobs.models import DurableJob, Lane, failed_index, one_per_key, pending_index, running_index
from zrg.lib.ids import uuid7
from zrg.workspaces.models import Workspace

# Without a language: assets come in many, and a wrong stemmer finds less than none.
SEARCHED = SearchVector("name", "content", config="simple")


@pghistory.track(exclude=["content", "tokens", "fetch", "fetch_error", "fetched_at", "updated_at"])
class KnowledgeAsset(models.Model):
    """A piece of knowledge. `website` is the workspace's primary page, of which there is one."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        URL = "url", "Web page"
        FILE = "file", "File"
        WEBSITE = "website", "Primary website"

    class Fetch(models.TextChoices):
        NONE = "none", "Nothing to fetch"
        PENDING = "pending", "Being fetched"
        DONE = "done", "Fetched"
        FAILED = "failed", "Could not be fetched"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="knowledge", db_index=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    url = models.URLField("address", max_length=1000, blank=True)
    content = models.TextField(blank=True)
    tokens = models.PositiveIntegerField(default=0, editable=False, help_text="Estimated length of the content.")
    active = models.BooleanField(default=True)
    fetch = models.CharField(max_length=8, choices=Fetch, default=Fetch.NONE, editable=False)
    fetch_error = models.CharField(max_length=300, blank=True, editable=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["workspace", "active"], name="knowledge_of_workspace"),
            GinIndex(SEARCHED, name="knowledge_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(kind="website"),
                name="one_primary_website",
                violation_error_message="This workspace has a primary website already. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "file"]) | ~Q(url=""),
                name="web_knowledge_has_an_address",
                violation_error_message="Give the address of the page, beginning with https://.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KnowledgeJob(DurableJob):
    """Fetching the page of an asset: a row first, like all work (spec 04)."""

    QUEUES: ClassVar[dict[int, str]] = {Lane.FIRST: "bulk", Lane.BULK: "bulk"}

    asset = models.ForeignKey(KnowledgeAsset, models.CASCADE, related_name="jobs")

    class Meta:
        indexes = [
            pending_index("knowledge_jobs_due"),
            running_index("knowledge_jobs_running"),
            failed_index("knowledge_jobs_failed"),
        ]
        constraints = [one_per_key("a_knowledge_job_is_kept_once")]

    def __str__(self) -> str:
        return f"Fetch {self.asset_id}"
