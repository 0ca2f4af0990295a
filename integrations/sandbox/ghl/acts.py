"""What happens at GoHighLevel without the product: leads text, people use its pages, carriers step in."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.ghl import events, records
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.store import Record

_STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit"}
_START = {"start", "unstop", "yes"}
_FIELDS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "companyName",
    "timezone": "timezone",
    "country": "country",
}


def contact(given: Given) -> Record:
    """Create or change a contact (found by contact_id, e-mail or phone); `force` makes a second one."""
    account = given.account("ghl")
    fields: Record = {name: given.text(key) for key, name in _FIELDS.items() if given.text(key)}
    for name in ("name", "email", "phone"):
        if given.text(name):
            fields[name] = given.text(name)
    if given.words("tags"):
        fields["tags"] = given.words("tags")
    labels = given.table("custom_fields").items()
    if labels:
        fields["customFields"] = [
            {"id": records.new_field(account, label)["id"], "value": value} for label, value in labels
        ]
    found = None if given.flag("force") else _known(account, given)
    kept = records.change_contact(account, found, fields) if found else records.new_contact(account, fields)
    if ends := given.text("sms_ends"):
        store.save(account.key, "contact", {**kept, "_sms_ends": ends})
    return {"contact": store.public(kept)}


def custom_field(given: Given) -> Record:
    """Define a custom field of contacts."""
    made = records.new_field(given.account("ghl"), given.needed("name"), given.text("data_type", "TEXT"))
    return {"customField": store.public(made)}


def sms(given: Given) -> Record:
    """A lead texts. STOP and START do at the carrier what they do; the workflow's webhook follows."""
    account = given.account("ghl")
    who = _known(account, given) or _stranger(account, given)
    text = given.needed("text")
    word = text.strip().lower().rstrip(".!")
    told = (
        _carrier(account, who, "permanent")
        if word in _STOP
        else _carrier(account, who, "inactive")
        if word in _START
        else []
    )
    made = records.new_message(
        account,
        who,
        body=text,
        direction="inbound",
        source="app",
        to=account.more.get("phone", ""),
        **{"from": who["phone"]},
        _via="lead",
    )
    with_ids = given.flag("with_ids", default=account.more.get("with_ids", True))
    told += events.workflow(account, who, made, with_ids=with_ids) + events.app_message(account, who, made)
    return {"message": records.message_row(made), "contact": store.public(who), "deliveries": told}


def manual_sms(given: Given) -> Record:
    """A person texts from GoHighLevel's own page: in the history, OutboundMessage for an app, no workflow."""
    account = given.account("ghl")
    who = _found(account, given)
    made = records.new_message(
        account,
        who,
        body=given.needed("text"),
        direction="outbound",
        source="app",
        userId="usr_sandbox",
        to=who["phone"],
        **{"from": account.more.get("phone", "")},
        _via="hand",
    )
    return {"message": records.message_row(made), "deliveries": events.app_message(account, who, made)}


def dnd(given: Given) -> Record:
    """Somebody sets do-not-disturb: `channel` SMS (default), Email … or all; `status` active, permanent, inactive."""
    account = given.account("ghl")
    who, channel, status = _found(account, given), given.text("channel", "SMS"), given.text("status", "active")
    if status not in ("active", "inactive", "permanent"):
        raise BadOrder("status must be active, permanent or inactive.")
    if channel == "all":
        records.change_contact(account, who, {"dnd": status != "inactive"})
    else:
        _set(account, who, channel, status, given.text("message", "Set by a user"))
    return {"contact": store.public(who), "deliveries": events.app_dnd(account, who)}


def message_status(given: Given) -> Record:
    """The carrier reports the end of a sent message: delivered, failed, undelivered, read."""
    account = given.account("ghl")
    found = store.get(account.key, "message", given.needed("message_id"))
    if found is None:
        raise BadOrder("There is no such message.")
    status = given.needed("status")
    store.save(account.key, "message", {**found, "status": status, "_final": status})
    return {"message": records.message_row({**found, "status": status, "_final": status})}


def _carrier(account: Account, who: Record, status: str) -> list[int]:
    _set(account, who, "SMS", status, "STOP_KEYWORD" if status == "permanent" else "START_KEYWORD")
    return events.app_dnd(account, who)


def _set(account: Account, who: Record, channel: str, status: str, message: str) -> None:
    settings = {**(who.get("dndSettings") or {}), channel: {"status": status, "message": message, "code": ""}}
    records.change_contact(account, who, {"dndSettings": settings})


def _known(account: Account, given: Given) -> Record | None:
    if number := given.text("contact_id"):
        return store.get(account.key, "contact", number)
    match = records.duplicate_of(
        account, given.text("email").lower() or None, records.e164(account, given.text("phone"))
    )
    return match[0] if match else None


def _found(account: Account, given: Given) -> Record:
    found = _known(account, given)
    if found is None:
        raise BadOrder("There is no such contact. Give contact_id, phone or email.")
    return found


def _stranger(account: Account, given: Given) -> Record:
    """An unknown number becomes a contact, as GoHighLevel does it."""
    phone = given.needed("phone")
    fields = {"phone": phone, "name": given.text("name"), "source": "sms"}
    return records.new_contact(account, {**fields, **({"email": given.text("email")} if given.text("email") else {})})


ACTS: dict[str, Callable[[Given], Record]] = {
    "contact": contact,
    "custom-field": custom_field,
    "sms": sms,
    "manual-sms": manual_sms,
    "dnd": dnd,
    "message-status": message_status,
}
