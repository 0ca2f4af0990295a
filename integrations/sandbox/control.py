"""The control API: everything the page can do, as JSON over HTTP (docs/sandbox.md has the table).

For tests, scripts, the bench and chaos runs. Not a provider's API: nothing here imitates anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import accounts, clock, deliveries, faults, signing, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import answer
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.openai import calls
from integrations.sandbox.sides import PROVIDERS, side_of
from integrations.sandbox.store import Record

_OWN_FIELDS = ("provider", "account", "id", "name", "token", "workspace", "webhook_url", "webhook_secret", "rate_max")


def ordered(act: Callable[[Given], Any]) -> Callable[..., HttpResponse]:
    """A view that reads a JSON body and answers a bad order with 400 and the reason."""

    def view(request: HttpRequest, **ids: Any) -> HttpResponse:
        try:
            return answer(act(_given(request, ids)))
        except BadOrder as bad:
            return answer({"error": str(bad)}, 400)

    return view


def _given(request: HttpRequest, ids: dict[str, Any]) -> Given:
    try:
        body = json.loads(request.body) if request.body else {}
    except ValueError:
        raise BadOrder("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadOrder("The body must be a JSON object.")
    return Given({"_base_url": request.build_absolute_uri("/").rstrip("/"), **request.GET.dict(), **body, **ids})


def act(given: Given) -> Record:
    """`POST /control/<provider>/<act>`: something happens on a provider's side, now or `at` an ISO time."""
    side = side_of(given.text("provider"))
    chosen = side.acts.get(given.text("act"))
    if chosen is None:
        raise BadOrder(f"{side.label} knows: {', '.join(side.acts)}.")
    with clock.at(given.moment("at")):
        return chosen(given)


def create_account(given: Given) -> Record:
    """`POST /control/accounts`: create or change; what isn't given keeps its value. Twice is once."""
    provider = given.needed("provider")
    side = side_of(provider)
    account_id = given.text("id") or given.needed("account").removeprefix(f"{provider}:")
    old = accounts.get(f"{provider}:{account_id}")
    fresh = Account(provider, account_id, f"{side.label} {account_id}", accounts.new_token(provider))
    known = asdict(old or fresh)
    fields = {name: given.fields[name] for name in _OWN_FIELDS[3:] if given.fields.get(name) is not None}
    more = {name: value for name, value in given.fields.items() if name not in _OWN_FIELDS and not name.startswith("_")}
    address = f"{given.text('_base_url')}/{provider}"
    more = {"instance_url": address, **known["more"], **more, "base_url": address}
    account = Account(**{**known, **fields, "more": more})
    with store.writing():
        side.set_up(account, given)
        _, is_new = accounts.keep(account)
    return {"created": is_new, "account": shown(account)}


def shown(account: Account) -> Record:
    """An account for the caller: it is a sandbox, so the token is shown."""
    return {**asdict(account), "key": account.key, "base_url": account.more.get("base_url", "")}


def list_accounts(given: Given) -> Record:
    """`GET /control/accounts`."""
    return {"accounts": [shown(account) for account in accounts.every()]}


def chosen_accounts(given: Given) -> list[Account]:
    """The account of `?account=`, or all (of `?provider=`)."""
    if name := given.text("account"):
        found = accounts.get(name) or next((one for one in accounts.every() if one.id == name), None)
        if found is None:
            raise BadOrder(f"There is no account {name!r}.")
        return [found]
    return [one for one in accounts.every() if given.text("provider") in ("", one.provider)]


def sent(given: Given) -> Record:
    """`GET /control/sent`: what the product sent, newest first."""
    limit = given.number("limit", 200) or 200
    found = [letter for one in chosen_accounts(given) for letter in side_of(one.provider).sent(one, limit)]
    if lead := given.text("lead").lower():
        found = [letter for letter in found if lead in (letter.lead, *letter.to)]
    found.sort(key=lambda letter: letter.at, reverse=True)
    return {"sent": [asdict(letter) for letter in found[:limit]], "count": len(found)}


def conversation(given: Given) -> Record:
    """`GET /control/conversation?account=…&lead=…`: all that passed between a lead and an account, oldest first."""
    account = chosen_accounts(given)[0]
    side = side_of(account.provider)
    person = side.person(account, given.needed("lead"))
    if person is None:
        raise BadOrder(f"{side.label} knows no {given.text('lead')!r}.")
    return {"person": asdict(person), "letters": [asdict(letter) for letter in side.letters(account, person)]}


def list_deliveries(given: Given) -> Record:
    """`GET /control/deliveries`: webhooks, newest first, with bodies and what became of them."""
    keys = [one.key for one in chosen_accounts(given)] if given.text("account") else [""]
    found = deliveries.listed(
        account=keys[0],
        state=given.text("state"),
        after=given.number("after", 0) or 0,
        limit=given.number("limit", 100) or 100,
    )
    return {"deliveries": [_timed(row) for row in found], "counts": deliveries.counts(keys[0])}


def _timed(row: Record) -> Record:
    """Our epoch seconds as times."""
    return {name: clock.from_epoch(value) if name.endswith("_at") and value else value for name, value in row.items()}


