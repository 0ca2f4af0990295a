"""Loading the demo: accounts, workspaces, and conversations that pass through the sandbox and the product's own door.

The sandbox plays each beat at its time in the past and makes the webhook a provider would send; its delivery is held
back and handed to `integrations.arrivals` here, so what is loaded went the way everything goes: verify, keep, apply.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inbox import history, moving, sentiment
from inbox.models import Message, MessageJob
from integrations import arrivals, providers
from integrations.addresses import webhook_url
from integrations.models import Connection, EmailBisonHost, Provider, WebhookEvent
from integrations.providers.incoming import Incoming
from leads import matching
from leads.models import AssignmentEvent, Lead
from zrg.demo import cast, stories, voices
from zrg.demo.cast import House, Player
from zrg.demo.stories import Beat, Story
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import Membership, User, Workspace

TIMEOUT_S = 30
SETTLES_WITHIN_S = 40
_DAYS = re.compile(r"\{in_(\d+)_days\}")
SLACK_TEAM = "T0DEMO"  # as in the default of SLACK_WEBHOOK_URL
SANDBOX_HOST = "sandbox.example.com"  # EmailBison's host of the demo; all calls go to SANDBOX_URL


class NoSandbox(Exception):
    """The demo needs the sandbox; the text says how to start it."""


def is_loaded() -> bool:
    """Is anybody here? Then nothing is loaded over it."""
    return User.objects.exists()


def load() -> None:
    """Make everything. Where a part fails, what was made is taken away again, so that the next try starts clean."""
    _sandbox("GET", "accounts")
    try:
        _load()
    except BaseException:
        Workspace.objects.all().delete()
        User.objects.all().delete()
        raise


def _load() -> None:
    with transaction.atomic():
        people = _people()
        houses = [(house, _workspace(house, people)) for house in cast.HOUSES]
    _connect_slack()
    stages = []
    for (house, workspace), tales in zip(houses, (stories.HARBOR_STORIES, stories.NORTHWIND_STORIES), strict=True):
        _connect_sandbox(house, workspace)
        voices.brief(house, workspace)
        stage = _Stage(house, workspace, people)
        with _HeldBack():
            for story in tales:
                stage.play(story)
        voices.give_campaigns_their_way(house, workspace)
        stages.append((stage, tales))
    _settle_work()
    for stage, tales in stages:
        stage.correct(tales)


def _people() -> dict[str, User]:
    ops = User.objects.create_superuser(cast.OPS.email, cast.PASSWORD, name=cast.OPS.name)
    rest = [_account(player) for player in (cast.OWNER, *cast.TEAM)]
    people = {user.email: user for user in (ops, *rest)}
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people.values()]
    )
    return people


def _account(player: Player) -> User:
    return User.objects.create_user(player.email, cast.PASSWORD, name=player.name)


def _workspace(house: House, people: dict[str, User]) -> Workspace:
    workspace = Workspace.objects.create(name=house.name, owner=people[cast.OWNER.email], timezone=house.timezone)
    for player in cast.TEAM:
        if house is cast.HARBOR or player.role != "PORTAL":
            Membership.objects.create(workspace=workspace, user=people[player.email], role=player.role)
    host, _ = EmailBisonHost.objects.get_or_create(host=SANDBOX_HOST, defaults={"note": "The sandbox"})
    accounts = {
        Provider.EMAILBISON: (house.emailbison, {"api_key": f"{house.emailbison}|demo-key"}),
        Provider.GHL: (house.ghl, {"api_key": f"pit-demo-{house.ghl}"}),
        Provider.UNIPILE: (house.unipile, {}),
    }
    for provider, (external_id, credentials) in accounts.items():
        Connection.objects.create(
            workspace=workspace,
            provider=provider,
            external_id=external_id,
            host=host.host if provider == Provider.EMAILBISON else "",
            credentials=credentials,
            status=Connection.Status.OK,
        )
    return workspace


def _connect_sandbox(house: House, workspace: Workspace) -> None:
    bison = workspace.connections.get(provider=Provider.EMAILBISON)
    ghl = workspace.connections.get(provider=Provider.GHL)
    order = {"provider": "emailbison", "account": house.emailbison, "name": house.name}
    order |= {"token": bison.credentials.get("api_key"), "webhook_url": webhook_url(bison)}
    _sandbox("POST", "accounts", order | {"senders": list(house.senders), "campaigns": list(house.campaigns)})
    order = {"provider": "ghl", "account": house.ghl, "name": house.name, "phone": house.phone}
    _sandbox("POST", "accounts", order | {"token": ghl.credentials.get("api_key"), "webhook_url": webhook_url(ghl)})
    linkedin = workspace.connections.get(provider=Provider.UNIPILE)
    order = {"provider": "unipile", "account": house.unipile, "name": "Nora Field", "workspace": house.name}
    order |= {"token": settings.UNIPILE_API_KEY, "webhook_secret": settings.UNIPILE_WEBHOOK_SECRET}
    _sandbox("POST", "accounts", order | {"webhook_url": webhook_url(linkedin)})


def _connect_slack() -> None:
    """The agency's Slack, with everybody of the team in it."""
    order = {"provider": "slack", "account": SLACK_TEAM, "name": "Slack of the agency"}
    order |= {"token": settings.SLACK_BOT_TOKEN, "webhook_secret": settings.SLACK_SIGNING_SECRET}
    order |= {"webhook_url": f"{settings.PUBLIC_URL}/api/webhooks/slack/interactions"}
    _sandbox("POST", "accounts", {name: value for name, value in order.items() if value})
    for player in (cast.OWNER, *cast.TEAM):
        _sandbox("POST", "slack/user", {"account": SLACK_TEAM, "email": player.email, "name": player.name})


