"""The page: write as a lead, see what the product sent, let things go wrong. Plain forms; htmx only keeps it fresh."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.views.defaults import page_not_found

from integrations.sandbox import control, deliveries, faults, people
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.openai import calls
from integrations.sandbox.sides import PROVIDERS, side_of

_HERE = Path(__file__).parent
_ASSETS = {
    "tokens.css": (_HERE.parents[1] / "zrg" / "web" / "static" / "zrg" / "tokens.css", "text/css"),
    "sandbox.css": (_HERE / "assets" / "sandbox.css", "text/css"),
    "htmx.js": (Path(str(files("django_htmx"))) / "static" / "django_htmx" / "htmx-2.min.js", "text/javascript"),
}
_ORDERS = {
    "act": control.act,
    "fault": control.plan_fault,
    "lift": control.lift_faults,
    "resend": control.resend,
    "account": control.create_account,
    "reset": control.reset,
}
OPERATIONS = ("*", "send", "lookup", "history", "contacts", "account", "campaigns", "senders", "webhooks", "suppress")
# What the page's one click does to the model until it works again.
MODEL_TROUBLES = {
    "error_500": "Down",
    "slow": "Slow",
    "rate_limited": "Busy",
    "refused": "Refuses",
    "adversarial": "Lies",
}


def show(request: HttpRequest) -> HttpResponse:
    """`GET /`: people, one conversation, the back room."""
    query = request.GET
    groups = people.workspaces(query.get("q", "").strip())
    chosen = people.someone_by(query["lead"], groups) if query.get("lead") else _first(groups)
    return render(request, "page.html", {**_conversation(request, chosen), **_back_room(), "groups": groups})


def _first(groups: list[people.Workspace]) -> tuple[people.Workspace, people.Someone] | None:
    return next(((group, group.people[0]) for group in groups if group.people), None)


def _conversation(request: HttpRequest, chosen: tuple[people.Workspace, people.Someone] | None) -> dict[str, Any]:
    query = request.GET
    shown: dict[str, Any] = {
        "is_chosen": "lead" in query,
        "q": query.get("q", ""),
        "done": query.get("done", ""),
        "error": query.get("error", ""),
    }
    if chosen is None:
        return {**shown, "here": "/"}
    group, someone = chosen
    wanted = query.get("by") or someone.channels[-1 if not someone.email else 0]
    return {
        **shown,
        "group": group,
        "someone": someone,
        "letters": people.letters_of(someone),
        "by": wanted,
        "mail_account": _mail_account(group, someone),
        "sms_account": next((one for one in group.accounts if one.provider == "ghl"), None),
        "linkedin_account": next((one for one in group.accounts if one.provider == "unipile"), None),
        "linkedin_lead": someone.at("unipile"),
        "here": f"/?{urlencode({'lead': someone.ref, 'by': wanted, **({'q': query['q']} if query.get('q') else {})})}",
    }


def _mail_account(group: people.Workspace, someone: people.Someone) -> Account | None:
    """The e-mail platform that knows the person, else the first one of the workspace."""
    platforms = [one for one in group.accounts if side_of(one.provider).channel == "email"]
    known = (one for one in platforms if someone.at(one.provider))
    return next(known, None) or next(iter(platforms), None)


def _back_room() -> dict[str, Any]:
    """Webhooks, calls and faults, for the third column."""
    log, sides = deliveries.listed(limit=25), [side_of(provider) for provider in PROVIDERS]
    return {
        "deliveries": [{**row, "pretty": json.dumps(row["body"], indent=2, ensure_ascii=False)} for row in log],
        "delivery_counts": deliveries.counts(),
        "sent": control.sent(Given({"limit": 6}))["sent"],
        "requests": control.list_requests(Given({"limit": 25}))["requests"],
        "faults": faults.planned(),
        "fault_answers": faults.ANSWERS,
        "fault_own": [(side, side.faults) for side in sides if side.faults],
        "model_calls": calls.listed(limit=8),
        "model_faults": [fault for fault in faults.planned() if fault.provider == "openai"],
        "model_troubles": MODEL_TROUBLES,
        "fault_webhooks": faults.WEBHOOKS,
        "operations": [*OPERATIONS, *(name for side in sides for name in side.operations)],
        "sides": sides,
    }


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whoever mistyped an address gets a page; a program, what it got before."""
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "missing.html", status=404)
    return page_not_found(request, exception)


def order(request: HttpRequest, name: str) -> HttpResponse:
    """`POST /page/<name>`: a form's order, then back to where it was given."""
    if request.method != "POST" or name not in _ORDERS:
        return HttpResponseNotAllowed(["POST"])
    fields = request.POST.dict()
    back = str(fields.pop("back", "/"))
    said = {"done": fields.pop("said", "Done")}
    try:
        _ORDERS[name](Given({"_base_url": request.build_absolute_uri("/").rstrip("/"), **fields}))
    except BadOrder as bad:
        said = {"error": str(bad)}
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    return HttpResponseRedirect(f"{back}{'&' if '?' in back else '?'}{urlencode(said)}")


def asset(request: HttpRequest, name: str) -> FileResponse:
    """`GET /assets/<name>`: two style sheets and htmx; the tokens are the product's own."""
    path, content_type = _ASSETS.get(name, (None, ""))
    if path is None or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type=content_type)
