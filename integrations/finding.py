"""Finding deliveries by what somebody on call has in hand: an id, a lead's id, a correlation id, a dedupe key."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from integrations.models import WebhookEvent
from zrg.workspaces.choosing import as_uuid

AT_MOST = 500
_CORRELATION = re.compile(r"[A-Za-z0-9-]{8,64}")
_LARGEST = 2**63 - 1


def find_deliveries(term: str, *, among: QuerySet[WebhookEvent] | None = None) -> list[int]:
    """Ids of at most 500 deliveries, newest first. Every look-up is on an index."""
    term = term.replace("\x00", "").strip()
    if not term:
        return []
    rows = WebhookEvent.objects.all() if among is None else among
    found = list(rows.filter(_exact(term)).order_by("-pk").values_list("pk", flat=True)[:AT_MOST])
    return found or _by_correlation(rows, term)


def _exact(term: str) -> Q:
    wanted = Q(dedupe_key__startswith=term)
    if term.isascii() and term.isdigit() and int(term) <= _LARGEST:
        wanted |= Q(pk=int(term))
    if lead_id := as_uuid(term):
        wanted |= Q(lead_id=lead_id)
    return wanted


def _by_correlation(rows: QuerySet[WebhookEvent], term: str) -> list[int]:
    if not _CORRELATION.fullmatch(term):
        return []
    of_the_run = rows.filter(correlation_id=term).exclude(correlation_id="")
    return sorted(of_the_run.values_list("pk", flat=True)[:AT_MOST], reverse=True)