def _sandbox(method: str, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        answer = requests.request(
            method,
            f"{settings.SANDBOX_URL}/control/{path}",
            json=order if method != "GET" else None,
            params=order if method == "GET" else None,
            timeout=TIMEOUT_S,
        )
    except requests.RequestException:
        raise NoSandbox(f"No sandbox answers at {settings.SANDBOX_URL}. Start it: manage.py sandbox") from None
    if not answer.ok:
        raise NoSandbox(f"The sandbox refused {path}: {answer.text[:300]}")
    return answer.json()


class _HeldBack:
    """Within, the sandbox makes webhooks and delivers none."""

    def __enter__(self) -> None:
        planned = _sandbox("POST", "faults", {"provider": "*", "operation": "webhook", "kind": "dropped"})
        self.fault = planned["fault"]["id"]

    def __exit__(self, *_: object) -> None:
        _sandbox("DELETE", "faults", {"id": self.fault})


def _dated(text: str, at: datetime) -> str:
    """`{in_6_days}` in a text becomes that weekday and date, counted from when it was written."""
    return _DAYS.sub(lambda found: f"{at + timedelta(days=int(found[1])):%A, %-d %B}", text)


@dataclass
class _Stage:
    """One workspace being played."""

    house: House
    workspace: Workspace
    people: dict[str, User]

    def play(self, story: Story) -> None:
        """All beats of a story, then what the team's own hand would have done."""
        bison = {"account": self.house.emailbison, "lead_email": story.email}
        person = {"email": story.email, "first_name": story.first, "last_name": story.last}
        facts = {"title": story.title, "company": story.company}
        self._act("emailbison", "lead", {"account": self.house.emailbison, **person, **facts, "phone": story.phone})
        if story.phone:
            contact = {"account": self.house.ghl, "phone": story.phone, "email": story.email}
            self._act("ghl", "contact", {**contact, "first_name": story.first, "last_name": story.last})
        for beat in story.beats:
            self._beat(story, beat, bison)
        lead = Lead.objects.filter(workspace=self.workspace, email=story.email).first()
        if lead is None:
            raise NoSandbox(f"The demo's conversation with {story.first} did not arrive; see the webhook events.")
        self._finish(lead, story)

    def _beat(self, story: Story, beat: Beat, bison: dict[str, Any]) -> None:
        at = timezone.now() - timedelta(hours=beat.ago)
        text = _dated(beat.text, at)
        text = text.format(first=story.first, company=story.company) if beat.kind == "campaign" else text
        html = "".join(f"<p>{part}</p>" for part in text.replace("\n", "<br>").split("<br><br>"))
        campaign = {"campaign": self.house.campaigns[story.campaign], "sender_email": self.house.senders[0]}
        match beat.kind:
            case "campaign":
                self._act(
                    "emailbison", "campaign-send", {**bison, **campaign, "subject": story.subject, "body": html}, at
                )
            case "open":
                self._act("emailbison", "open", bison, at)
            case "interested":
                self._act("emailbison", "interested", bison, at)
            case "reply":
                self._act("emailbison", "reply", {**bison, "text": text}, at)
            case "cc":
                who = {"from_email": beat.by, "from_name": beat.name, "cc": [story.email]}
                self._act("emailbison", "reply", {**bison, **who, "text": text}, at)
            case "out_of_office":
                self._act("emailbison", "out-of-office", {**bison, "text": text}, at)
            case "bounce":
                self._act("emailbison", "bounce", {**bison, "kind": text}, at)
            case "answer":
                self._act("emailbison", "manual-email", {**bison, "text": text}, at)
                self._sign(story, beat, "email")
            case "sms":
                self._act("ghl", "sms", {"account": self.house.ghl, "phone": story.phone, "text": text}, at)
            case "sms_answer":
                self._act("ghl", "manual-sms", {"account": self.house.ghl, "phone": story.phone, "text": text}, at)
                self._pull_sms(story)
                self._sign(story, beat, "sms")
            case "linkedin":
                who = {"account": self.house.unipile, "lead": self._on_linkedin(story, degree=1)}
                self._act("unipile", "message", {**who, "text": text}, at)
            case "linkedin_answer":
                who = {"account": self.house.unipile, "lead": self._on_linkedin(story, degree=1)}
                self._act("unipile", "own-message", {**who, "text": text}, at)
                self._sign(story, beat, "linkedin")
            case "linkedin_profile":
                self._on_linkedin(story, degree=2)

    def _act(self, provider: str, act: str, order: dict[str, Any], at: datetime | None = None) -> None:
        """Let it happen at the sandbox, and hand the webhooks it made to the product's door."""
        order = {name: value for name, value in order.items() if value}
        told = _sandbox("POST", f"{provider}/{act}", order | ({"at": at.isoformat()} if at else {}))
        for number in told.get("deliveries") or []:
            found = _sandbox("GET", "deliveries", {"after": number - 1, "limit": 200})["deliveries"]
            body = next(row["body"] for row in found if row["id"] == number)
            headers = {"Unipile-Auth": settings.UNIPILE_WEBHOOK_SECRET} if provider == Provider.UNIPILE else {}
            self._arrive(Provider(provider), body if isinstance(body, str) else json.dumps(body), at, **headers)

    def _arrive(self, provider: Provider, body: str, at: datetime | None, **headers: str) -> None:
        token = self.workspace.connections.get(provider=provider).webhook_token
        incoming = Incoming(body=body.encode(), headers=headers, query={}, token=token)
        answer = arrivals.receive(provider, incoming, now=at or timezone.now())
        if answer.status != 200:
            raise NoSandbox(f"The product's webhook answered {answer.status}: {answer.body}")
        running.drain(WebhookEvent, Lane.FIRST)
        running.drain(WebhookEvent, Lane.BULK)

    def _on_linkedin(self, story: Story, *, degree: int) -> str:
        """Their profile, known to the account and to the lead; its public name."""
        plain = unicodedata.normalize("NFKD", f"{story.first}-{story.last}").encode("ascii", "ignore").decode()
        handle = plain.lower().replace(" ", "-")
        who = {"account": self.house.unipile, "public_identifier": handle, "provider_id": f"ACo{handle}"}
        facts = {"first_name": story.first, "last_name": story.last, "headline": story.title, "email": story.email}
        self._act("unipile", "person", {**who, **facts, "degree": str(degree)})
        lead = Lead.objects.get(workspace=self.workspace, email=story.email)
        names = [("linkedin_member", f"ACo{handle}"), ("linkedin_url", f"linkedin.com/in/{handle}")]
        matching.claim(lead, names, source="demo", primary=True)
        Lead.objects.filter(pk=lead.pk).update(linkedin_url=names[1][1])
        return handle

    def _pull_sms(self, story: Story) -> None:
        lead = Lead.objects.get(workspace=self.workspace, email=story.email)
        latest = Message.objects.filter(lead=lead, channel="sms").order_by("-sent_at").first()
        if latest is not None:
            history.pull(latest)

    def _sign(self, story: Story, beat: Beat, channel: str) -> None:
        """The answers of the demo were written by its setters."""
        mine = Message.objects.filter(lead__workspace=self.workspace, lead__email=story.email, direction="out")
        written = mine.filter(channel=channel, sent_by="setter", sent_by_user=None).order_by("-sent_at").first()
        if written is not None:
            written.sent_by_user = self.people[beat.by]
            written.save(update_fields=["sent_by_user"])

    def _finish(self, lead: Lead, story: Story) -> None:
        with transaction.atomic():
            lead = Lead.objects.select_for_update().get(pk=lead.pk)
            if story.assignee:
                lead.assignee, lead.assigned_at = self.people[story.assignee], timezone.now()
                lead.save(update_fields=["assignee", "assigned_at", "updated_at"])
                AssignmentEvent.objects.create(
                    workspace=self.workspace, lead=lead, to=lead.assignee, source=AssignmentEvent.Source.MANUAL
                )
            moving.rebuild(lead)
            newest = max(beat.ago for beat in story.beats[-1:])
            Lead.objects.filter(pk=lead.pk).update(is_unread=lead.needs_reply and newest < 6)

    def correct(self, tales: tuple[Story, ...]) -> None:
        """What the team's hand says differently than the machine understood."""
        for story in tales:
            if story.corrected:
                lead = Lead.objects.get(workspace=self.workspace, email=story.email)
                sentiment.correct(lead, tag=story.corrected, by=self.people[story.assignee or cast.OWNER.email])


def _settle_work() -> None:
    """The replies' own jobs: read, remembered, drafted, decided. What a slow model leaves is the workers'."""
    running.drain(MessageJob, Lane.FIRST, for_seconds=SETTLES_WITHIN_S)


def describe() -> dict[str, Any]:
    """Addresses, logins, workspaces, webhook URLs and sandbox calls: all a script needs to drive the product."""
    logins = [
        {"email": player.email, "password": cast.PASSWORD, "name": player.name, "role": player.does}
        for player in (cast.OPS, cast.OWNER, *cast.TEAM)
    ]
    names = [house.name for house in cast.HOUSES]
    found = Workspace.objects.filter(name__in=names).order_by("created_at")
    return {
        "product": settings.PUBLIC_URL,
        "admin": f"{settings.PUBLIC_URL}/admin/",
        "sandbox": settings.SANDBOX_URL,
        "model": _model(),
        "logins": logins,
        "workspaces": [_described(workspace) for workspace in found],
        "sandbox_calls": _calls(),
    }


def _model() -> dict[str, Any]:
    """Who answers for the model. No key is told."""
    is_sandbox = settings.OPENAI_BASE_URL.startswith(f"{settings.SANDBOX_URL}/")
    return {
        "is_configured": bool(settings.OPENAI_API_KEY),
        "endpoint": settings.OPENAI_BASE_URL,
        "is_sandbox": is_sandbox,
        "models": settings.AI_MODELS,
        "calls": f"{settings.SANDBOX_URL}/control/model" if is_sandbox else "",
    }


def _described(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": str(workspace.pk),
        "name": workspace.name,
        "inbox": f"{settings.PUBLIC_URL}/?clientId={workspace.pk}",
        "connections": [
            {
                "provider": connection.provider,
                "account": connection.external_id,
                "webhook_url": webhook_url(connection),
                "speaks_to_sandbox": providers.adapter_class(connection.provider) is not None,
            }
            for connection in workspace.connections.all()
        ],
    }


def _calls() -> dict[str, Any]:
    base = f"{settings.SANDBOX_URL}/control"
    lead = {"account": "7", "lead_email": "marcus@fenwick.example.com"}
    return {
        "write_as_lead_by_email": {"POST": f"{base}/emailbison/reply", "json": {**lead, "text": "Sounds good."}},
        "answer_from_cc": {
            "POST": f"{base}/emailbison/reply",
            "json": {**lead, "from_email": "elise@fenwick.example.com", "text": "I keep his calendar."},
        },
        "write_as_lead_by_sms": {
            "POST": f"{base}/ghl/sms",
            "json": {"account": "loc_harbor", "phone": "+13135550163", "text": "Tuesday works."},
        },
        "write_as_lead_on_linkedin": {
            "POST": f"{base}/unipile/message",
            "json": {"account": "acc_harbor", "lead": "marcus-oyelaran", "text": "Tuesday works."},
        },
        "accept_the_connection_request": {
            "POST": f"{base}/unipile/accept",
            "json": {"account": "acc_harbor", "lead": "lucia-ferrand"},
        },
        "campaign_sends": {"POST": f"{base}/emailbison/campaign-send", "json": {"account": "7", "count": 100}},
        "bounce": {"POST": f"{base}/emailbison/bounce", "json": {**lead, "kind": "hard"}},
        "out_of_office": {"POST": f"{base}/emailbison/out-of-office", "json": lead},
        "unsubscribe": {"POST": f"{base}/emailbison/unsubscribe", "json": lead},
        "what_the_product_sent": {"GET": f"{base}/sent"},
        "deliveries": {"GET": f"{base}/deliveries"},
        "fault": {
            "POST": f"{base}/faults",
            "json": {"provider": "emailbison", "operation": "send", "kind": "no_answer", "times": 1},
        },
        "fault_of_the_model": {
            "POST": f"{base}/faults",
            "json": {"provider": "openai", "operation": "draft.email.write.v1", "kind": "refused", "times": 1},
        },
        "what_the_model_was_asked": {"GET": f"{base}/model"},
    }
