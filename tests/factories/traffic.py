"""A day of deliveries as EmailBison and GoHighLevel make them: many leads, every kind of event, ids of their own.

The bodies are the samples of the wire contract (tests/payloads) with other people in them. `Letter.message` is the
provider's id of the message that a delivery is about, so whoever sends the traffic knows what must be there afterwards.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_PAYLOADS = Path(__file__).parent.parent / "payloads"
_STARTS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CAMPAIGNS = ((12, "Q1"), (13, "Q2"))


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery. `provider`: emailbison or ghl; `message`: the id it gives a message, empty if it makes none."""

    provider: str
    kind: str
    body: bytes
    message: str = ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the deliveries name as theirs: EmailBison's workspace number, GoHighLevel's location."""

    emailbison: str
    ghl: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """A lead as both platforms know it. Nothing of one is shared with another."""

    number: int

    @property
    def email(self) -> str:
        return f"lead{self.number}@buyer.example.com"

    @property
    def phone(self) -> str:
        return f"+1{200 + self.number // 10_000}555{self.number % 10_000:04}"

    def at(self, **later: float) -> datetime:
        """A moment of this lead's story."""
        return _STARTS + timedelta(minutes=self.number) + timedelta(**later)


# ── EmailBison ─────────────────────────────────────────────────────────────────
def sent(who: Prospect, accounts: Accounts, *, turn: int = 0) -> Letter:
    """EMAIL_SENT of a campaign; the second turn is another campaign's."""
    number, body = _number(who, turn), _bison("email_sent", who, accounts, campaign=turn)
    mail = body["data"]["scheduled_email"]
    mail |= _mail(who, turn) | {
        "sent_at": _iso(who.at(days=turn)),
        "email_body": f"<p>Hi, is lowering costs of interest? ({number})</p>",
    }
    return _letter("EMAIL_SENT", body, message=str(number))


def reply(who: Prospect, accounts: Accounts, *, turn: int = 0, text: str = "", colleague: bool = False) -> Letter:
    """LEAD_REPLIED with the history quoted below; by a colleague of the lead if so said."""
    number, body = _number(who, 2 + turn), _bison("lead_replied", who, accounts)
    words = text or f"Reply {turn} of {who.number}"
    quoted = "On Mon, Mar 2, 2026 at 9:00 AM Sam <sam@sender.example.com> wrote:\n> Hi, is lowering costs of interest?"
    sender = (
        (f"colleague{who.number}@buyer.example.com", "Bo Boss") if colleague else (who.email, f"Lead{who.number} Lee")
    )
    _about(body, who, number, at=who.at(days=2, hours=turn), sender=sender, text=f"{words}\n\n{quoted}")
    return _letter("LEAD_REPLIED", body, message=str(number))


def out_of_office(who: Prospect, accounts: Accounts) -> Letter:
    """An automatic reply, as EmailBison marks it."""
    number, body = _number(who, 7), _bison("lead_replied", who, accounts)
    text = "I am out of the office until Monday, 9 March."
    _about(body, who, number, at=who.at(hours=1), sender=(who.email, f"Lead{who.number} Lee"), text=text)
    body["data"]["reply"] |= {"automated_reply": True, "email_subject": "Automatic reply: Quick idea"}
    return _letter("LEAD_REPLIED", body, message=str(number))


def interested(who: Prospect, accounts: Accounts) -> Letter:
    """LEAD_INTERESTED about the lead's first reply."""
    body = json.loads(reply(who, accounts).body)
    body["event"] |= {"type": "LEAD_INTERESTED", "name": "Contact Interested"}
    return _letter("LEAD_INTERESTED", body, message=str(body["data"]["reply"]["id"]))


def opened(who: Prospect, accounts: Accounts) -> Letter:
    """EMAIL_OPENED of the first campaign mail."""
    body = _bison("email_opened", who, accounts)
    body["data"]["scheduled_email"] |= _mail(who)
    body["data"]["campaign_event"]["created_at"] = _iso(who.at(hours=2))
    return _letter("EMAIL_OPENED", body)


def bounced(who: Prospect, accounts: Accounts) -> Letter:
    """EMAIL_BOUNCED: the address does not exist."""
    number, body = _number(who, 8), _bison("email_bounced", who, accounts)
    body["data"]["scheduled_email"] |= _mail(who)
    text = f"550 5.1.1 The account {who.email} that you tried to reach does not exist. Action: failed Status: 5.1.1"
    sender = ("mailer-daemon@buyer.example.com", "Mail Delivery Subsystem")
    _about(body, who, number, at=who.at(minutes=2), sender=sender, text=text)
    body["data"]["reply"]["email_subject"] = "Delivery Status Notification (Failure)"
    return _letter("EMAIL_BOUNCED", body)


def unsubscribed(who: Prospect, accounts: Accounts) -> Letter:
    """LEAD_UNSUBSCRIBED: at the platform."""
    body = _bison("lead_unsubscribed", who, accounts)
    body["data"]["scheduled_email"] |= _mail(who)
    body["data"]["campaign_event"]["created_at"] = _iso(who.at(days=4))
    return _letter("LEAD_UNSUBSCRIBED", body)