def resend(given: Given) -> Record:
    """`POST /control/deliveries/resend`: one delivery (`id`), or all that failed."""
    number = given.number("id")
    key = chosen_accounts(given)[0].key if given.text("account") else ""
    return {"resent": deliveries.resend(delivery_id=number, account=key, failed_only=number is None)}


def plan_fault(given: Given) -> Record:
    """`POST /control/faults`."""
    kind, provider, operation = given.needed("kind"), given.text("provider", "*"), given.text("operation", "*")
    _check_kind(kind, provider)
    planned = faults.plan(
        provider=provider,
        account=given.account(provider).key if given.text("account") and provider != "*" else "",
        operation=operation if provider == "*" else side_of(provider).operation(operation),
        kind=kind,
        times=given.number("times"),
        delay_s=given.seconds("delay_s"),
        copies=given.number("copies", 2) or 2,
        message=given.text("message"),
    )
    return {"fault": asdict(planned)}


def _check_kind(kind: str, provider: str) -> None:
    """Refuse a fault nobody knows, and one this provider can't have."""
    sides = [side_of(name) for name in PROVIDERS]
    owners = " and ".join(side.label for side in sides if kind in side.faults)
    if kind not in faults.KINDS and not owners:
        own = [name for side in sides for name in side.faults]
        raise BadOrder(f"kind must be one of {', '.join(dict.fromkeys([*faults.KINDS, *own]))}.")
    if provider == "*":
        if kind not in faults.KINDS:
            raise BadOrder(f"{kind} is a fault of {owners} only: give it as provider.")
        return
    side = side_of(provider)
    if kind in side.cannot or (kind not in faults.KINDS and kind not in side.faults):
        known = [name for name in (*faults.KINDS, *side.faults) if name not in side.cannot]
        raise BadOrder(f"{kind} can't happen at {side.label}. It knows {', '.join(dict.fromkeys(known))}.")


def kinds() -> dict[str, str]:
    """Every kind of fault and what it does; those of one provider say whose."""
    sides = [side_of(name) for name in PROVIDERS]
    own = {kind: f"{text} ({side.label})" for side in sides for kind, text in side.faults.items()}
    return {**own, **faults.KINDS}


def list_faults(given: Given) -> Record:
    """`GET /control/faults`: what is planned, and what can be."""
    return {"faults": [asdict(fault) for fault in faults.planned()], "kinds": kinds()}


def lift_faults(given: Given) -> Record:
    """`DELETE /control/faults`: one (`id`), those of a provider or account, or all."""
    key = chosen_accounts(given)[0].key if given.text("account") else ""
    return {"lifted": faults.lift(fault_id=given.number("id"), provider=given.text("provider"), account=key)}


def list_requests(given: Given) -> Record:
    """`GET /control/requests`: the product's calls, newest first; who, what, answer, fault."""
    key = chosen_accounts(given)[0].key if given.text("account") else ""
    where = "(? = '' OR account = ?) AND (? = '' OR operation = ?) AND id > ?"
    sql = f"SELECT * FROM requests WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 (constant)
    operation, after, limit = given.text("operation"), given.number("after", 0), given.number("limit", 200)
    rows = store.rows(sql, (key, key, operation, operation, after, limit))
    return {"requests": [{**dict(row), "at": clock.from_epoch(row["at"])} for row in rows]}


def model_calls(given: Given) -> Record:
    """`GET /control/model`: the last calls of the model, newest first: parameters, fenced blocks, answer.

    Of an `account`, of a `name` (the prompt's key or its format's name), `after` an id, at most `limit`.
    """
    key = chosen_accounts(given)[0].key if given.text("account") else ""
    name = side_of("openai").operation(given.text("name"))
    after, limit = given.number("after", 0) or 0, given.number("limit", 50) or 50
    return {"calls": calls.listed(account=key, name=name, after=after, limit=limit)}


def state(given: Given) -> Record:
    """`GET /control/state`: accounts with counts, deliveries, faults, the public key of signed webhooks."""
    sql = "SELECT account, kind, count(*) AS n FROM records GROUP BY account, kind"
    counts: dict[str, dict[str, int]] = {}
    for row in store.rows(sql):
        counts.setdefault(row["account"], {})[row["kind"]] = row["n"]
    every = [
        {**shown(one), "records": counts.get(one.key, {}), "deliveries": deliveries.counts(one.key)}
        for one in accounts.every()
    ]
    return {
        "providers": list(PROVIDERS),
        "accounts": every,
        "deliveries": deliveries.counts(),
        "faults": [asdict(fault) for fault in faults.planned()],
        "ghl_webhook_public_key": signing.public_key(),
    }


def reset(given: Given) -> Record:
    """`POST /control/reset`: empty an account, or all; accounts, webhook addresses and numbering stay."""
    emptied = chosen_accounts(given)
    for account in emptied:
        hooks = store.find(account.key, "webhook", oldest_first=True)
        with store.writing():
            accounts.forget(account.key)
            for hook in hooks:
                store.add(account.key, "webhook", hook)
            side_of(account.provider).set_up(account, Given(account.more))
        faults.lift(account=account.key)
    return {"reset": [account.key for account in emptied]}
