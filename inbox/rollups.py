"""What the inbox list knows of a lead: pure functions from the lead and a message to the lead's columns (spec 03).

The result does not depend on the order in which messages arrive: everything is decided by the messages' own times.
Written in the transaction of the message.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db.models import Q

from inbox.models import Message, SentBy
from leads.models import Direction, Lead

PREVIEW = 160
_SPACE = re.compile(r"\s+")

_CHANNEL_FLAG = {"email": "has_email", "sms": "has_sms", "linkedin": "has_linkedin"}


def preview(text: str) -> str:
    """The first 160 characters in one line."""
    line = _SPACE.sub(" ", text[:2000]).strip()
    return line if len(line) <= PREVIEW else line[: PREVIEW - 1].rstrip() + "…"


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two times; None counts as before everything."""
    return max((time for time in (one, other) if time), default=None)


def tells_the_campaign(lead: Lead, message: Message) -> bool:
    """Whether the lead's campaign is this recorded message's: the last campaign mail's, or where none is known the last
    message's that names one, whatever the order in which we hear of them. Asked before it is rolled up; one query, none
    for the lead's first message."""
    if lead.last_message_at is None:
        return True
    others = Message.objects.filter(lead_id=message.lead_id, campaign__isnull=False).exclude(pk=message.pk)
    later = Q(sent_at__gt=message.sent_at)
    if message.campaign:  # at the same moment: always the same one
        later |= Q(sent_at=message.sent_at, campaign__external_id__gt=message.campaign.external_id)
    if message.sent_by == SentBy.CAMPAIGN:
        return not others.filter(later, sent_by=SentBy.CAMPAIGN).exists()
    return not others.filter(later | Q(sent_by=SentBy.CAMPAIGN)).exists()


def add_message(lead: Lead, message: Message, *, by: str, is_reply: bool = False) -> set[str]:
    """Roll a message up on its lead; the changed columns, for the caller to save.

    `by` is who wrote it, as the list says it ("You" is made from it); `is_reply`: a person of the lead's side wrote."""
    at, inbound = message.sent_at, message.direction == Direction.IN
    lead.thread_version += 1
    changed = {"thread_version", _CHANNEL_FLAG[message.channel]}
    setattr(lead, _CHANNEL_FLAG[message.channel], True)
    line = preview(message.body or message.subject)
    if _is_newest(lead, (at, inbound, message.channel, line, by[:120])):
        lead.last_message_at, lead.last_message_direction = at, message.direction
        lead.last_message_channel, lead.last_message_by, lead.preview = message.channel, by[:120], line
        changed |= {"last_message_at", "last_message_direction", "last_message_channel", "last_message_by", "preview"}
    is_news = False  # only a newer reply or a newer answer moves the ball: what a person said about it stands else
    if inbound:
        lead.last_inbound_at = later(lead.last_inbound_at, at)
        changed.add("last_inbound_at")
    else:
        is_news = lead.last_outbound_at is None or at >= lead.last_outbound_at
        lead.last_outbound_at = later(lead.last_outbound_at, at)
        changed.add("last_outbound_at")
    if is_reply:
        if lead.last_reply_at is None or at > lead.last_reply_at:
            lead.is_unread = is_news = True
        lead.last_reply_at = later(lead.last_reply_at, at)
        changed |= {"last_reply_at", "is_unread"}
    if is_news:
        lead.needs_reply = needs_reply(lead)
        changed.add("needs_reply")
    return changed


def _is_newest(lead: Lead, message: tuple[datetime, bool, str, str, str]) -> bool:
    """Providers count in seconds: of two messages of one second always the same one is shown, whichever came first."""
    if lead.last_message_at is None:
        return True
    shown = (lead.last_message_channel, lead.preview, lead.last_message_by)
    return message >= (lead.last_message_at, lead.last_message_direction == Direction.IN, *shown)


def needs_reply(lead: Lead) -> bool:
    """Whose move is it? Ours, when a person wrote after our last message and may be written to."""
    if lead.last_reply_at is None or lead.status == "blacklisted":
        return False
    return lead.last_outbound_at is None or lead.last_reply_at > lead.last_outbound_at
