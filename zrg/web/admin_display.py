"""How things look in the admin's tables and pages: pills, ages, links. Pure, escaped."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.template.defaultfilters import date as formatted
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

NOTHING = "–"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def pill(text: str, tone: str = "plain") -> SafeString:
    """A word with its meaning in colour; tones: plain, ok, warn, danger, info."""
    return format_html('<span class="zrg-pill" data-tone="{}">{}</span>', tone, text)


def short(text: str, length: int = 90) -> SafeString | str:
    """One line of a long text; the whole of it on hover."""
    first = text.strip().partition("\n")[0]
    if not first:
        return NOTHING
    cut = first if len(first) <= length else f"{first[: length - 1]}…"
    return format_html('<span class="zrg-line" title="{}">{}</span>', text[:1000], cut)


def lasting(seconds: float | None) -> str:
    """A duration in its two largest units: “2 h 5 min”, “41 s”; below ten seconds with a tenth."""
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f} s"
    left, parts = int(seconds), []
    for size, name in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {name}")
            left %= size
    return " ".join(parts[:2])


def ago(at: datetime | None) -> SafeString | str:
    """“5 min ago” or “in 2 h”, the exact time on hover."""
    if at is None:
        return NOTHING
    seconds = (timezone.now() - at).total_seconds()
    text = f"{lasting(seconds)} ago" if seconds >= 0 else f"in {lasting(-seconds)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact(at), text)


def exact(at: datetime | None) -> str:
    """The time to the second, in the admin's zone."""
    return formatted(timezone.localtime(at), "j M Y, H:i:s e") if at else NOTHING


def change_url(model: type[Model] | Model, pk: Any) -> str:
    """An object's page in the admin; empty where the model has none."""
    meta = model._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk])
    except NoReverseMatch:
        return ""


def list_url(model: type[Model], **filters: object) -> str:
    """A model's list in the admin, narrowed."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def link(obj: Model | None, text: str = "") -> SafeString | str:
    """The object's name, leading to its page."""
    if obj is None:
        return NOTHING
    url = change_url(obj, obj.pk)
    return format_html('<a class="zrg-link" href="{}">{}</a>', url, text or str(obj)) if url else text or str(obj)


def link_to(model: type[Model], pk: Any, text: str) -> SafeString | str:
    """As `link`, for an object that was not loaded."""
    return format_html('<a class="zrg-link" href="{}">{}</a>', change_url(model, pk), text) if pk else NOTHING


def copyable(text: str) -> SafeString:
    """Something to take elsewhere: shown in full, selected by one click."""
    return format_html('<code class="zrg-copy" tabindex="0">{}</code>', text)


def count_of(number: int, one: str, many: str = "") -> str:
    """“1 job”, “12 jobs”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
