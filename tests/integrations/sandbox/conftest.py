"""A sandbox for this folder's tests, and a product that only listens: it catches webhooks and answers as told."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.sandbox_server import SandboxServer

_numbers = itertools.count(7)


class Catcher:
    """Stands where the product's webhook endpoint would; `answers` are used up first, then 200."""

    def __init__(self) -> None:
        self.caught: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def bodies(self, event: str = "") -> list[dict[str, Any]]:
        """What arrived, in order; for EmailBison, of one event type."""
        found = [one["body"] for one in list(self.caught)]
        return [body for body in found if not event or body.get("event", {}).get("type") == event]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        catcher = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                catcher.caught.append({"headers": dict(self.headers), "raw": raw, "body": json.loads(raw)})
                self.send_response(catcher.answers.pop(0) if catcher.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class Client:
    """Calls one account as the product would, without the product."""

    def __init__(self, sandbox: SandboxServer, account: dict[str, Any], headers: dict[str, str]) -> None:
        self.sandbox = sandbox
        self.account = account
        self.key = account["key"]
        self.headers = {"Authorization": f"Bearer {account['token']}", "Accept": "application/json", **headers}

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        address = f"{self.account['base_url']}{path}"
        return requests.request(method, address, json=json, headers=headers, timeout=10, **options)

    def act(self, name: str, /, **order: Any) -> dict[str, Any]:
        """Something happens at the provider, in this account."""
        return self.sandbox.control(f"{self.account['provider']}/{name}", {"account": self.account["key"], **order})


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    listening = Catcher()
    yield listening
    listening.close()


@pytest.fixture
def bison(sandbox: SandboxServer, catcher: Catcher) -> Client:
    """A workspace at EmailBison with one mailbox and one campaign."""
    number = next(_numbers)
    account = sandbox.account(
        "emailbison",
        number,
        name="Acme",
        webhook_url=catcher.url,
        senders=["sam@sender.example.com"],
        campaigns=["Q1"],
    )
    return Client(sandbox, account, {})


@pytest.fixture
def ghl(sandbox: SandboxServer, catcher: Catcher) -> Client:
    """A location at GoHighLevel, generous with its rate limit."""
    name = f"loc_{next(_numbers)}"
    account = sandbox.account("ghl", name, name="Acme", webhook_url=catcher.url, phone="+13135550100", rate_max=10_000)
    return Client(sandbox, account, {"Version": "2021-07-28"})


@pytest.fixture
def instantly(sandbox: SandboxServer, catcher: Catcher) -> Client:
    """A workspace at Instantly with one mailbox, one campaign and a webhook with a secret."""
    account = sandbox.account(
        "instantly",
        str(uuid.uuid4()),
        name="Acme",
        webhook_url=catcher.url,
        webhook_secret="in-secret-0123456789",
        senders=["sam@sender.example.com"],
        campaigns=["Q1"],
    )
    account["base_url"] += "/api/v2"
    return Client(sandbox, account, {})


@pytest.fixture
def ann(bison: Client) -> dict[str, Any]:
    """A lead whom the campaign has written to."""
    variables = {"phone_number": "+13135550163"}
    lead = bison.act(
        "lead",
        email="ann@buyer.example.com",
        first_name="Ann",
        last_name="Lee",
        title="CFO",
        company="Buyer",
        custom_variables=variables,
    )
    bison.act("campaign-send", lead_email="ann@buyer.example.com", subject="Quick idea")
    return lead["lead"]


@pytest.fixture
def smart(sandbox: SandboxServer, catcher: Catcher) -> Client:
    """An account at SmartLead with one mailbox and one campaign; its key goes into the query."""
    account = sandbox.account(
        "smartlead",
        f"agency-{next(_numbers)}",
        name="Acme",
        webhook_url=catcher.url,
        webhook_secret="sl-secret-0123456789",
        senders=["sam@sender.example.com"],
        campaigns=["Q1"],
    )
    return Client(sandbox, account, {"Authorization": ""})
