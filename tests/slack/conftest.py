"""An agency's Slack at the sandbox, over real HTTP; clicks arrive at the product's own endpoint."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from inbox import draft_rollup
from inbox.models import Draft, MessageJob
from integrations.models import Connection, WebhookEvent
from leads.models import Lead
from tests.factories import conversations
from tests.sandbox_server import SandboxServer
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.lib import quick_redis
from zrg.workspaces.models import User, Workspace

ENDPOINT = "/api/webhooks/slack/interactions"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
_numbers = itertools.count(1)


class Slack:
    """One Slack workspace, seen from its people."""

    def __init__(self, sandbox: SandboxServer, team: str, client: Client) -> None:
        self.sandbox, self.team, self.key, self.client = sandbox, team, f"slack:{team}", client

    def join(self, *people: User) -> None:
        for person in people:
            order = {"account": self.key, "email": person.email, "name": person.name}
            self.sandbox.control("slack/user", order)

    def written_to(self, person: User) -> list[dict[str, Any]]:
        """The messages somebody has from the bot, oldest first, as they are now."""
        return self.sandbox.control("conversation", account=self.key, lead=person.email)["letters"]

    def alerts(self) -> list[str]:
        """What came through the incoming webhook, oldest first."""
        return [one["text"] for one in reversed(self.sandbox.sent(self.key)) if one["to"] == ["#alerts"]]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        return self.sandbox.requests(self.key, operation=operation)

    def fault(self, kind: str, operation: str, **more: Any) -> Any:
        return self.sandbox.fault(kind, provider="slack", account=self.key, operation=operation, **more)

    def clicks(self, **order: Any) -> list[dict[str, Any]]:
        """Let somebody click; the requests Slack would make, not delivered yet."""
        with self.fault("dropped", "webhook"):
            ids = set(self.sandbox.control("slack/click", {"account": self.key, **order})["deliveries"])
        return [one for one in reversed(self.sandbox.deliveries(self.key)) if one["id"] in ids]

    def deliver(self, request: dict[str, Any]) -> HttpResponse:
        """One of them arrives."""
        headers = {name: value for name, value in request["headers"].items() if name != "Content-Type"}
        raw = urlencode(request["body"])
        return self.client.post(ENDPOINT, raw, content_type=request["headers"]["Content-Type"], headers=headers)

    def click(self, **order: Any) -> list[HttpResponse]:
        """Somebody clicks, and it arrives."""
        return [self.deliver(request) for request in self.clicks(**order)]


def _rest() -> None:
    """As after a quiet minute: no limit of ours is used up."""
    for key in quick_redis.client().keys("zrg:throttle:slack:*"):
        quick_redis.client().delete(key)


@pytest.fixture
def slack(sandbox_process: SandboxServer, settings: Any, client: Client) -> Iterator[Slack]:
    """The product's settings point at a Slack of this test's own."""
    _rest()
    team = f"T{next(_numbers):04}"
    url = f"http://127.0.0.1:1{ENDPOINT}"  # clicks are held back and handed over by the test
    account = sandbox_process.account("slack", team, name="Agency", webhook_secret=SECRET, webhook_url=url)
    settings.SANDBOX_URL = sandbox_process.base_url
    settings.SLACK_BASE_URL = sandbox_process.url("/slack/api")
    settings.SLACK_BOT_TOKEN = account["token"]
    settings.SLACK_SIGNING_SECRET = SECRET
    settings.SLACK_WEBHOOK_URL = sandbox_process.url(f"/slack/services/{team}/B1/secret")
    settings.PROVIDER_TIMEOUT_S = 2
    yield Slack(sandbox_process, team, client)
    sandbox_process.control("faults", method="DELETE", provider="slack")


@pytest.fixture
def accounts(harbor: Workspace, sandbox_process: SandboxServer, settings: Any) -> str:
    """Text messages leave Harbor through the sandbox; the location's key."""
    settings.GHL_BASE_URL = sandbox_process.url("/ghl")
    location = f"loc_slack_{next(_numbers)}"
    account = sandbox_process.account("ghl", location, name="Harbor", phone="+13135550100", rate_max=10_000)
    secrets = {"api_key": account["token"]}
    Connection.objects.create(workspace=harbor, provider="ghl", external_id=location, credentials=secrets, status="ok")
    return f"ghl:{location}"


@pytest.fixture
def ann(harbor: Workspace, accounts: str, sandbox_process: SandboxServer) -> Lead:
    """A lead who texted and waits for an answer."""
    phone = f"+1212555{next(_numbers):04}"
    order = {"account": accounts, "phone": phone, "name": "Ann Lee"}
    contact = sandbox_process.control("ghl/contact", order)["contact"]["id"]
    facts = {"last_name": "Lee", "company": "Buyer", "phone": phone}
    lead = conversations.conversation(harbor, "What does it cost?", **facts)
    conversations.message(lead, "And when?", channel="sms", thread={"contact_id": contact, "provider": "ghl"})
    return lead


@pytest.fixture
def draft(ann: Lead) -> Draft:
    """What ZRG would answer, and would rather have approved."""
    return new_draft(ann)


def new_draft(lead: Lead, **facts: Any) -> Draft:
    given: dict[str, Any] = {
        "channel": "sms",
        "content": "It is $20 a month.",
        "original_content": "It is $20 a month.",
        "dedupe_key": f"test:{next(_numbers)}",
        "thread_version": lead.thread_version,
        "expires_at": timezone.now() + timedelta(days=14),
        "action": "needs_review",
        "reason": "It names a price.",
        "confidence": 0.72,
        "threshold": 0.9,
    }
    made = Draft.objects.create(workspace=lead.workspace, lead=lead, **(given | facts))
    draft_rollup.roll_up(lead)
    return made


@pytest.fixture
def work() -> Callable[[], None]:
    """Run what is due, as the workers would."""

    def run() -> None:
        for model in (WebhookEvent, MessageJob, MessageJob):
            running.drain(model, Lane.FIRST)

    return run


@pytest.fixture
def later() -> Callable[[], None]:
    """What was put off is due now."""

    def bring_forward() -> None:
        _rest()
        with database.cursor() as cursor:
            cursor.execute("UPDATE inbox_messagejob SET run_at = now() WHERE status = 'PENDING'")

    return bring_forward
