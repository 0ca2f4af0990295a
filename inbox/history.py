"""What the provider's own history holds and we do not: filled in through the same door as a webhook (spec 05, step 1)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from inbox import inbound, recording
from inbox.channels import connection_for
from inbox.models import Message
from integrations import outgoing
from integrations.errors import ProviderError
from integrations.events import MessageConfirmed, MessageReceived, Person
from integrations.registry import Delivery as Arrival
from leads.models import Direction, LeadIdentity

log = structlog.get_logger(__name__)

LIMIT = 100
SAME_MESSAGE = timedelta(minutes=5)


def pull(message: Message) -> int:
    """Bring in the contact's recent SMS history; how many messages were new. Idempotent by message id; a provider that
    fails changes nothing and stops nothing."""
    connection = connection_for(message.workspace_id, message.channel)
    if connection is None:
        return 0
    names = tuple(LeadIdentity.objects.filter(lead_id=message.lead_id).values_list("kind", "value"))
    person = Person(names=tuple(n for n in names if n[0] == "ghl_contact"), phone=message.lead.phone)
    try:
        items = outgoing.history(connection, person, message.channel, limit=LIMIT)
    except ProviderError as error:
        log.warning("history_not_pulled", error=type(error).__name__, provider=connection.provider)
        return 0
    arrival = Arrival(message.lead.workspace, connection, connection.provider, timezone.now())
    return sum(_file(item, message, arrival) for item in items)


@transaction.atomic
def _file(item: MessageReceived | MessageConfirmed, trigger: Message, arrival: Arrival) -> bool:
    columns = recording.id_columns(item.ids)
    if not columns or Message.objects.filter(workspace_id=trigger.workspace_id, **columns).exists():
        return False
    if isinstance(item, MessageConfirmed):
        return inbound.confirmed(item, arrival).reason == ""
    bare = _without_id(item, trigger)
    if bare is not None:
        Message.objects.filter(pk=bare.pk).update(**columns)
        return False
    return inbound.receive(item, arrival).reason == ""


def _without_id(item: MessageReceived, trigger: Message) -> Message | None:
    """The webhook told us of this message without its id (spec 02, GHL): same text, near in time."""
    if item.at is None:
        return None
    near = Message.objects.filter(
        lead_id=trigger.lead_id,
        channel=trigger.channel,
        direction=Direction.IN,
        ghl_message_id=None,
        sent_at__range=(item.at - SAME_MESSAGE, item.at + SAME_MESSAGE),
    )
    return next((message for message in near if recording.same_text(message.body, item.text)), None)
