"""Writing messages down, each once: the only place that inserts a Message (spec 03)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.models import PROVIDER_IDS, Message
from integrations.events import Person
from integrations.registry import Delivery as Arrival
from zrg.lib import rows

CLOCK_SKEW = timedelta(minutes=5)

_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Text PostgreSQL can hold."""
    return text.replace("\x00", "")


def same_text(one: str, other: str) -> bool:
    """Equal but for white space."""
    return _SPACE.sub(" ", one).strip() == _SPACE.sub(" ", other).strip()


def id_columns(ids: Mapping[str, str]) -> dict[str, str]:
    """The message columns of an event's provider ids (RFC Message-ID included)."""
    columns = {PROVIDER_IDS[kind]: value[:300] for kind, value in ids.items() if kind in PROVIDER_IDS and value}
    if ids.get("rfc"):
        columns["rfc_message_id"] = ids["rfc"][:400]
    return columns


def by_provider_id(workspace_id: UUID, ids: dict[str, str]) -> QuerySet[Message]:
    """Messages that carry one of an event's provider ids; its RFC Message-ID counts where it has no other."""
    columns = id_columns(ids)
    unique = [Q(**{column: value}) for column, value in columns.items() if column in PROVIDER_IDS.values()]
    known = unique or [Q(**columns) if columns else Q(pk__in=[])]
    return Message.objects.filter(reduce(or_, known), workspace_id=workspace_id)


def by_strongest_id(workspace_id: UUID, ids: dict[str, str]) -> QuerySet[Message]:
    """The one message an event speaks of, by the strongest of its ids alone: a weaker one may be another message's (an
    answer carries the id of the campaign mail it belongs to)."""
    strongest = next((kind for kind in PROVIDER_IDS if ids.get(kind)), None)
    return by_provider_id(workspace_id, {strongest: ids[strongest]} if strongest else ids)


def whose(person: Person) -> str:
    """A person as the event names it: the same at every telling, whatever lead it is by then."""
    return f"{person.names}|{person.email}|{person.phone}"


def when(at: datetime | None, arrival: Arrival) -> datetime:
    """The provider's time, unless it is missing or in the future: then the arrival's."""
    if at is None or at > timezone.now() + CLOCK_SKEW:
        return arrival.received_at
    return at


def dedupe_key(prefix: str, ids: dict[str, str], fallback: str) -> str:
    """A key of the message itself: its strongest provider id, else a hash of `fallback`."""
    for kind in PROVIDER_IDS:
        if ids.get(kind):
            return f"{prefix}:{kind}:{ids[kind]}"[:400]
    return f"{prefix}:{hashlib.sha256(fallback.encode()).hexdigest()}"


def insert_once(message: Message) -> bool:
    """Insert the message unless it is recorded already (any unique id or key says so); one statement. True if new."""
    return rows.insert_once(message)
