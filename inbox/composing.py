"""What the composer offers: channels, recipients, copies, and what happened since it was opened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from inbox import channels, sms_parts
from inbox.channels import ChannelOption, Recipient
from inbox.models import Message
from inbox.permissions import check_may_reply
from inbox.rows import GLYPHS
from inbox.selectors import Viewer
from inbox.thread import Letter, Thread
from leads.models import Direction, Lead
from leads.panel import pretty_phone
from zrg.web import times
from zrg.workspaces.access import allowed


@dataclass(frozen=True)
class Tab:
    """A channel of the composer; one that cannot be used says why."""

    channel: str
    name: str
    glyph: str
    usable: bool
    reason: str
    is_chosen: bool


@dataclass(frozen=True)
class Written:
    """What stands in the composer."""

    channel: str = ""
    text: str = ""
    to: str = ""
    cc: tuple[str, ...] | None = None  # None: the copies the conversation suggests


def composer_context(
    viewer: Viewer,
    lead: Lead,
    thread: Thread | None,
    *,
    restored: Message | None = None,
    written: Written | None = None,
    error: str = "",
    warning: str = "",
) -> dict[str, Any]:
    """The composer, empty or with what was written; `may_reply` False shows none."""
    if not allowed(check_may_reply, viewer.user, viewer.workspace):
        return {"may_reply": False}
    options = channels.options(lead)
    written = written or (_as_written(restored) if restored else Written())
    chosen = _chosen(options, written.channel, _last_channel(thread, lead))
    recipients = next((option.recipients for option in options if option.channel == "email"), [])
    to = written.to or (recipients[0].value if recipients and recipients[0].kind != "alternate" else "")
    return {
        "may_reply": True,
        "viewer": viewer,
        "lead": lead,
        "tabs": [_tab(option, chosen) for option in options],
        "closed": _why_closed(options) if not chosen else "",
        "phone": pretty_phone(lead.phone),
        "chosen": chosen,
        "recipients": recipients,
        "to": to,
        "cc": list(written.cc) if written.cc is not None else _suggested_copies(lead, recipients, to),
        "text": written.text,
        "parts": sms_parts.count(written.text),
        "key": uuid.uuid4(),
        "version": lead.thread_version,
        "opened_at": timezone.now().isoformat(),
        "confirmed": lead.thread_version if warning else "",
        "error": error,
        "warning": warning,
        "is_restored": restored is not None,
        "draft_key": f"{viewer.user.pk}:{lead.pk}",
    }


def collision(viewer: Viewer, lead: Lead, *, since: datetime) -> str:
    """What somebody else wrote since the composer was opened, as a warning; empty if nothing."""
    newer = Message.objects.filter(lead=lead, created_at__gt=since).exclude(delivery="undone")
    message = newer.exclude(sent_by_user=viewer.user).select_related("sent_by_user").order_by("-created_at").first()
    if message is None:
        return ""
    ago = times.span(timezone.now() - message.created_at)
    if message.direction == Direction.IN:
        return f"{message.from_name or lead.name} wrote again {ago} ago, after you opened this."
    who = message.sent_by_user.get_short_name() if message.sent_by_user else message.get_sent_by_display()
    article = "an" if message.channel in {"email", "sms"} else "a"
    return f"{who} sent {article} {GLYPHS[message.channel][1]} {ago} ago, after you opened this."


def _as_written(message: Message) -> Written:
    to = message.to[0].get("email", "") if message.to else ""
    return Written(message.channel, message.body, to, tuple(person.get("email", "") for person in message.cc))


def _tab(option: ChannelOption, chosen: str) -> Tab:
    glyph, name = GLYPHS[option.channel]
    return Tab(option.channel, name, glyph, option.usable, option.reason, option.channel == chosen)


def _chosen(options: list[ChannelOption], *wishes: str) -> str:
    """The first wished channel that can be used, else the first usable one; empty if none is."""
    usable = [option.channel for option in options if option.usable]
    return next((wish for wish in wishes if wish in usable), usable[0] if usable else "")


def _why_closed(options: list[ChannelOption]) -> str:
    """Why no channel can be used, once if it is the same for all."""
    reasons = list(dict.fromkeys(option.reason for option in options))
    if len(reasons) == 1:
        return f"{reasons[0][:1].upper()}{reasons[0][1:]}."
    return " ".join(f"{GLYPHS[option.channel][1]}: {option.reason}." for option in options)


def _last_channel(thread: Thread | None, lead: Lead) -> str:
    """The channel the lead wrote on last."""
    letters = [item for item in thread.items if isinstance(item, Letter) and item.inbound] if thread else []
    return letters[-1].channel if letters else lead.last_message_channel


def _suggested_copies(lead: Lead, recipients: list[Recipient], to: str) -> list[str]:
    """Answering somebody who stands in for the lead keeps the lead on copy."""
    stands_in = bool(to) and to == lead.current_replier_email
    return [lead.email] if stands_in and any(recipient.value == lead.email for recipient in recipients) else []
