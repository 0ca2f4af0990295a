"""EmailBison REST: leads, custom variables, suppression."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.emailbison import records
from integrations.sandbox.emailbison.answers import GATE, done, found, invalid, listed, no, row
from integrations.sandbox.gate import Call
from integrations.sandbox.store import Record

_FIELDS = ("first_name", "last_name", "email", "title", "company", "notes")
_STATUSES = ("verified", "unverified", "unknown", "unsubscribed", "risky", "inactive")


@GATE.operation("contacts")
def leads(call: Call) -> HttpResponse:
    """`GET /api/leads`."""
    return listed(call, "lead", records.lead_row)


@GATE.operation("contacts")
def create(call: Call) -> HttpResponse:
    """`POST /api/leads`; fails on an e-mail address that is there."""
    return row(records.lead_row(_created(call, call.data)), 201)


@GATE.operation("contacts")
def create_many(call: Call) -> HttpResponse:
    """`POST /api/leads/multiple`, at most 500."""
    given = call.data.get("leads")
    if not isinstance(given, list) or not 0 < len(given) <= 500:
        raise invalid(leads="The leads field must list between 1 and 500 leads.")
    return row([records.lead_row(_created(call, one)) for one in given], 201)


@GATE.operation("contacts")
def create_or_update(call: Call, name: str) -> HttpResponse:
    """`POST /api/leads/create-or-update/{id}`: `existing_lead_behavior` put (clears) or patch (keeps)."""
    existing = records.lead_by(call.account, name) or records.lead_by(call.account, str(call.data.get("email", "")))
    if existing is None:
        return row(records.lead_row(_created(call, call.data)))
    return _written(call, existing, clear=call.data.get("existing_lead_behavior", "put") == "put")


@GATE.operation("contacts")
def lead(call: Call, name: str) -> HttpResponse:
    """`GET /api/leads/{id-or-email}`."""
    return row(records.lead_row(_lead(call, name)))


@GATE.operation("contacts")
def patch(call: Call, name: str) -> HttpResponse:
    """`PATCH /api/leads/{id-or-email}` keeps all that isn't sent."""
    return _written(call, _lead(call, name), clear=False)


@GATE.operation("contacts")
def put(call: Call, name: str) -> HttpResponse:
    """`PUT` on the same path clears all that isn't sent, custom variables included."""
    return _written(call, _lead(call, name), clear=True)


@GATE.operation("history")
def replies_of(call: Call, name: str) -> HttpResponse:
    """`GET /api/leads/{id}/replies`."""
    mine = _lead(call, name)["id"]
    return listed(call, "reply", lambda record: records.reply_row(call.account, record), lead_id=mine)


@GATE.operation("history")
def mails_of(call: Call, name: str, which: str) -> HttpResponse:
    """`GET /api/leads/{id}/sent-emails` and `/scheduled-emails`."""
    fields: dict[str, Any] = {"status": "sent"} if which == "sent-emails" else {}
    mine = _lead(call, name)["id"]
    return listed(
        call, "scheduled_email", lambda record: records.scheduled_row(call.account, record), lead_id=mine, **fields
    )


@GATE.operation("suppress")
def unsubscribe(call: Call, name: str) -> HttpResponse:
    """`PATCH /api/leads/{id}/unsubscribe`."""
    return row(records.lead_row(records.change(call.account, "lead", _lead(call, name), status="unsubscribed")))


@GATE.operation("suppress")
def update_status(call: Call, name: str) -> HttpResponse:
    """`PATCH /api/leads/{id}/update-status`."""
    status = call.data.get("status")
    if status not in _STATUSES:
        raise invalid(status="The selected status is invalid.")
    return row(records.lead_row(records.change(call.account, "lead", _lead(call, name), status=status)))


@GATE.operation("suppress")
def blacklist(call: Call, name: str) -> HttpResponse:
    """`POST /api/leads/{id}/blacklist`: 400 when it is there already."""
    email = _lead(call, name)["email"]
    if store.first(call.account.key, "blacklisted_email", email=email):
        raise no("Lead is already blacklisted")
    return row(records.make(call.account, "blacklisted_email", email=email))


