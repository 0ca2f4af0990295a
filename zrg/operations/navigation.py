"""The admin's side bar, by domain: only what the person may see."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

# group → (title, icon, model)
_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Work",
        (
            ("Webhook deliveries", "webhook", "integrations.WebhookEvent"),
            ("Message jobs", "pending_actions", "inbox.MessageJob"),
            ("Pages to read", "find_in_page", "ai.KnowledgeJob"),
            ("Messages", "mail", "inbox.Message"),
            ("Tasks", "task_alt", "followups.Task"),
        ),
    ),
    (
        "Leads",
        (
            ("Leads", "person", "leads.Lead"),
            ("Campaigns", "campaign", "leads.Campaign"),
            ("Suppression", "block", "leads.SuppressionEntry"),
            ("Merge suggestions", "merge", "leads.MergeSuggestion"),
            ("Merges", "call_merge", "leads.Merge"),
        ),
    ),
    (
        "Workspaces",
        (
            ("Workspaces", "domain", "workspaces.Workspace"),
            ("Connections", "cable", "integrations.Connection"),
            ("Turned away", "do_not_disturb_on", "integrations.IgnoredDeliveries"),
            ("EmailBison hosts", "dns", "integrations.EmailBisonHost"),
        ),
    ),
    (
        "AI",
        (
            ("Calls", "neurology", "ai.AIInteraction"),
            ("Spending", "payments", "ai.AiSpend"),
            ("Personas", "record_voice_over", "ai.Persona"),
            ("Knowledge", "menu_book", "ai.KnowledgeAsset"),
            ("Prompts", "edit_note", "ai.PromptOverride"),
            ("Shared texts", "notes", "ai.PromptSnippetOverride"),
        ),
    ),
    (
        "By the clock",
        (
            ("Sweep runs", "timer", "jobs.FunctionRun"),
            ("Dispatches", "outbox", "jobs.DispatchWindow"),
            ("Schedules", "schedule", "django_celery_beat.PeriodicTask"),
        ),
    ),
    ("Access", (("People", "group", "workspaces.User"), ("Groups", "shield_person", "auth.Group"))),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links with the permission to see each; the front page first."""
    first = {"title": "", "items": [{"title": "Operations", "icon": "monitoring", "link": reverse("admin:index")}]}
    return [first, *filter(None, (_group(request, title, entries) for title, entries in _GROUPS))]


def _group(request: HttpRequest, title: str, entries: tuple[tuple[str, str, str], ...]) -> dict[str, Any] | None:
    items = [_item(*entry) for entry in entries if _may_see(request, entry[2])]
    return {"title": title, "separator": True, "items": items} if items else None


def _item(title: str, icon: str, label: str) -> dict[str, Any]:
    meta = apps.get_model(label)._meta
    return {"title": title, "icon": icon, "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")}


def _may_see(request: HttpRequest, label: str) -> bool:
    app, model = label.lower().split(".")
    return request.user.has_perm(f"{app}.view_{model}") or request.user.has_perm(f"{app}.change_{model}")
