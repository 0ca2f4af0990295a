"""What the composer offers: the pending draft, channels, recipients, copies, and what happened since it was opened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID
from zlib import crc32

from django.http import QueryDict
from django.utils import timezone

from inbox import channels, draft_card, sms_parts
from inbox.channels import ChannelOption
from inbox.draft_card import DraftCard, Writing
from inbox.facts import Facts, facts_to_write
from inbox.letters import Letter
from inbox.models import Draft, Message
from inbox.narrowing import Narrowing
from inbox.permissions import check_may_reply
from inbox.rows import GLYPHS
from inbox.selectors import Viewer
from inbox.thread import Thread
from leads.models import Direction, Lead
from leads.panel import pretty_phone
from zrg.web import times
from zrg.workspaces.access import allowed
from zrg.workspaces.choosing import as_uuid

SAYS = ("Shorter", "Warmer", "No numbers", "Ask for a call")


@dataclass(frozen=True)
class Wanted:
    """Which text the composer is to hold, as the address says it."""

    draft_id: UUID | None = None
    own: bool = False  # write something else than the pending draft
    typed: bool = False  # the browser holds text that was never sent
    channel: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        raw, typed = query.get("draftId", ""), query.get("typed") == "1"
        draft_id = as_uuid(raw)
        return cls(
            draft_id, own=raw == "none" or (typed and draft_id is None), typed=typed, channel=query.get("via", "")
        )


NEWEST = Wanted()  # the newest pending draft, if there is one
OWN = Wanted(own=True)  # a text of one's own, whatever waits


@dataclass(frozen=True)
class Held:
    """What the composer holds, before anything is read about channels: cheap to work out, and its version says whether
    an open page has to be mended."""

    card: DraftCard | None = None  # the draft in the box
    waiting: DraftCard | None = None  # a pending draft that is not in the box, because something else is
    ended: Draft | None = None  # the draft in whose box somebody typed has ended
    ended_words: str = ""
    writing: Writing | None = None

    @property
    def revision(self) -> int:
        shown = (self.card, self.waiting, self.ended and self.ended.pk, self.ended_words, self.writing)
        return crc32(repr(shown).encode())


def held(viewer: Viewer, lead: Lead, wanted: Wanted) -> Held:
    """Which draft is shown, or why the one that was is not any more. One to four queries."""
    pending = draft_card.pending_of(lead, wanted.draft_id)
    card = draft_card.card_of(pending, lead) if pending else None
    writing = draft_card.writing_of(lead)
    is_gone = wanted.draft_id is not None and (pending is None or pending.pk != wanted.draft_id)
    ended = _ended(lead, wanted.draft_id) if wanted.draft_id and is_gone and (wanted.typed or card is None) else None
    if ended is not None:
        words = draft_card.ended(ended, by_me=ended.decided_by_id == viewer.user.pk)
        return Held(waiting=card, ended=ended, ended_words=words, writing=writing)
    return Held(waiting=card, writing=writing) if wanted.own else Held(card=card, writing=writing)


def _ended(lead: Lead, draft_id: UUID) -> Draft | None:
    found = Draft.objects.select_related("decided_by").filter(lead=lead, pk=draft_id).first()
    if found is not None:
        found.lead = lead
    return found


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
    facts: Facts | None = None,
    *,
    restored: Message | None = None,
    written: Written | None = None,
    wanted: Wanted = NEWEST,
    shown: Held | None = None,
    error: str = "",
    warning: str = "",
) -> dict[str, Any]:
    """The composer: with the pending draft, with what was written, or empty. Who may not reply sees the draft only.

    `facts`: the opened conversation's, where that is shown, too."""
    if restored is not None:
        wanted = Wanted(restored.draft_id, own=restored.draft_id is None)
    shown = shown or held(viewer, lead, wanted)
    if not allowed(check_may_reply, viewer.user, viewer.workspace):
        return {"may_reply": False, "card": shown.card, "composer_version": shown.revision}
    facts = facts or facts_to_write(lead, now=timezone.now())
    options = channels.options(lead, facts)
    card = shown.card
    written = written or (_as_written(restored) if restored else _proposed(card, wanted))
    chosen = card.channel if card else _chosen(options, written.channel, _last_channel(facts.thread, lead))
    email, linkedin = (next(one for one in options if one.channel == name) for name in ("email", "linkedin"))
    recipients = email.recipients
    to = written.to or (recipients[0].value if recipients and recipients[0].kind != "alternate" else "")
    if email.fixed:
        to = recipients[0].value
    return {
        "may_reply": True,
        "viewer": viewer,
        "lead": lead,
        "tabs": [_tab(option, chosen) for option in options],
        "closed": _why_closed(options) if not chosen else "",
        "phone": pretty_phone(lead.phone),
        "profile": linkedin.recipients[0].value if linkedin.recipients else "",
        "note_chars": linkedin.note_chars,
        "chosen": chosen,
        "recipients": recipients,
        "to": to,
        "to_fixed": email.fixed,
        "cc": list(written.cc) if written.cc is not None else _suggested_copies(lead, to),
        "text": written.text,
        "parts": sms_parts.count(written.text),
        "card": card,
        "waiting_draft": shown.waiting,
        "blocked": next((option.reason for option in options if card and option.channel == card.channel), ""),
        "ended": shown.ended_words,
        "ended_id": shown.ended.pk if shown.ended else "",
        "says": SAYS,
        "page_href": Narrowing().address(lead.workspace_id, leadId=lead.pk),
        "writing": shown.writing,
        "composer_version": shown.revision,
        "is_own": wanted.own,
        "again_key": uuid.uuid4(),
        "key": uuid.uuid4(),
        "version": shown.ended.thread_version if shown.ended else lead.thread_version,
        "opened_at": (shown.ended.created_at if shown.ended else timezone.now()).isoformat(),
        "confirmed": lead.thread_version if warning else "",
        "error": error,
        "warning": warning,
        "is_restored": restored is not None,
        "draft_key": f"{viewer.user.pk}:{lead.pk}",
    }


def _proposed(card: DraftCard | None, wanted: Wanted) -> Written:
    return Written(card.channel, card.text) if card else Written(wanted.channel)


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


def _suggested_copies(lead: Lead, to: str) -> list[str]:
    """Answering somebody who stands in for the lead keeps the lead on copy."""
    stands_in = bool(to) and to == lead.current_replier_email
    return [lead.email] if stands_in and lead.email and lead.email != to else []
