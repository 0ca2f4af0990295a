"""What is remembered of a lead (spec 05, "Lead memory"): written after replies, edited by people, given to drafts."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.db import transaction
from django.utils import timezone

from inbox.models import LeadMemory, Message
from inbox.prompts.memory import UPDATE, Remembered
from inbox.transcripts import Transcript
from leads.models import Lead
from zrg.ai.running import run_structured
from zrg.workspaces.models import User

LISTS = ("objections", "constraints", "promises", "offered_slots", "facts")
LABELS = {
    "objections": "Objections",
    "constraints": "Constraints",
    "promises": "Promises",
    "offered_slots": "Offered times",
    "facts": "Good to know",
}
MOST_ENTRIES, MOST_CHARS = 8, 200


def update(message: Message, *, transcript: Transcript) -> LeadMemory | None:
    """Take a reply into the memory, best effort: without a model it stays as it is. None if there is none yet.

    What a person edited after the reply came stays."""
    memory = LeadMemory.objects.filter(lead_id=message.lead_id).first()
    if memory and memory.up_to and memory.up_to >= message.sent_at:
        return memory
    workspace = message.lead.workspace
    result = run_structured(
        UPDATE,
        workspace=workspace,
        lead_id=message.lead_id,
        variables={
            "company": workspace.ai_settings.company_name or workspace.name,
            "today": timezone.now().astimezone(workspace.tzinfo).strftime("%A, %Y-%m-%d"),
            "memory": as_text(memory),
            "transcript": transcript.text,
            "last_inbound": message.body,
        },
        schema=Remembered,
        retries=False,
        source="reply",
    )
    return _keep(message, result.value) if result.value else memory


@transaction.atomic
def _keep(message: Message, said: Remembered) -> LeadMemory:
    Lead.objects.select_for_update(of=("self",)).get(pk=message.lead_id)
    found = LeadMemory.objects.filter(lead_id=message.lead_id).first()
    memory = found or LeadMemory(lead_id=message.lead_id, workspace_id=message.workspace_id)
    if (memory.up_to and memory.up_to >= message.sent_at) or (
        memory.edited_at and memory.edited_at > message.created_at
    ):
        return memory
    for name in LISTS:
        setattr(memory, name, _tidied(getattr(said, name)))
    memory.time_zone = _zone(said.time_zone) or memory.time_zone
    memory.up_to = message.sent_at
    memory.save(force_insert=found is None)
    return memory


@transaction.atomic
def edit(lead: Lead, *, by: User, given: dict[str, list[str]], time_zone: str = "") -> LeadMemory:
    """A person writes the memory. Raises ValueError for a time zone that is none."""
    if time_zone and not _zone(time_zone):
        raise ValueError(f"“{time_zone}” is no time zone. Write it as in Europe/Berlin.")
    Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    memory, _ = LeadMemory.objects.get_or_create(lead_id=lead.pk, defaults={"workspace_id": lead.workspace_id})
    for name in LISTS:
        if name in given:
            setattr(memory, name, _tidied(given[name]))
    memory.time_zone, memory.edited_at, memory.edited_by = time_zone, timezone.now(), by
    memory.save()
    return memory


def as_text(memory: LeadMemory | None) -> str:
    """For a model; empty where nothing is remembered."""
    if memory is None:
        return ""
    lines = [f"{LABELS[name]}: {'; '.join(getattr(memory, name))}" for name in LISTS if getattr(memory, name)]
    return "\n".join([*lines, *([f"Time zone: {memory.time_zone}"] if memory.time_zone else [])])


def _tidied(entries: list[Any]) -> list[str]:
    lines = (" ".join(str(entry).split())[:MOST_CHARS] for entry in entries)
    return list(dict.fromkeys(line for line in lines if line))[:MOST_ENTRIES]


def _zone(name: str | None) -> str:
    return name if name in zoneinfo.available_timezones() else ""
