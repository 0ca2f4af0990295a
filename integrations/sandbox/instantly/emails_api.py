"""Instantly REST: e-mails."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.instantly import mail, records
from integrations.sandbox.instantly.answers import GATE, count_list, failed, found, listed, no
from integrations.sandbox.store import Record

_TYPES: dict[str, dict[str, Any]] = {
    "received": {"ue_type": records.RECEIVED},
    "sent": {"ue_type": records.CAMPAIGN},
    "manual": {"ue_type": records.MANUAL},
}
_THREAD = "thread:"


@GATE.operation("history")
def emails(call: Call) -> HttpResponse:
    """`GET /emails` with its filters, newest first; twenty a minute."""
    count_list(call.account)
    query = call.request.GET
    fields: dict[str, Any] = dict(_TYPES.get(query.get("email_type", ""), {}))
    for name in ("lead", "eaccount"):
        if value := query.get(name, "").strip().lower():
            fields[name] = value
    if campaign := query.get("campaign_id"):
        fields["campaign_id"] = campaign
    search = query.get("search", "")
    if search.startswith(_THREAD):
        fields["thread_id"], search = search.removeprefix(_THREAD), ""
    rows = store.find(call.account.key, "email", search=search, **fields)
    rows = [
        row for row in rows if _is_between(row, query.get("min_timestamp_created"), query.get("max_timestamp_created"))
    ]
    rows.sort(key=lambda row: row["timestamp_email"], reverse=query.get("sort_order", "desc") == "desc")
    return listed(call, rows, records.email_row)


@GATE.operation("lookup")
def email(call: Call, email_id: str) -> HttpResponse:
    """`GET /emails/{id}`."""
    return answer(records.email_row(found(call, "email", email_id)))


@GATE.operation("send")
def reply(call: Call) -> HttpResponse:
    """`POST /emails/reply`: to whoever wrote the answered mail; nobody else can be named."""
    data = call.data
    for name in ("reply_to_uuid", "eaccount", "subject", "body"):
        if not data.get(name):
            raise no(f"body/{name} is required")
    said = data["body"]
    if not isinstance(said, dict) or not (said.get("html") or said.get("text")):
        raise no("body must be an object with html or text")
    original = found(call, "email", data["reply_to_uuid"])
    _check_mailbox(call, str(data["eaccount"]))
    made = mail.answer(
        call.account,
        original,
        via="api",
        text=said.get("text") or records.as_text(said["html"]),
        html=said.get("html") or said["text"],
        subject=data["subject"],
        eaccount=str(data["eaccount"]).lower(),
        cc=_addresses(data.get("cc_address_email_list")),
    )
    return answer(records.email_row(made))


def _check_mailbox(call: Call, address: str) -> None:
    mailbox = store.first(call.account.key, "sender", email=address.lower())
    if mailbox is None:
        raise failed("ACC_NOT_FOUND")
    if mailbox["status"] != 1:
        raise failed("ACC_AUTH_ERROR")


def _addresses(listed_: object) -> list[str]:
    if listed_ is None:
        return []
    if not isinstance(listed_, str):
        raise no("cc_address_email_list must be a string separated by commas")
    return [one.strip() for one in listed_.split(",") if one.strip()]


def _is_between(row: Record, earliest: str | None, latest: str | None) -> bool:
    at = row["timestamp_created"]
    return (not earliest or at >= earliest) and (not latest or at <= latest)
