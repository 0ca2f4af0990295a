"""Sixty of everything the admin lists: more than a page, with links between them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from followups.models import Task
from inbox.models import Message, MessageJob
from integrations.models import Connection, EmailBisonHost, IgnoredDeliveries, Provider, WebhookEvent
from leads.models import Campaign, Lead, Merge, MergeSuggestion, SuppressionEntry, TimelineEvent
from tests.factories import leads as lead_factory
from zrg.ai.models import (
    AIInteraction,
    AiSpend,
    KnowledgeAsset,
    KnowledgeJob,
    Persona,
    PromptOverride,
    PromptSnippetOverride,
    QualificationQuestion,
)
from zrg.jobs.models import DispatchWindow, FunctionRun, Status
from zrg.workspaces.models import Membership, User, Workspace

MANY = 60
SECRET = "sk-recognisable-8f3b1c77aa"
STATUSES = (Status.PENDING, Status.FAILED, Status.SUCCEEDED, Status.RUNNING, Status.CANCELLED)


def everything(owner: User) -> list[Workspace]:
    """Workspaces with people, connections, leads, messages, jobs, deliveries, sweeps; secrets hold SECRET."""
    users = [User.objects.create(email=f"person{number}@example.com", name=f"P {number}") for number in range(MANY)]
    spaces = [Workspace.objects.create(name=f"Space {number:02}", owner=users[number]) for number in range(MANY)]
    Membership.objects.bulk_create([Membership(workspace=space, user=owner, role="ADMIN") for space in spaces])
    _connections(spaces)
    leads = _leads(spaces, users)
    _messages(leads)
    _deliveries(spaces, leads)
    _ai(spaces)
    _clockwork()
    return spaces


def connection(space: Workspace, provider: str = Provider.EMAILBISON, **more: object) -> Connection:
    """A connection whose every secret holds SECRET."""
    secrets = {"api_key": f"{SECRET}-key", "webhook_secret": f"{SECRET}-hook"}
    return Connection.objects.create(workspace=space, provider=provider, credentials=secrets, **more)


def _connections(spaces: list[Workspace]) -> None:
    for number, space in enumerate(spaces):
        kind = (Provider.EMAILBISON, Provider.GHL, Provider.SMARTLEAD)[number % 3]
        status = ("ok", "failing", "disconnected", "unchecked")[number % 4]
        connection(space, kind, external_id=f"account-{number}", status=status, last_error="Key refused" * (number % 2))
        IgnoredDeliveries.objects.create(
            workspace=space, provider="instantly", reason="provider_mismatch", count=number + 1, last_at=timezone.now()
        )
        EmailBisonHost.objects.create(host=f"send{number}.agency.example")


def _leads(spaces: list[Workspace], users: list[User]) -> list[Lead]:
    made = []
    for number, space in enumerate(spaces):
        campaign = Campaign.objects.create(workspace=space, provider="emailbison", external_id=number, name="Wave")
        lead = lead_factory.lead(
            space,
            first_name=f"Ann{number}",
            campaign=campaign,
            assignee=users[-1],
            last_message_at=timezone.now() - timedelta(minutes=number),
            preview="Sounds good",
        )
        twin = lead_factory.lead(space, first_name=f"Bob{number}")
        MergeSuggestion.objects.create(workspace=space, lead=lead, other=twin, reason="Same phone")
        Merge.objects.create(workspace=space, survivor=lead, loser=twin, by=users[0], record={"identities": []})
        SuppressionEntry.objects.create(
            workspace=space, family="email", value=f"gone{number}@buyer.example.com", reason="manual", lead=lead
        )
        TimelineEvent.objects.create(workspace=space, lead=lead, kind="tag", text="Sentiment New → Interested")
        Task.objects.create(workspace=space, lead=lead, type="check-send", text="Was it sent?", dedupe_key=str(number))
        made.append(lead)
    return made


def _messages(leads: list[Lead]) -> None:
    for number, lead in enumerate(leads):
        message = message_of(lead, number=number)
        job(message, number=number)


def message_of(lead: Lead, *, number: int = 0, **more: object) -> Message:
    """An outbound message, its delivery by its number."""
    delivery = ("sent", "failed", "unconfirmed", "held", "sending")[number % 5]
    given = {"channel": "email", "direction": "out", "sent_by": "setter", "delivery": delivery, "body": "Hello"} | more
    return Message.objects.create(
        workspace_id=lead.workspace_id, lead=lead, dedupe_key=f"{lead.pk}:{number}", thread={"token": SECRET}, **given
    )


def job(message: Message, *, number: int = 0, **more: object) -> MessageJob:
    """A job of a message, its status by its number."""
    given = {"kind": "DELIVER", "status": STATUSES[number % 5], "dedupe_key": f"job:{message.pk}:{number}"} | more
    given |= _life(str(given["status"]))
    given |= {"workspace_id": message.workspace_id, "lead_id": message.lead_id}
    return MessageJob.objects.create(message=message, **given)


def delivery(space: Workspace, *, number: int = 0, **more: object) -> WebhookEvent:
    """A delivery whose payload holds SECRET where providers put such things, and where they don't."""
    payload = {
        "event": {"type": "LEAD_REPLIED"},
        "secret_key": f"{SECRET}-body",
        "headers": {"Authorization": f"Bearer {SECRET}"},
        "callback": f"https://zrg.example.com/hook?token={SECRET}-url",
        "data": {"note": f"our key is {SECRET}-key, keep it"},
        "text": "Sounds good",
    }
    given = {"provider": "emailbison", "event_type": "LEAD_REPLIED", "status": STATUSES[number % 5], "payload": payload}
    at = timezone.now() - timedelta(seconds=number)
    given |= {"received_at": at, "dedupe_key": f"key:{space.pk}:{number}"} | more
    given = _life(str(given["status"])) | given
    return WebhookEvent.objects.create(workspace=space, max_attempts=8, **given)


