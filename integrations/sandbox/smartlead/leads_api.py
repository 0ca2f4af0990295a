"""SmartLead REST: leads, categories, the block list, the master inbox."""

from __future__ import annotations

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.given import Given
from integrations.sandbox.smartlead import acts, records
from integrations.sandbox.smartlead.answers import GATE, done, found, no, page_of
from integrations.sandbox.store import Record

_CHANGEABLE = (*records.LEAD_FIELDS, "company_url")


@GATE.operation("lookup")
def lead(call: Call) -> HttpResponse:
    """`GET /leads/?email=`: an unknown address is 200 with `{}`."""
    found_lead = records.lead_by(call.account, call.request.GET.get("email", ""))
    return answer(records.lead_row(found_lead) if found_lead else {})


@GATE.operation("contacts")
def update(call: Call, campaign_id: int, lead_id: int) -> HttpResponse:
    """`POST /campaigns/{cid}/leads/{lid}`: `email` is needed even when unchanged; custom fields are merged."""
    known = found(call, "lead", lead_id, "Lead not found.")
    if not call.data.get("email"):
        raise no('"email" is required')
    changed = {name: call.data[name] for name in _CHANGEABLE if name in call.data}
    custom = {**known["custom_fields"], **(call.data.get("custom_fields") or {})}
    email = str(call.data["email"]).strip().lower()
    records.change(call.account, "lead", known, **{**changed, "email": email, "custom_fields": custom})
    return answer({"ok": True})


@GATE.operation("suppress")
def unsubscribe(call: Call, lead_id: int) -> HttpResponse:
    """`POST /leads/{lid}/unsubscribe`: from everything; twice is once."""
    records.change(call.account, "lead", found(call, "lead", lead_id, "Lead not found."), is_unsubscribed=True)
    return done("Lead unsubscribed successfully")


@GATE.operation("suppress")
def block(call: Call) -> HttpResponse:
    """`POST /leads/add-domain-block-list`."""
    for name in call.data.get("domain_block_list") or []:
        if not store.first(call.account.key, "block", email=str(name).lower()):
            records.make(call.account, "block", email=str(name).lower())
    return done("Domain block list updated")


@GATE.operation("suppress")
def blocked(call: Call) -> HttpResponse:
    """`GET /leads/get-domain-block-list`."""
    rows = store.find(call.account.key, "block", oldest_first=True)
    return answer([{"id": row["id"], "email_or_domain": row["email"], "client_id": None} for row in rows])


@GATE.operation("contacts")
def categories(call: Call) -> HttpResponse:
    """`GET /leads/fetch-categories`."""
    return answer([{"id": number, "name": name} for number, name in enumerate(records.CATEGORIES, start=1)])


@GATE.operation("mark")
def set_category(call: Call, campaign_id: int, lead_id: int) -> HttpResponse:
    """`POST /campaigns/{cid}/leads/{lid}/category`."""
    known, number = found(call, "lead", lead_id, "Lead not found."), call.data.get("category_id")
    if not isinstance(number, int) or not 0 < number <= len(records.CATEGORIES):
        raise no("Invalid category_id")
    order = {"account": call.account.key, "lead_email": known["email"], "category": records.CATEGORIES[number - 1]}
    acts.category(Given(order))
    return answer({"ok": True})


@GATE.operation("history")
def inbox(call: Call) -> HttpResponse:
    """`POST /master-inbox/inbox-replies`: conversations with an answer, the one answered last first."""
    offset, limit = page_of(call.data.get("offset"), call.data.get("limit"))
    newest: dict[tuple[int, int], Record] = {}
    for row in store.find(call.account.key, "message", type="REPLY"):
        if row["lead_id"]:
            newest.setdefault((row["campaign_id"], row["lead_id"]), row)
    rows = [_inbox_row(call, row) for row in newest.values()]
    return answer({"ok": True, "data": rows[offset : offset + limit], "offset": offset, "limit": limit})


def _inbox_row(call: Call, row: Record) -> Record:
    known = store.get(call.account.key, "lead", row["lead_id"]) or {}
    names = {"lead_email": known["email"], "lead_first_name": known["first_name"], "lead_last_name": known["last_name"]}
    ids = {"email_lead_id": str(known["id"]), "email_campaign_id": row["campaign_id"]}
    return {**ids, **names, "last_reply_time": row["time"], "has_new_unread_email": True}
