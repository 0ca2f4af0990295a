"""GoHighLevel REST: contacts and the location itself (`Version: 2021-07-28`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, Stop, answer
from integrations.sandbox.ghl import events, filters, records
from integrations.sandbox.ghl.answers import CONTACTS, GATE, found, invalid, no, own_location, trace_id
from integrations.sandbox.store import Record

_MAX_PAGE = 500


@GATE.operation("contacts", version=CONTACTS)
def create(call: Call) -> HttpResponse:
    """`POST /contacts/` → 201, or 400 with the contact that is there."""
    own_location(call, call.data.get("locationId"))
    _check(call.data)
    _refuse_duplicate(call, call.data)
    return answer({"contact": _row(records.new_contact(call.account, call.data))}, 201)


@GATE.operation("contacts", version=CONTACTS)
def upsert(call: Call) -> HttpResponse:
    """`POST /contacts/upsert`: found by the location's duplicate rule, else created."""
    own_location(call, call.data.get("locationId"))
    _check(call.data)
    wants_new = call.data.get("createNewIfDuplicateAllowed") is True and records.allows_duplicates(call.account)
    match = None if wants_new else _match(call, call.data)
    if match is None:
        contact, is_new = records.new_contact(call.account, call.data), True
    else:
        contact, is_new = (
            records.change_contact(call.account, match[0], _without_foreign(call, match, call.data)),
            False,
        )
    return answer({"new": is_new, "contact": _row(contact), "traceId": trace_id()})


@GATE.operation("contacts", version=CONTACTS)
def contact(call: Call, contact_id: str) -> HttpResponse:
    """`GET /contacts/{id}`."""
    return answer({"contact": _row(found(call, "contact", contact_id)), "traceId": trace_id()})


@GATE.operation("contacts", version=CONTACTS)
def update(call: Call, contact_id: str) -> HttpResponse:
    """`PUT /contacts/{id}`: what isn't sent is kept; `succeded` is spelled so."""
    if "locationId" in call.data:
        raise invalid("property locationId should not exist")
    existing = found(call, "contact", contact_id)
    _check(call.data)
    _refuse_duplicate(call, call.data, but=existing["id"])
    before = existing["dnd"], existing["dndSettings"]
    kept = records.change_contact(call.account, existing, _keeping_permanent(existing, call.data))
    if before != (kept["dnd"], kept["dndSettings"]):
        events.app_dnd(call.account, kept)
    return answer({"succeded": True, "contact": _row(kept), "traceId": trace_id()})


@GATE.operation("contacts", version=CONTACTS)
def delete(call: Call, contact_id: str) -> HttpResponse:
    """`DELETE /contacts/{id}`."""
    store.remove(call.account.key, "contact", found(call, "contact", contact_id)["id"])
    return answer({"succeded": True, "traceId": trace_id()})


@GATE.operation("lookup", version=CONTACTS)
def search_duplicate(call: Call) -> HttpResponse:
    """`GET /contacts/search/duplicate`: the reliable look-up by phone or e-mail; `{"contact": null}` for nobody."""
    query = call.request.GET
    own_location(call, query.get("locationId"))
    if not query.get("number") and not query.get("email"):
        raise invalid("number or email is required")
    match = _match(call, {"phone": query.get("number"), "email": query.get("email")})
    return answer({"contact": _row(match[0]) if match else None, "traceId": trace_id()})


@GATE.operation("lookup", version=CONTACTS)
def search(call: Call) -> HttpResponse:
    """`POST /contacts/search`: rows come without `dndSettings`."""
    data = call.data
    _check_search(call, data)
    rows = store.find(call.account.key, "contact", search=str(data.get("query") or ""))
    wanted = data.get("filters") or []
    rows = [row for row in rows if filters.holds(row, {"group": "AND", "filters": wanted})]
    rows = filters.in_order(rows, data.get("sort") or [])
    start = _start(rows, data)
    shown = [_search_row(row) for row in rows[start : start + data["pageLimit"]]]
    return answer({"contacts": shown, "total": len(rows), "traceId": trace_id()})