def _life(status: str) -> dict[str, object]:
    now = timezone.now()
    if status == Status.FAILED:
        return {"attempts": 8, "finished_at": now, "started_at": now, "last_error": "ValueError: no such campaign"}
    if status == Status.RUNNING:
        return {"attempts": 1, "locked_at": now, "locked_by": "host:1:abcdef12", "started_at": now}
    return {"finished_at": now} if status in {Status.SUCCEEDED, Status.CANCELLED} else {}


def _ai(spaces: list[Workspace]) -> None:
    for number, space in enumerate(spaces):
        persona = Persona.objects.create(workspace=space, name=f"P{number}", is_default=number % 2 == 0)
        Campaign.objects.filter(workspace=space).update(persona=persona)
        asset = KnowledgeAsset.objects.create(
            workspace=space, name=f"Page {number}", kind="url", url="https://www.example.com/", content="We do payroll"
        )
        status = STATUSES[number % 5]
        KnowledgeJob.objects.create(
            workspace=space, asset=asset, dedupe_key=f"k{number}", status=status, **_life(status)
        )
        QualificationQuestion.objects.create(workspace=space, text="How many people?")
        PromptOverride.objects.create(workspace=space, prompt_key="sentiment.classify.v1", version=1, text="Read")
        PromptSnippetOverride.objects.create(workspace=space, snippet_key="voice", version=1, text="You write")
        outcome = ("ok", "timeout", "no_key")[number % 3]
        AIInteraction.objects.create(
            workspace=space, feature="draft", prompt_key="draft.sms.v1", status=outcome, model="gpt-5.1", latency_ms=900
        )
        AiSpend.objects.create(workspace=space, day=timezone.now().date(), feature="draft", calls=3, failures=number)


def _deliveries(spaces: list[Workspace], leads: list[Lead]) -> None:
    for number, (space, lead) in enumerate(zip(spaces, leads, strict=True)):
        delivery(space, number=number, lead_id=lead.pk, connection=space.connections.first())


def _clockwork() -> None:
    for number in range(MANY):
        key = f"background-jobs:{number}:x"
        at = timezone.now() - timedelta(minutes=number)
        DispatchWindow.objects.create(
            function="background-jobs", dispatch_key=key, correlation_id=f"correlation-{number}", requested_by="beat"
        )
        FunctionRun.objects.create(
            function="background-jobs",
            dispatch_key=key,
            correlation_id=f"correlation-{number}",
            status=("SUCCEEDED", "FAILED", "PARTIAL")[number % 3],
            started_at=at,
            finished_at=at + timedelta(seconds=number % 7),
            counters={"stale": {"webhookevent": {"returned": number, "failed": 0}}},
        )
