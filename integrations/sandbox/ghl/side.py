"""GoHighLevel for the control API and the page."""

from __future__ import annotations

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.ghl import acts, records
from integrations.sandbox.given import Given
from integrations.sandbox.sides import Letter, Person, Side
from integrations.sandbox.store import Record


def set_up(account: Account, given: Given) -> None:
    """Define the named custom fields of contacts."""
    for name in given.words("custom_fields"):
        records.new_field(account, name)


def person(account: Account, name: str) -> Person | None:
    """A contact by id, e-mail or phone."""
    by_id = store.get(account.key, "contact", name)
    match = records.duplicate_of(account, name.lower() if "@" in name else None, records.e164(account, name))
    found = by_id or (match[0] if match else None)
    return _person(account, found) if found else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """Contacts, the newest first."""
    return [_person(account, contact) for contact in store.find(account.key, "contact", limit=limit, search=search)]


def letters(account: Account, who: Person) -> list[Letter]:
    """Everything between a contact and the location, oldest first."""
    rows = store.find(account.key, "message", oldest_first=True, contactId=who.id)
    return [_letter(account, row, who.phone or who.email) for row in rows]


def sent(account: Account, limit: int) -> list[Letter]:
    """What the product sent, newest first."""
    return [
        _letter(account, row, str(row["to"])) for row in store.find(account.key, "message", limit=limit, _via="api")
    ]


def _person(account: Account, contact: Record) -> Person:
    name = records.name_of(contact) or contact["phone"] or contact["email"] or "Nameless"
    sms = (contact["dndSettings"].get("SMS") or {}).get("status")
    blocked = (
        "opted out of SMS" if sms == "permanent" else "do not disturb" if sms == "active" or contact["dnd"] else ""
    )
    return Person(account.key, contact["id"], name, contact["email"] or "", contact["phone"] or "", blocked)


def _letter(account: Account, message: Record, lead: str) -> Letter:
    return Letter(
        account=account.key,
        channel="email" if message["messageType"] == "TYPE_EMAIL" else "sms",
        id=message["id"],
        at=message["dateAdded"],
        direction="in" if message["direction"] == "inbound" else "out",
        via=message["_via"],
        sender=message.get("from") or "",
        to=[message["to"]] if message.get("to") else [],
        subject=((message.get("meta") or {}).get("email") or {}).get("subject", ""),
        text=message["body"],
        lead=lead,
        thread=message["conversationId"],
        state=records.message_row(message)["status"],
    )


SIDE = Side("ghl", "GoHighLevel", "sms", acts.ACTS, set_up, people, letters, sent, person)
