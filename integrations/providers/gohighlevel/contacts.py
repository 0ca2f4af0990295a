"""Contacts at GoHighLevel: find the person or make them, once; read what may be sent; tags one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.answers import SUCCESS, Answer, reason
from integrations.errors import Refused, TryLater
from integrations.events import Person
from integrations.providers.base import names_of

Call = Callable[..., Answer]
Contact = Mapping[str, Any]

_OR_NOT_THERE = SUCCESS | {400, 404}
_BLOCKED = {"active", "permanent"}


@dataclass(frozen=True, slots=True)
class Found:
    """A contact, and whether its id is news to us."""

    contact: Contact
    is_new_name: bool

    @property
    def id(self) -> str:
        return str(self.contact["id"])


class Contacts:
    """The contacts of one location. `call` is the adapter's, so limits and errors are the same."""

    def __init__(self, call: Call, location: str) -> None:
        self._call, self._location = call, location

    def ensure(self, person: Person, *, known: str = "") -> Found:
        """The person's contact: the `known` one, else found by phone or e-mail, else made.

        Raises Refused("no_phone") for a person without phone and e-mail, TryLater if the answers make no sense."""
        known = known or names_of(person, "ghl_contact")
        if known and (contact := self.get(known)):
            return Found(contact, is_new_name=False)
        contact_id = self.search(person) or self._upsert(person)
        contact = self.get(contact_id)
        if contact is None:
            raise TryLater("GoHighLevel does not show the contact yet.")
        return Found(contact, is_new_name=True)

    def get(self, contact_id: str) -> Contact | None:
        """The whole contact; only this call shows all of its do-not-disturb settings. None: it is gone."""
        answer = self._contacts("GET", f"/{quote(contact_id)}", expect=_OR_NOT_THERE)
        contact = answer.get("contact") if answer.is_success else None
        return contact if isinstance(contact, dict) and contact.get("id") else None

    def search(self, person: Person) -> str:
        """The id of the contact with this phone or else this e-mail, empty if there is none.

        The search for duplicates: an exact filter on phones is known to miss existing contacts."""
        for name, value in (("number", person.phone), ("email", person.email)):
            if not value:
                continue
            params = {"locationId": self._location, name: value}
            answer = self._contacts("GET", "/search/duplicate", params=params, expect=_OR_NOT_THERE)
            if answer.is_success and (found := answer.get("contact", "id")):
                return str(found)
        return ""

    def update(self, contact_id: str, fields: Mapping[str, Any]) -> str:
        """Write some fields, keep the rest; the contact's id, another one where the values belong to a duplicate.

        Not for `tags`: written this way they would replace all of the contact's tags."""
        return self._written("PUT", f"/{quote(contact_id)}", dict(fields)) or contact_id

    def tag(self, contact_id: str, tags: Collection[str]) -> None:
        """Add these tags."""
        self._contacts("POST", f"/{quote(contact_id)}/tags", json={"tags": list(tags)})

    def untag(self, contact_id: str, tags: Collection[str]) -> None:
        """Remove these tags."""
        self._contacts("DELETE", f"/{quote(contact_id)}/tags", json={"tags": list(tags)})

    def _upsert(self, person: Person) -> str:
        fields = _fields(person)
        if not ("phone" in fields or "email" in fields):
            raise Refused("This person has no phone number on file.", code="no_phone")
        contact_id = self._written("POST", "/upsert", {"locationId": self._location, **fields})
        if not contact_id:
            raise TryLater("GoHighLevel did not say which contact it made.")
        return contact_id

    def _written(self, method: str, path: str, fields: dict[str, Any]) -> str:
        """The id of the written contact. A duplicate is a 400 that names the contact to go on with."""
        answer = self._contacts(method, path, json=fields, expect=SUCCESS | {400})
        contact_id = answer.get("contact", "id") or answer.get("meta", "contactId")
        if not answer.is_success and not answer.get("meta", "contactId"):
            raise Refused(f"GoHighLevel refused: {reason(answer.json)}", code="bad_input")
        return str(contact_id or "")

    def _contacts(self, method: str, path: str, **given: Any) -> Answer:
        return self._call("contacts", method, f"/contacts{path}", **given)


def _fields(person: Person) -> dict[str, str]:
    """What we know of a person; empty values are left out (an empty e-mail is refused)."""
    known = {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "companyName": person.company,
        "website": person.website,
        "state": person.state,
        "timezone": person.timezone,
    }
    return {name: value for name, value in known.items() if value}


def check_may_text(contact: Contact) -> None:
    """Raise Refused if do-not-disturb is on for SMS ("dnd") or the person opted out at the carrier ("unsubscribed")."""
    settings = contact.get("dndSettings")
    sms = settings.get("SMS") if isinstance(settings, dict) else None
    status = sms.get("status") if isinstance(sms, dict) else None
    if status == "permanent":
        raise Refused("This person opted out of SMS at the carrier.", code="unsubscribed")
    if contact.get("dnd") or status in _BLOCKED:
        raise Refused("Do-not-disturb is on for SMS at GoHighLevel.", code="dnd")
