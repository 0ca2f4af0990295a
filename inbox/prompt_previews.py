"""What a prompt is given for a real lead, for the preview of the settings (spec 05). Reads only."""

from __future__ import annotations

import json
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from inbox import remembering, transcripts
from inbox.drafting import context as drafting
from inbox.drafting.signature import candidate
from inbox.models import Draft, LeadMemory, Message
from inbox.prompts import SCHEMAS, drafts, signature
from leads.models import Lead
from zrg.ai.previewing import FoundLead, Inputs
from zrg.workspaces.models import User, Workspace

AT_MOST = 8
SHORTEST = 2
_NONE_YET = "(made by an earlier step; this lead has no draft to take it from)"

_CHANNELS = {drafts.SMS: "sms", drafts.LINKEDIN: "linkedin"}


class PreviewLeads:
    """Answers zrg/ai/previewing.py."""

    def find(self, user: User, workspace: Workspace, words: str) -> list[FoundLead]:
        """A few leads this person may see, by name, company or e-mail; without words those who wrote last."""
        seen = Lead.objects.for_user(user).for_workspace(workspace).live().exclude(last_message_at=None)
        words = words.replace("\0", "").strip()
        if len(words) >= SHORTEST:
            for word in words.split()[:4]:
                seen = seen.filter(
                    Q(first_name__icontains=word)
                    | Q(last_name__icontains=word)
                    | Q(company__icontains=word)
                    | Q(email__icontains=word)
                )
        return [
            FoundLead(lead.pk, lead.name, ", ".join(filter(None, [lead.company, lead.get_tag_display()])))
            for lead in seen.order_by("-last_message_at")[:AT_MOST]
        ]

    def inputs(self, user: User, workspace: Workspace, lead_id: UUID, prompt_key: str) -> Inputs | None:
        """Everything a prompt of this app may name, from the lead's conversation as it is now."""
        schema = SCHEMAS.get(prompt_key)
        seen = Lead.objects.for_user(user).for_workspace(workspace).live()
        lead = seen.select_related("campaign__persona").filter(pk=lead_id).first()
        if schema is None or lead is None:
            return None
        lead.workspace = workspace
        return Inputs(variables=_variables(lead, prompt_key), schema=schema)


def _variables(lead: Lead, prompt_key: str) -> dict[str, str]:
    transcript = transcripts.of(lead, last=transcripts.FOR_DRAFTS)
    trigger = transcript.last_inbound
    gathered = drafting.gather(
        lead, channel=_CHANNELS.get(prompt_key, "email"), trigger=trigger, transcript=transcript
    ).given
    draft = Draft.objects.filter(lead=lead).order_by("-created_at").first()
    kept = LeadMemory.objects.filter(lead=lead).first()
    return (
        gathered
        | {
            "today": timezone.now().astimezone(lead.workspace.tzinfo).strftime("%A, %Y-%m-%d"),
            "memory": remembering.as_text(kept),
            "draft": draft.content if draft else _NONE_YET,
            "strategy": json.dumps(draft.strategy, ensure_ascii=False) if draft and draft.strategy else _NONE_YET,
            "checks": "",
        }
        | _signature(prompt_key, trigger)
    )


def _signature(prompt_key: str, trigger: Message | None) -> dict[str, str]:
    """The part of the last e-mail in which a signature is looked for."""
    if prompt_key != signature.CONTEXT or trigger is None:
        return {}
    return {"signature_candidate": candidate(trigger.raw_text or trigger.body, trigger.raw_html)}
