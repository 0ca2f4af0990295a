"""Two agencies in one database, each with a row of everything, every text of the foreign one recognisable at sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from followups.models import Task
from inbox.models import Draft, Message, MessageJob
from integrations.models import Connection, EmailBisonHost, IgnoredDeliveries, WebhookEvent
from leads import merging, timeline
from leads.models import AssignmentEvent, Campaign, Lead, MergeSuggestion, SoftBounce, SuppressionEntry
from tests.architecture.site_map import Unknown
from tests.factories import leads
from tests.factories.conversations import message
from zrg.ai.models import (
    AIInteraction,
    AiSettings,
    AiSpend,
    KnowledgeAsset,
    KnowledgeJob,
    Persona,
    PromptOverride,
    PromptSnippetOverride,
    QualificationQuestion,
)
from zrg.jobs.models import DispatchWindow, FunctionRun
from zrg.workspaces.models import User, Workspace

PROMPT, SNIPPET = "sentiment.classify.v1", "voice"

_KEEP_AS_THEY_ARE = {"timezone", "phone_region", "webhook_token", "correlation_id", "credentials", "locked_by"}
"""Fields that a page reads as something else than text, or never shows."""


@dataclass
class Tenant:
    """A workspace with a row of every model that belongs to one."""

    workspace: Workspace
    lead: Lead
    message: Message
    rows: dict[type[Model], Model] = field(default_factory=dict)

    def row_of(self, model: type[Model]) -> Model:
        """Its row of this model, or any where the model belongs to nobody. Raises Unknown."""
        found = self.rows.get(model) or model._base_manager.first()
        if found is None:
            raise Unknown(
                f"{model._meta.label}: the tenants have no row of it. Make one in tests/architecture/tenants.py."
            )
        return found


def furnish(workspace: Workspace, *, by: User, number: int) -> Tenant:
    """A row of everything, in this workspace."""
    campaign = Campaign.objects.create(
        workspace=workspace, provider="emailbison", external_id=f"12-{number}", name="Q1"
    )
    lead = leads.lead(workspace, campaign=campaign, phone=f"+1212555{number:04}", assignee=by, company="Buyer")
    written = message(lead, "Sounds good", raw_html="<p>Sounds good</p>", raw_text="Sounds good", campaign=campaign)
    tenant = Tenant(workspace, lead, written)
    for row in [
        campaign,
        lead,
        written,
        *_conversation(workspace, lead, written, by),
        *_plumbing(workspace, written, number),
        *_ai(workspace, lead),
    ]:
        tenant.rows[type(row)] = row
    tenant.rows |= {User: by, Workspace: workspace, **{type(row): row for row in _account(by)}}
    return tenant


def values_of(tenant: Tenant) -> dict[str, Any]:
    """What belongs into the holes of addresses that are about this tenant."""
    connection = Connection.objects.filter(workspace=tenant.workspace).first()
    return {
        "workspace_id": tenant.workspace.pk,
        "persona_id": tenant.rows[Persona].pk,
        "asset_id": tenant.rows[KnowledgeAsset].pk,
        "provider": "ghl",
        "campaign_id": tenant.rows[Campaign].pk,
        "prompt_key": PROMPT,
        "snippet_key": SNIPPET,
        "version": 1,
        "lead_id": tenant.lead.pk,
        "message_id": tenant.message.pk,
        "draft_id": tenant.rows[Draft].pk,
        "suggestion_id": tenant.rows[MergeSuggestion].pk,
        "merge_id": tenant.rows[merging.Merge].pk,
        "pk": tenant.rows[Authenticator].pk,
        "token": connection.webhook_token if connection else "",
        "correlation_id": "c0ffee00",
        "name": "background-jobs",
        "key": "no-such-key",
        "uidb36": "1",
        "content_type_id": ContentType.objects.get_for_model(Lead).pk,
        "object_id": tenant.lead.pk,
        "app_label": "leads",
        "url": "nowhere",
    }


def _conversation(workspace: Workspace, lead: Lead, written: Message, by: User) -> Iterator[Model]:
    other, third, fourth = (leads.lead(workspace, first_name=name) for name in ("Ben", "Cara", "Dora"))
    message(
        lead,
        "Not sent",
        inbound=False,
        at=leads.ago(hours=1),
        delivery="failed",
        error="It was refused.",
        sent_by_user=by,
    )
    timeline.record(lead, kind="note", text="Something happened", why="A reason", did="A deed", setting="A setting")
    MergeSuggestion.objects.create(workspace=workspace, lead=lead, other=other, reason="Both are known by a name")
    yield MergeSuggestion.objects.get(workspace=workspace)
    yield merging.merge(survivor=third, loser=fourth, by=by)
    yield SuppressionEntry.objects.create(
        workspace=workspace, family="email", value=other.email, reason="manual", lead=other
    )
    yield SoftBounce.objects.create(workspace=workspace, address=lead.email, dedupe_key="1")
    yield Task.objects.create(workspace=workspace, lead=lead, type="check", text="Call her", suggested_message="Hello")
    yield AssignmentEvent.objects.create(workspace=workspace, lead=lead, to=by, source="manual")
    yield Draft.objects.create(
        workspace=workspace, lead=lead, trigger_message=written, channel="email", content="A draft",
        original_content="A draft", dedupe_key=f"inbound:{written.pk}:email",
        expires_at=timezone.now() + timedelta(days=14),
    )  # fmt: skip
    yield MessageJob.objects.create(
        workspace=workspace, lead=lead, message=written, kind="DELIVER", dedupe_key=f"{written.pk}", status="FAILED"
    )


def _plumbing(workspace: Workspace, written: Message, number: int) -> Iterator[Model]:
    for provider in ("ghl", "emailbison"):
        connection = Connection.objects.create(
            workspace=workspace, provider=provider, external_id=f"{provider}{number}", status="ok"
        )
    yield connection
    yield WebhookEvent.objects.create(
        workspace=workspace, connection=connection, provider="emailbison", event_type="LEAD_REPLIED", payload={"a": 1},
        received_at=timezone.now(), dedupe_key=f"event {number}", status="FAILED", lead_id=written.lead_id,
    )  # fmt: skip
    yield IgnoredDeliveries.objects.create(
        workspace=workspace, provider="smartlead", reason="provider_mismatch", count=1, last_at=timezone.now()
    )


def _ai(workspace: Workspace, lead: Lead) -> Iterator[Model]:
    yield Persona.objects.create(workspace=workspace, name="Nora", persona_name="Nora", is_default=True)
    asset = KnowledgeAsset.objects.create(
        workspace=workspace, name="Prices", kind="url", url="https://www.example.com/", content="40 dollars"
    )
    yield asset
    yield KnowledgeJob.objects.create(workspace=workspace, asset=asset, dedupe_key=f"fetch:{asset.pk}", status="FAILED")
    yield QualificationQuestion.objects.create(workspace=workspace, text="How many people?")
    yield PromptOverride.objects.create(workspace=workspace, prompt_key=PROMPT, version=1, text="Read this.")
    yield PromptSnippetOverride.objects.create(workspace=workspace, snippet_key=SNIPPET, version=1, text="You write.")
    yield AIInteraction.objects.create(
        workspace=workspace, lead_id=lead.pk, feature="draft", prompt_key="draft.sms.v1", status="ok"
    )
    yield AiSpend.objects.create(workspace=workspace, day=timezone.now().date(), feature="draft", calls=1)


def tell_secrets(workspace: Workspace) -> list[str]:
    """Put a word of its own into every text that people of the client must not read; the words."""
    words = {name: f"zzsecret{name}zz" for name in ("greeting", "signature", "goals", "tone", "persona_name")}
    Persona.objects.filter(workspace=workspace).update(**words, name="zzsecretpersonazz")
    AiSettings.objects.filter(workspace=workspace).update(**words)
    PromptOverride.objects.filter(workspace=workspace).update(text="zzsecrettextzz", note="zzsecretnotezz")
    PromptSnippetOverride.objects.filter(workspace=workspace).update(text="zzsecrettextzz")
    team = list(User.objects.filter(memberships__workspace=workspace).exclude(memberships__role="PORTAL"))
    return ["zzsecret", *(person.email for person in [*team, workspace.owner])]


def _account(user: User) -> Iterator[Model]:
    yield EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    yield Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "00", "used_mask": 0})
    yield UserSession.objects.create(user=user, session_key=f"session{user.pk.hex}", ip="127.0.0.1", user_agent="x")


def house_keeping() -> None:
    """Rows of what belongs to no tenant."""
    EmailBisonHost.objects.create(host="send.agency.example.com")
    Group.objects.get_or_create(name="A group")
    interval, _ = IntervalSchedule.objects.get_or_create(every=7, period="minutes")
    CrontabSchedule.objects.get_or_create(minute="7")
    PeriodicTask.objects.get_or_create(name="ours", defaults={"task": "zrg.jobs.run_sweep", "interval": interval})
    window = DispatchWindow.objects.create(
        function="background-jobs", dispatch_key="k", correlation_id="c0ffee00", requested_by="schedule"
    )
    FunctionRun.objects.create(function="background-jobs", dispatch_key="k", correlation_id=window.correlation_id)
    ContentType.objects.get_for_model(Lead)


# ── Texts one recognises ───────────────────────────────────────────────────────
def mark(workspace: Workspace, owner: User, word: str) -> list[str]:
    """Put the word into every text of a workspace's rows, and of its owner; which columns got it, as model.field."""
    marked = []
    for model in apps.get_models():
        if any(item.name == "workspace" for item in model._meta.concrete_fields) and not model._meta.proxy:
            marked += _mark(model, model._base_manager.filter(workspace=workspace), word)
    marked += _mark(Workspace, Workspace.objects.filter(pk=workspace.pk), word)
    User.objects.filter(pk=owner.pk).update(name=word, email=f"{word}@elsewhere.example.com")
    return marked


def _mark(model: type[Model], rows: Any, word: str) -> list[str]:
    texts = [item for item in model._meta.concrete_fields if _is_text(item, len(word) + 6)]
    addresses = [item for item in model._meta.concrete_fields if item.name in {"to", "cc"} and not item.is_relation]
    for index, row in enumerate(rows.order_by("pk")):
        values: dict[str, Any] = {item.attname: f"{word}{index or ''}" for item in texts}
        values |= {item.attname: [{"email": f"{word}@elsewhere.example.com", "name": word}] for item in addresses}
        if values:
            model._base_manager.filter(pk=row.pk).update(**values)
    return [f"{model._meta.label}.{item.name}" for item in texts]


def _is_text(item: Any, least: int) -> bool:
    if not isinstance(item, models.CharField | models.TextField) or item.choices or item.generated:
        return False
    return item.name not in _KEEP_AS_THEY_ARE and (item.max_length is None or item.max_length >= least)