def by_hand(who: Prospect, accounts: Accounts) -> Letter:
    """MANUAL_EMAIL_SENT: a person answered on EmailBison's own page."""
    number, body = _number(who, 6), _bison("manual_email_sent", who, accounts)
    sender = ("sam@sender.example.com", "Sam")
    _about(body, who, number, at=who.at(days=2, hours=8), sender=sender, text=f"Written by hand to {who.number}")
    body["data"]["reply"]["to"] = [{"name": f"Lead{who.number} Lee", "address": who.email}]
    return _letter("MANUAL_EMAIL_SENT", body, message=str(number))


# ── GoHighLevel ────────────────────────────────────────────────────────────────
def sms(who: Prospect, accounts: Accounts, *, turn: int = 0, text: str = "") -> Letter:
    """A workflow's body with the message id in its custom data."""
    number = f"sms_{who.number}_{turn}"
    body = copy.deepcopy(_sample("ghl", "workflow_sms_with_ids"))
    body |= {"contact_id": f"cnt_{who.number}", "first_name": f"Lead{who.number}", "last_name": "Lee"}
    body |= {"full_name": f"Lead{who.number} Lee", "email": who.email, "phone": who.phone, "LinkedIn Profile": ""}
    body["location"]["id"] = accounts.ghl
    at = _iso(who.at(days=3, hours=turn))
    body["message"] = {
        "type": 2,
        "body": text or f"Text {turn} of {who.number}",
        "direction": "inbound",
        "dateAdded": at,
    }
    body["customData"] = {"messageId": number, "conversationId": f"cv_{who.number}"}
    return Letter("ghl", "InboundMessage", json.dumps(body).encode(), message=number)


# ── Whole stories ──────────────────────────────────────────────────────────────
def story(who: Prospect, accounts: Accounts) -> list[Letter]:
    """Everything that happens with one lead, in its order; every eighth lead's story is of another kind."""
    letters = [sent(who, accounts), opened(who, accounts), reply(who, accounts), interested(who, accounts)]
    letters += [sms(who, accounts), reply(who, accounts, turn=1)]
    match who.number % 8:
        case 1:
            return [*letters, sent(who, accounts, turn=1), sms(who, accounts, turn=1)]
        case 2:
            return [*letters, reply(who, accounts, turn=2, colleague=True)]
        case 3:
            return [*letters, reply(who, accounts, turn=2, text="Please take me off your list.")]
        case 4:
            return [sent(who, accounts), out_of_office(who, accounts), sms(who, accounts)]
        case 5:
            return [sent(who, accounts), bounced(who, accounts)]
        case 6:
            return [*letters, unsubscribed(who, accounts)]
        case 7:
            return [*letters, sms(who, accounts, turn=1, text="STOP")]
    return letters


def stories(many: int, accounts: Accounts) -> list[Letter]:
    """The stories of many leads, one after another."""
    return [letter for number in range(1, many + 1) for letter in story(Prospect(number), accounts)]


def duplicated(letters: Iterable[Letter], *, to: int, rng: random.Random) -> list[Letter]:
    """The letters with some of them delivered again, `to` in all, shuffled."""
    once = list(letters)
    assert len(once) <= to, f"{len(once)} letters are more than {to}"
    many = once + rng.choices(once, k=to - len(once))
    rng.shuffle(many)
    return many


def messages(letters: Iterable[Letter]) -> set[str]:
    """The provider ids of the messages that must be there."""
    return {letter.message for letter in letters if letter.message}


# ── Parts ──────────────────────────────────────────────────────────────────────
@cache
def _sample(provider: str, name: str) -> dict[str, Any]:
    return json.loads((_PAYLOADS / provider / f"{name}.json").read_text())


def _bison(name: str, who: Prospect, accounts: Accounts, *, campaign: int = 0) -> dict[str, Any]:
    body = copy.deepcopy(_sample("emailbison", name))
    body["event"]["workspace_id"] = int(accounts.emailbison)
    body["event"]["workspace_name"] = "Traffic"
    lead = {
        "id": who.number,
        "email": who.email,
        "first_name": f"Lead{who.number}",
        "last_name": "Lee",
        "uuid": f"u{who.number}",
    }
    phone = {"name": "phone number", "value": who.phone}
    body["data"]["lead"] = body["data"]["lead"] | lead | {"custom_variables": [phone]}
    event = {"id": who.number * 10 + campaign, "created_at": _iso(who.at(days=1))}
    body["data"]["campaign_event"] = body["data"].get("campaign_event", {}) | event
    number, title = CAMPAIGNS[campaign]
    body["data"]["campaign"] = {"id": number, "name": title}
    return body


def _about(
    body: dict[str, Any], who: Prospect, number: int, *, at: datetime, sender: tuple[str, str], text: str
) -> None:
    body["data"]["reply"] |= {
        "id": number,
        "uuid": f"r{number}",
        "date_received": _iso(at),
        "from_email_address": sender[0],
        "from_name": sender[1],
        "text_body": text,
        "html_body": "",
        "raw_message_id": f"<in-{number}@buyer.example.com>",
        "cc": None,
        "attachments": [],
    }


def _mail(who: Prospect, turn: int = 0) -> dict[str, Any]:
    """What every event about a campaign mail says of it."""
    number = _number(who, turn)
    return {"id": number, "lead_id": who.number, "raw_message_id": f"<out-{number}@sender.example.com>"}


def _number(who: Prospect, turn: int) -> int:
    """An id of its own for each mail of each lead."""
    return 1_000_000 + who.number * 10 + turn


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _letter(kind: str, body: dict[str, Any], *, message: str = "") -> Letter:
    return Letter("emailbison", kind, json.dumps(body).encode(), message=message)
