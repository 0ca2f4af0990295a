"""The tab "AI personality" (spec 01, 05): what stands in it, in order. Reads only."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from zrg.ai import prompts, running, spending, voice_preview
from zrg.ai.forms import AutomationForm, LimitsForm, ModelsForm, OfferForm, VoiceForm
from zrg.ai.knowledge_forms import NEW_ASSETS, QuestionFormSet
from zrg.ai.models import (
    AiSpend,
    KnowledgeAsset,
    Persona,
    PromptOverride,
    PromptSnippetOverride,
    QualificationQuestion,
)
from zrg.web.forms import for_reader
from zrg.web.settings_tabs import Section
from zrg.workspaces.access import can
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.models import Workspace

DAYS = 30


def action(name: str, workspace: Workspace, *more: object) -> str:
    """The address a form of this app posts to."""
    return reverse(f"ai:{name}", args=[workspace.pk, *more])


def _offer(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(OfferForm(instance=workspace.ai_settings), request, workspace)
    return {"form": form, "action": action("offer", workspace), "save_label": "Save offer"}


def _personas(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    return {"personas": list(Persona.objects.filter(workspace=workspace)[:200])}


def _voice(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    return {
        "form": for_reader(VoiceForm(instance=workspace.ai_settings), request, workspace),
        "action": action("voice", workspace),
        "save_label": "Save voice",
        "preview": voice_preview.of_settings(workspace.ai_settings, workspace),
    }


def _knowledge(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    found = KnowledgeAsset.objects.filter(workspace=workspace).defer("content").order_by("kind", "name", "id")[:200]
    assets = sorted(found, key=lambda asset: asset.kind != KnowledgeAsset.Kind.WEBSITE)
    return {
        "assets": assets,
        "tokens": sum(asset.tokens for asset in assets if asset.active),
        "is_fetching": any(asset.fetch == KnowledgeAsset.Fetch.PENDING for asset in assets),
        "action": action("knowledge", workspace),
        "new_forms": new_asset_forms(workspace),
    }


def new_asset_forms(workspace: Workspace) -> dict[str, Any]:
    """One form for each kind that can be added."""
    return {kind: form(workspace=workspace, prefix=kind) for kind, form in NEW_ASSETS.items()}


def _questions(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    formset = QuestionFormSet(queryset=questions_of(workspace))
    if not can(request.user, Capability.CHANGE_SETTINGS, workspace):
        for form in formset.forms:
            for_reader(form, request, workspace)
    return {"formset": formset, "action": action("questions", workspace), "save_label": "Save questions"}


def questions_of(workspace: Workspace) -> Any:
    """In their order."""
    return QualificationQuestion.objects.filter(workspace=workspace).order_by("order", "id")


def _prompts(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    own = dict(PromptOverride.objects.filter(workspace=workspace, active=True).values_list("prompt_key", "version"))
    own_snippets = dict(
        PromptSnippetOverride.objects.filter(workspace=workspace, active=True).values_list("snippet_key", "version")
    )
    return {
        "prompts": [(prompt, own.get(key, 0)) for key, prompt in prompts.known().items()],
        "snippets": [(snippet, own_snippets.get(key, 0)) for key, snippet in prompts.snippets().items()],
    }


def _models(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(ModelsForm(workspace=workspace), request, workspace)
    more = {"has_key": running.is_configured(), "save_label": "Save models"}
    return {"form": form, "action": action("models", workspace), **more}


def _automation(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(AutomationForm(instance=workspace.ai_settings), request, workspace)
    return {"form": form, "action": action("automation", workspace), "save_label": "Save"}


def _limits(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(LimitsForm(instance=workspace.ai_settings), request, workspace)
    return {"form": form, "action": action("limits", workspace), "save_label": "Save limits"}


def _spending(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """This month by feature, the last 30 days by day. Days are those of UTC, as the budget's."""
    today = timezone.now().astimezone(UTC).date()
    month = spending.this_month(workspace)
    rows = AiSpend.objects.filter(workspace=workspace, day__gte=today.replace(day=1))
    features = rows.values("feature").annotate(
        calls=Sum("calls"), failures=Sum("failures"), tokens=Sum("tokens_in") + Sum("tokens_out"), cost=Sum("cost_usd")
    )
    first = today - timedelta(days=DAYS - 1)
    by_day = dict(
        AiSpend.objects.filter(workspace=workspace, day__gte=first).values_list("day").annotate(cost=Sum("cost_usd"))
    )
    days = [(first + timedelta(days=number)) for number in range(DAYS)]
    most = max(by_day.values(), default=Decimal(0))
    return {
        "month": month,
        "share": min(int(100 * month.spent / month.budget), 100) if month.budget else 100 * month.is_reached,
        "features": features.order_by("-cost", "feature"),
        "days": [(day, by_day.get(day, Decimal(0)), _percent(by_day.get(day), most)) for day in days],
        "days_total": sum(by_day.values(), Decimal(0)),
        "month_name": f"{today:%B}",
        "is_priced": bool(settings.AI_PRICES),
    }


def _percent(cost: Decimal | None, most: Decimal) -> int:
    return int(100 * cost / most) if cost and most else 0


SECTIONS = (
    Section("ai", "ai-offer", "Offer and company", "settings/section.html", _offer),
    Section("ai", "ai-personas", "Personas", "ai/personas.html", _personas, is_secret=True),
    Section("ai", "ai-voice", "Voice without a persona", "ai/voice.html", _voice, is_secret=True),
    Section("ai", "ai-knowledge", "Knowledge", "ai/knowledge.html", _knowledge),
    Section("ai", "ai-questions", "Qualification questions", "ai/questions.html", _questions),
    Section("ai", "ai-prompts", "Prompts", "ai/prompts.html", _prompts, is_secret=True),
    Section("ai", "ai-automation", "What it does", "settings/section.html", _automation),
    Section("ai", "ai-models", "Models", "ai/models.html", _models),
    Section("ai", "ai-limits", "Limits and storage", "settings/section.html", _limits),
)
SPENDING = Section("ai", "ai-spending", "Spending", "ai/spending.html", _spending)
