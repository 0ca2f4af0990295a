"""Pending drafts, as the reply flow would have left them; no model is asked."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from inbox import draft_rollup, drafts
from inbox.drafts import Made
from inbox.models import Draft, Message
from leads.models import Lead

_numbers = itertools.count(1)
TEXT = "Hi Ann,\n\nSetting up takes two weeks. Shall I send the plan?\n\nNora"


def draft(lead: Lead, text: str = TEXT, *, made: Made | None = None, **decided: Any) -> Draft:
    """A draft for the lead's last reply; `decided`: columns of the auto-send decision, if one was made."""
    trigger = Message.objects.filter(lead=lead, direction="in").order_by("-sent_at").first()
    lead.refresh_from_db()
    written, _ = drafts.propose(
        lead=lead,
        channel=trigger.channel if trigger else "email",
        content=text,
        key=f"test:{next(_numbers)}",
        made=made or Made(persona_name="Nora", verified=True),
        trigger=trigger,
    )
    if decided:
        Draft.objects.filter(pk=written.pk).update(**({"evaluated_at": timezone.now()} | decided))
        written.refresh_from_db()
        draft_rollup.roll_up(lead)
    lead.refresh_from_db()
    return written


def needs_review(lead: Lead, text: str = TEXT, **more: Any) -> Draft:
    """One that auto-send did not dare to send."""
    decided: dict[str, Any] = {"action": "needs_review", "reason": "The price is not in the offer.", "confidence": 0.66}
    return draft(lead, text, **(decided | {"threshold": 0.9, "setting": "Campaign “Q1”: AI auto-send"} | more))


def scheduled(lead: Lead, text: str = TEXT, *, in_s: float = 240) -> Draft:
    """One that sends itself, with its job."""
    written = draft(
        lead,
        text,
        action="send_delayed",
        reason="Answers the question.",
        confidence=0.93,
        threshold=0.9,
        send_at=timezone.now() + timedelta(seconds=in_s),
    )
    drafts.schedule(written)
    return written
