"""Finding leads by name, e-mail or phone over all workspaces: for the ops staff, never for a workspace's own people."""

from __future__ import annotations

import uuid

from leads.models import Lead
from zrg.workspaces.choosing import as_uuid

AT_MOST = 500
SHORTEST = 3  # letters: an index of trigrams has nothing shorter


def find_leads(term: str, *, at_most: int = AT_MOST) -> list[uuid.UUID]:
    """Ids of at most `at_most` leads, those who wrote last first. A lead's id finds that lead, merged away or not;
    fewer than three letters find nobody."""
    term = " ".join(term.replace("\x00", "").split()).lower()
    if as_id := as_uuid(term):
        return list(Lead.objects.filter(pk=as_id).values_list("pk", flat=True))
    if len(term) < SHORTEST:
        return []
    hits = Lead.objects.filter(merged_into=None, search_text__contains=term)
    # Taken before they are sorted: otherwise a common word would have the planner walk the whole table in order.
    taken = Lead.objects.filter(pk__in=list(hits.values_list("pk", flat=True)[:at_most]))
    return list(taken.order_by("-last_message_at").values_list("pk", flat=True))
