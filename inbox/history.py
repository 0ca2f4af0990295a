"""What the provider's own history holds and we do not: filled in by the same door as a webhook (spec 05, step 1)."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone

from inbox import inbound, outbound, recording, sending
from inbox.channels import connection_for
from inbox.models import Message
from integrations import outgoing
from integrations.errors import ProviderError
from integrations.events import Channel, MessageConfirmed, MessageReceived, Person
from integrations.registry import Delivery as Arrival
from leads.models import Direction, LeadIdentity

log = structlog.get_logger(__name__)

LIMIT = 100


def pull(message: Message) -> int:
    """Bring in the contact's recent SMS history; how many messages were new. Idempotent by message id; a provider that
    fails changes nothing and stops nothing."""
    connection = connection_for(message.workspace_id, message.channel)
    if connection is None or message.lead.workspace.archived_at is not None:
        return 0
    names = LeadIdentity.objects.filter(lead_id=message.lead_id, kind=LeadIdentity.Kind.GHL_CONTACT)
    person = Person(names=tuple(names.values_list("kind", "value")), phone=message.lead.phone)
    try:
        items = outgoing.history(connection, person, Channel(message.channel), limit=LIMIT)
    except ProviderError as error:
        log.warning("history_not_pulled", error=type(error).__name__, provider=connection.provider)
        return 0
    arrival = Arrival(message.lead.workspace, connection, connection.provider, timezone.now())
    return sum(_file(item, message, arrival) for item in _unknown(message, items))


def _unknown(message: Message, items: list[outgoing.HistoryEvent]) -> list[outgoing.HistoryEvent]:
    """Those that are not recorded, in the order in which they were said: a START is after its STOP."""
    ids = [item.ids.get("ghl_message", "") for item in items]
    recorded = Message.objects.filter(workspace_id=message.workspace_id, ghl_message_id__in=ids)
    known = set(recorded.values_list("ghl_message_id", flat=True))
    new = [item for item in items if item.ids.get("ghl_message") and item.ids["ghl_message"] not in known]
    return sorted(new, key=lambda item: item.at or timezone.now())


@transaction.atomic
def _file(item: MessageReceived | MessageConfirmed, trigger: Message, arrival: Arrival) -> bool:
    """Under the lead's lock: the webhook of the same message may be at work at this moment."""
    sending.locked(trigger.pk)
    if recording.by_provider_id(trigger.workspace_id, item.ids).exists():
        return False
    if isinstance(item, MessageConfirmed):
        return outbound.confirmed(item, arrival).reason == ""
    bare = _without_id(item, trigger)
    if bare is not None:
        Message.objects.filter(pk=bare.pk).update(**recording.id_columns(item.ids))
        return False
    return inbound.receive(item, arrival).reason == ""


def _without_id(item: MessageReceived, trigger: Message) -> Message | None:
    """The webhook told us of this message without its id (spec 02, GHL): same text, near in time."""
    if item.at is None:
        return None
    near = Message.objects.filter(
        lead__messages=trigger.pk,
        channel=trigger.channel,
        direction=Direction.IN,
        ghl_message_id=None,
        sent_at__range=(item.at - inbound.SAME_MESSAGE, item.at + inbound.SAME_MESSAGE),
    )
    return next((one for one in near.order_by("sent_at") if recording.same_text(one.body, item.text)), None)
