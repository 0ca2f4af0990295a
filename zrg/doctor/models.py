"""The model service: its key and address, and whether the models we ask are still there (spec 05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from zrg.ai import client, efforts, lifetimes
from zrg.ai.budgets import price_of
from zrg.ai.models import AiSettings, PromptOverride
from zrg.doctor.findings import Finding, warning

OPENAI_HOST = "api.openai.com"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SHOWN = 10


def key_and_address() -> Iterator[Finding]:
    """Form only: no key leaves this machine for a check."""
    key, address = settings.OPENAI_API_KEY, urlsplit(settings.OPENAI_BASE_URL)
    if not key:
        yield warning(
            "OPENAI_API_KEY is not set: replies are read by rules only, and nothing is drafted.",
            "Set OPENAI_API_KEY (docs/ai.md).",
        )
        return
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        yield Finding(
            "OPENAI_BASE_URL is not https: what leads wrote and the key travel in the open.",
            "Use https, or a service on this very machine.",
        )
    if address.hostname == OPENAI_HOST:
        yield from _of_openai(key, address.path)


def _of_openai(key: str, path: str) -> Iterator[Finding]:
    if not key.startswith("sk-") or key.startswith("sk-sandbox"):
        yield Finding("OPENAI_API_KEY is no key of OpenAI.", "Copy it anew: it begins with sk-.")
    if path.rstrip("/") != "/v1":
        yield Finding(
            f"OPENAI_BASE_URL leads to {path or 'no path'} at {OPENAI_HOST}: every call fails.",
            f"Unset it, or set https://{OPENAI_HOST}/v1.",
        )


def is_reachable() -> Iterator[Finding]:
    """The service answers anything at all; asked without a key, so it costs nothing and proves no key."""
    if not settings.OPENAI_API_KEY:
        return
    if why := client.why_unreachable(settings.OPENAI_BASE_URL):
        yield Finding(
            f"The model service does not answer ({why}): replies wait and are tried again.",
            "May this host open connections to OPENAI_BASE_URL? Its status page says whether it is the service.",
        )


def of_tasks() -> Iterator[Finding]:
    """Each task's model: known, priced, and not about to be shut down."""
    today = timezone.now().date()
    for model, tasks in _by_model(settings.AI_MODELS.items()).items():
        variables = ", ".join(f"AI_MODEL_{task.upper()}" for task in tasks)
        yield from _lifetime(model, variables, today=today)
        if efforts.accepted(model) is None:
            yield warning(
                f"{model} ({variables}) is not in the table of efforts: it is asked with low to high only.",
                "That works with most models. Check its answers on the settings page's preview.",
            )
        if price_of(model, settings.AI_PRICES) is None:
            yield warning(
                f"No price is known of {model} ({variables}): it counts as free, and no budget sees it.",
                f"Set AI_PRICES={model}:input/cached/output (US dollars for a million tokens).",
            )
    for model in settings.AI_FALLBACK_MODELS:
        yield from _lifetime(model, "AI_FALLBACK_MODELS", today=today)


def of_workspaces() -> Iterator[Finding]:
    """Models that workspaces chose for themselves, for a task or with a prompt of their own."""
    today = timezone.now().date()
    chosen = AiSettings.objects.exclude(models_by_task={}).select_related("workspace")
    pairs = [(str(row.workspace), model) for row in chosen for model in row.models_by_task.values()]
    own = PromptOverride.objects.filter(active=True).exclude(model="").select_related("workspace")
    pairs += [(str(row.workspace), row.model) for row in own]
    for model, names in list(_by_model(pairs).items())[:_SHOWN]:
        yield from _lifetime(model, f"chosen by {', '.join(dict.fromkeys(names))}", today=today)


def _by_model(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, model in pairs:
        found.setdefault(str(model), []).append(name)
    return found


def _lifetime(model: str, where: str, *, today: date) -> Iterator[Finding]:
    if model in lifetimes.NEVER_WAS:
        yield Finding(f"There is no model {model} ({where}).", "Choose another one (docs/ai.md).")
    day = lifetimes.ends(model)
    if day is None or not lifetimes.is_ending(model, today=today):
        return
    if day <= today:
        remedy = "Choose another one; until then the fallback models answer, if they are there."
        yield Finding(f"{model} ({where}) was shut down on {day:%-d %B %Y}.", remedy)
    else:
        yield warning(f"{model} ({where}) is shut down on {day:%-d %B %Y}.", "Choose another one before (docs/ai.md).")