@GATE.operation("contacts", version=CONTACTS)
def tag(call: Call, contact_id: str) -> HttpResponse:
    """`POST /contacts/{id}/tags` adds, `DELETE` removes, only these."""
    existing, given = found(call, "contact", contact_id), call.data.get("tags")
    if not isinstance(given, list) or not given:
        raise invalid("tags must be an array", "tags should not be empty")
    named, old = {str(one).lower() for one in given}, set(existing["tags"])
    adding = call.request.method == "POST"
    kept = records.change_contact(call.account, existing, {"tags": sorted(old | named if adding else old - named)})
    changed = {"tagsAdded": sorted(named - old)} if adding else {"tagsRemoved": sorted(named & old)}
    return answer({"tags": kept["tags"], **changed, "traceId": trace_id()}, 201 if adding else 200)


@GATE.operation("account", version=CONTACTS)
def location(call: Call, location_id: str) -> HttpResponse:
    """`GET /locations/{id}`."""
    own_location(call, location_id)
    more = call.account.more
    shown = {
        "id": call.account.id,
        "name": call.account.name,
        "timezone": more.get("timezone", "America/New_York"),
        "phone": more.get("phone", ""),
        "email": more.get("email", ""),
        "settings": {"allowDuplicateContact": records.allows_duplicates(call.account)},
    }
    return answer({"location": shown, "traceId": trace_id()})


@GATE.operation("variables", version=CONTACTS)
def custom_fields(call: Call, location_id: str) -> HttpResponse:
    """`GET /locations/{id}/customFields`."""
    own_location(call, location_id)
    rows = store.find(call.account.key, "custom_field", oldest_first=True)
    return answer({"customFields": [store.public(row) for row in rows], "traceId": trace_id()})


def _row(record: Record) -> Record:
    return store.public(record)


def _search_row(record: Record) -> Record:
    shown = {name: value for name, value in _row(record).items() if name != "dndSettings"}
    return {**shown, "searchAfter": [record["dateAdded"], record["id"]]}


def _check(data: dict[str, Any]) -> None:
    """Refuse what the validation refuses; an empty e-mail is an invalid one."""
    problems = []
    if "email" in data and (not isinstance(data["email"], str) or "@" not in data["email"]):
        problems.append("email must be an email")
    if "tags" in data and not isinstance(data["tags"], list):
        problems.append("tags must be an array")
    fields = data.get("customFields", [])
    if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
        problems.append("customFields must be an array")
    if problems:
        raise invalid(*problems)


def _check_search(call: Call, data: dict[str, Any]) -> None:
    own_location(call, data.get("locationId"))
    limit = data.get("pageLimit")
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise invalid("pageLimit must be a number")
    if not 0 < limit <= _MAX_PAGE:
        raise invalid(f"pageLimit must not be greater than {_MAX_PAGE}")


def _start(rows: list[Record], data: dict[str, Any]) -> int:
    """Where the page begins: after the hit of `searchAfter`, else by `page`."""
    after = data.get("searchAfter")
    if isinstance(after, list) and after:
        return next((index + 1 for index, row in enumerate(rows) if row["id"] == after[-1]), len(rows))
    return (max(int(data.get("page") or 1), 1) - 1) * int(data["pageLimit"])


def _match(call: Call, data: dict[str, Any]) -> tuple[Record, str] | None:
    email = str(data.get("email") or "").strip().lower() or None
    return records.duplicate_of(call.account, email, records.e164(call.account, data.get("phone")))


def _refuse_duplicate(call: Call, data: dict[str, Any], *, but: str = "") -> None:
    if records.allows_duplicates(call.account):
        return
    match = _match(call, data)
    if match and match[0]["id"] != but:
        meta = {"contactId": match[0]["id"], "matchingField": match[1]}
        raise no("This location does not allow duplicated contacts.", meta=meta, traceId=trace_id())


def _without_foreign(call: Call, match: tuple[Record, str], data: dict[str, Any]) -> dict[str, Any]:
    """The body without the value that belongs to another contact: the first configured field has won."""
    contact_found, matched = match
    other = "phone" if matched == "email" else "email"
    try:
        _refuse_duplicate(call, {other: data.get(other)}, but=contact_found["id"])
    except Stop:
        return {name: value for name, value in data.items() if name != other}
    return data


def _keeping_permanent(existing: Record, data: dict[str, Any]) -> dict[str, Any]:
    """A carrier's opt-out cannot be lifted by API."""
    old = existing.get("dndSettings") or {}
    locked = {channel: setting for channel, setting in old.items() if setting.get("status") == "permanent"}
    if not locked or "dndSettings" not in data:
        return data
    return {**data, "dndSettings": {**(data["dndSettings"] or {}), **locked}}
