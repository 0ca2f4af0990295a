"""What people read of deliveries that were turned away (integrations/turned_away.py), and what they can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from integrations import providers
from integrations.account_fields import FIELDS
from integrations.models import IgnoredDeliveries, Provider
from integrations.turned_away import Reason
from zrg.web import times

SHOWN_FOR = timedelta(days=7)  # of what is no trouble by itself: a webhook that was left at a platform of before


@dataclass(frozen=True, slots=True)
class Told:
    """`what` happens, how often and since when; `why`; and what is `to_do`: a sentence each, for a page."""

    provider: str
    what: str
    why: str
    to_do: str


WHY: dict[str, str] = {
    Reason.PROVIDER_MISMATCH: "This workspace sends e-mail through another platform.",
    Reason.SECRET_MISSING: "No webhook secret came along.",
    Reason.SECRET_WRONG: "The webhook secret that came along is not the one entered here.",
    Reason.SECRET_NOT_SET: "No webhook secret is entered here, and the webhook address of this account was not used.",
    Reason.BAD_SIGNATURE: "The signature is missing or does not fit.",
}


def standing(**where: Any) -> QuerySet[IgnoredDeliveries]:
    """What is turned away and was not let in since, the latest first."""
    over = {"reason": Reason.PROVIDER_MISMATCH.value, "last_at__lt": timezone.now() - SHOWN_FOR}
    return IgnoredDeliveries.objects.filter(**where).exclude(**over).order_by("-last_at")


def told(row: IgnoredDeliveries, zone: tzinfo) -> Told:
    """The sentences for a row; times in the zone of who reads them."""
    why = WHY.get(row.reason, f"Reason: {row.reason}.")
    return Told(row.provider, _what(row, zone), why, _to_do(row.reason, Provider(row.provider)))


def _what(row: IgnoredDeliveries, zone: tzinfo) -> str:
    now = timezone.now()
    last = times.full(row.last_at, zone, now=now)
    verb = "ignored" if row.reason == Reason.PROVIDER_MISMATCH else "refused"
    if row.count == 1:
        return f"A webhook was {verb}, {last}."
    return f"{row.count:,} webhooks were {verb} since {times.full(row.first_at, zone, now=now)}, the last {last}."


def _to_do(reason: str, kind: Provider) -> str:
    name = kind.label
    if reason == Reason.PROVIDER_MISMATCH:
        return f"Connect {name} instead, or remove the webhook at {name}."
    if reason == Reason.BAD_SIGNATURE:
        return f"Compare {providers.door(kind).signed_with} with {name}. If nothing is missing, somebody else tried."
    if reason == Reason.SECRET_NOT_SET:
        return f"Enter a secret here and the same at {name}, or give {name} the webhook address of this account."
    instead = "" if _must_be_there(kind) else ", or remove it here"
    return f"Enter the same secret here and at {name}{instead}. This goes when the next one is let in."


def _must_be_there(kind: Provider) -> bool:
    return any(field.name == "webhook_secret" and field.is_needed for field in FIELDS.get(kind, ()))
