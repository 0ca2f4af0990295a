"""Finding leads by name, e-mail or phone over all workspaces: for the ops staff, never for a workspace's own people."""

from __future__ import annotations

import uuid

from leads import searching
from leads.models import Lead
from zrg.workspaces.choosing import as_uuid

AT_MOST = 500


def find_leads(term: str, *, at_most: int = AT_MOST) -> list[uuid.UUID]:
    """Ids of at most `at_most` leads, those who wrote last first. A lead's id finds that lead, merged away or not; what
    has no three letters or digits in a row finds nobody: no index knows it."""
    if as_id := as_uuid(term.strip()):
        return list(Lead.objects.filter(pk=as_id).values_list("pk", flat=True))
    about = searching.sought(term)
    if about is None or not about.is_indexed:
        return []
    hits = Lead.objects.live().filter(searching.condition(about))
    # Taken before they are sorted: otherwise a common word would have the planner walk the whole table in order.
    taken = Lead.objects.filter(pk__in=list(hits.values_list("pk", flat=True)[:at_most]))
    return list(taken.order_by("-last_message_at").values_list("pk", flat=True))