@GATE.operation("suppress")
def blacklist_address(call: Call) -> HttpResponse:
    """`POST /api/blacklisted-emails` → 201."""
    email = str(call.data.get("email", "")).strip().lower()
    if "@" not in email:
        raise invalid(email="The email field must be a valid email address.")
    if store.first(call.account.key, "blacklisted_email", email=email):
        raise invalid(email="The email has already been taken.")
    return row(records.make(call.account, "blacklisted_email", email=email), 201)


@GATE.operation("suppress")
def blacklist_domain(call: Call) -> HttpResponse:
    """`POST /api/blacklisted-domains` → 201."""
    domain = str(call.data.get("domain", "")).strip().lower()
    if "." not in domain:
        raise invalid(domain="The domain field is required.")
    return row(records.make(call.account, "blacklisted_domain", domain=domain), 201)


@GATE.operation("suppress")
def stop_future_emails(call: Call, campaign_id: int) -> HttpResponse:
    """`POST /api/campaigns/{id}/leads/stop-future-emails`."""
    campaign = found(call, "campaign", campaign_id)
    if not isinstance(call.data.get("lead_ids"), list):
        raise invalid(lead_ids="The lead ids field is required.")
    for number in call.data["lead_ids"]:
        stopped = found(call, "lead", number)
        records.change(call.account, "lead", stopped, _stopped=[*stopped.get("_stopped", []), campaign["id"]])
    return done(f"Stopping future emails for selected leads in {campaign['name']}.")


@GATE.operation("variables")
def variables(call: Call) -> HttpResponse:
    """`GET /api/custom-variables`."""
    return listed(call, "custom_variable", store.public)


@GATE.operation("variables")
def create_variable(call: Call) -> HttpResponse:
    """`POST /api/custom-variables`: the name comes back in lower case."""
    name = str(call.data.get("name", "")).strip().lower()
    if not name:
        raise invalid(name="The name field is required.")
    if store.first(call.account.key, "custom_variable", name=name):
        raise invalid(name="The name has already been taken.")
    return row(records.make(call.account, "custom_variable", name=name))


def _lead(call: Call, name: str) -> Record:
    found_lead = records.lead_by(call.account, name)
    if found_lead is None:
        raise no("Record not found.", 404)
    return found_lead


def _created(call: Call, data: dict[str, Any]) -> Record:
    for field in ("first_name", "email"):
        if not data.get(field):
            raise invalid(**{field: f"The {field.replace('_', ' ')} field is required."})
    if store.first(call.account.key, "lead", email=str(data["email"]).strip().lower()):
        raise invalid(email="The email has already been taken.")
    given = {field: data.get(field) for field in _FIELDS if field != "email"}
    made = records.new_lead(
        call.account, email=str(data["email"]), custom_variables=_variables(call, data) or [], **given
    )
    return records.change(call.account, "lead", made, status="unverified")


def _written(call: Call, existing: Record, *, clear: bool) -> HttpResponse:
    changed: dict[str, Any] = {field: call.data.get(field) for field in _FIELDS if clear or field in call.data}
    changed["email"] = str(changed.get("email") or existing["email"]).strip().lower()
    given = _variables(call, call.data)
    if clear or given is not None:
        kept = (
            []
            if clear
            else [
                one for one in existing["custom_variables"] if one["name"] not in {new["name"] for new in given or []}
            ]
        )
        changed["custom_variables"] = kept + (given or [])
    return row(records.lead_row(records.change(call.account, "lead", existing, **changed)))


def _variables(call: Call, data: dict[str, Any]) -> list[dict[str, str]] | None:
    """Custom variables of a lead; each must exist in the workspace first."""
    given = data.get("custom_variables")
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(one, dict) and one.get("name") for one in given):
        raise invalid(custom_variables="The custom variables field must list objects with a name and a value.")
    for one in given:
        if store.first(call.account.key, "custom_variable", name=str(one["name"]).strip().lower()) is None:
            raise no(f"Custom variable {one['name']} does not exist in this workspace.", 422)
    return [{"name": str(one["name"]).strip().lower(), "value": str(one.get("value") or "")} for one in given]
