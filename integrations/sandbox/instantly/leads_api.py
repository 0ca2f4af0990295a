"""Instantly REST: leads and the block list."""

from __future__ import annotations

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.instantly import records
from integrations.sandbox.instantly.answers import GATE, found, listed, no

_WRITTEN = (*records.LEAD_FIELDS, "lt_interest_status")
_INTEREST = {-4, -3, -2, -1, 0, 1, 2, 3, 4, None}


@GATE.operation("contacts")
def search(call: Call) -> HttpResponse:
    """`POST /leads/list`: the list is a POST."""
    fields = {"campaign": call.data["campaign"]} if call.data.get("campaign") else {}
    rows = store.find(call.account.key, "lead", search=str(call.data.get("search") or ""), **fields)
    return listed(call, rows, records.lead_row)


@GATE.operation("contacts")
def lead(call: Call, lead_id: str) -> HttpResponse:
    """`GET /leads/{id}`."""
    return answer(records.lead_row(found(call, "lead", lead_id)))


@GATE.operation("contacts")
def patch(call: Call, lead_id: str) -> HttpResponse:
    """`PATCH /leads/{id}`: what isn't sent stays; `custom_variables` replaces the whole map."""
    record = found(call, "lead", lead_id)
    fields = {name: call.data[name] for name in _WRITTEN if name in call.data}
    if "custom_variables" in call.data:
        if not isinstance(call.data["custom_variables"], dict):
            raise no("body/custom_variables must be object")
        fields["payload"] = call.data["custom_variables"]
    return answer(records.lead_row(records.change(call.account, "lead", record, **fields)))


@GATE.operation("suppress")
def interest(call: Call) -> HttpResponse:
    """`POST /leads/update-interest-status` → 202."""
    email, value = call.data.get("lead_email"), call.data.get("interest_value")
    if not email:
        raise no("body/lead_email is required")
    if value not in _INTEREST:
        raise no("body/interest_value must be equal to one of the allowed values")
    who = records.lead_by(call.account, str(email))
    if who is None:
        raise no("Lead not found", 404)
    records.change(call.account, "lead", who, lt_interest_status=value)
    return answer({"message": "Lead interest status update background job submitted"}, 202)


@GATE.operation("suppress")
def blocked(call: Call) -> HttpResponse:
    """`GET /block-lists-entries`."""
    return listed(call, store.find(call.account.key, "block"), store.public)


@GATE.operation("suppress")
def block(call: Call) -> HttpResponse:
    """`POST /block-lists-entries`: an address or a domain; 400 when it is there already."""
    value = str(call.data.get("bl_value") or "").strip().lower()
    if "." not in value:
        raise no("body/bl_value is required")
    if store.first(call.account.key, "block", bl_value=value):
        raise no("Block list entry already exists")
    return answer(store.public(records.make(call.account, "block", bl_value=value, is_domain="@" not in value)))
