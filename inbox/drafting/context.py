"""Everything a draft is made of, under a budget (spec 06, "How"): gathered once, given to every step."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils import timezone

from inbox import remembering, transcripts
from inbox.drafting.guards import Allowed
from inbox.drafting.scheduling import NOTHING, Scheduling
from inbox.drafting.signature import SignatureContext, candidate
from inbox.models import Draft, DraftStatus, LeadMemory, Message
from inbox.transcripts import Transcript
from leads.models import ChannelKind, Lead, LeadIdentity, Tag
from zrg.ai import knowledge, personas
from zrg.ai.models import QualificationQuestion
from zrg.ai.personas import Voice

KNOWLEDGE_TOKENS = 2_000
MOST_ASKED = 2
NO_SIGNATURE = SignatureContext()
_URL = re.compile(r"https?://[^\s<>\"')\]]{3,300}")

# How to respond to each tag (spec 06: "follows the response strategy of the tag").
RESPONSES: dict[str, str] = {
    Tag.INTERESTED: "Build on their interest: one concrete benefit for them, then a light next step.",
    Tag.MEETING_REQUESTED: "They want to talk: confirm gladly and move to scheduling; keep it short.",
    Tag.CALL_REQUESTED: "They want a phone call: confirm that somebody will call the number they gave, or ask for one.",
    Tag.INFORMATION_REQUESTED: "Answer their question first and fully from the offer and knowledge; only then, "
    "if at all, suggest a next step.",
    Tag.FOLLOW_UP: "They want to talk later: respect it. If they named a time, confirm that you will write then; "
    "if not, ask once when would suit.",
    Tag.OBJECTION: "Take the objection seriously: acknowledge it, answer it with one fact of the offer or knowledge, "
    "and leave them free to say no.",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the steps of drafting share. `given`: every variable and block a prompt may name."""

    lead: Lead
    channel: str
    trigger: Message | None
    transcript: Transcript
    voice: Voice
    scheduling: Scheduling
    allowed: Allowed
    given: dict[str, str] = field(repr=False, default_factory=dict)
    knowledge_ids: tuple[str, ...] = ()
    last_archetype: str = ""


def gather(
    lead: Lead,
    *,
    channel: str,
    trigger: Message | None,
    transcript: Transcript | None = None,
    scheduling: Scheduling = NOTHING,
    signature: SignatureContext = NO_SIGNATURE,
    instruction: str = "",
) -> Context:
    """Read it all; `lead` comes with workspace and campaign. `signature`: what is known from the trigger's signature,
    `instruction`: what a colleague asks for. About ten queries."""
    transcript = transcript or transcripts.of(lead, last=transcripts.FOR_DRAFTS)
    workspace, settings = lead.workspace, lead.workspace.ai_settings
    company = settings.company_name or workspace.name
    campaign_persona = lead.campaign.persona if lead.campaign else None
    first_name = _addressed(lead)
    voice = personas.voice(workspace, campaign_persona).filled(first_name=first_name, company=company)
    asked = trigger.body if trigger else transcript.text[-2_000:]
    packed = knowledge.pack(workspace, about=asked, tokens=KNOWLEDGE_TOKENS)
    memory = LeadMemory.objects.filter(lead=lead).first()
    questions = _questions(lead)
    offer = _offer(lead)
    last = _last_archetype(lead)
    given = {
        "persona_name": voice.persona_name or company,
        "company": company,
        "tone": voice.tone,
        "goals": voice.goals or "a helpful, honest conversation",
        "greeting": (voice.sms_greeting if channel == ChannelKind.SMS else voice.greeting)
        or _plain_greeting(first_name),
        "signature": voice.signature or voice.persona_name or company,
        "response": _response(lead),
        "last_archetype": last or "none",
        "lead": _facts(lead, memory),
        "memory": remembering.as_text(memory),
        "offer": offer,
        "knowledge": packed.text,
        "questions": "\n".join(questions),
        "scheduling": scheduling.as_text(),
        "signature_candidate": signature.as_text(),
        "instruction": instruction,
        "transcript": transcript.text,
        "last_inbound": trigger.body if trigger else (transcript.last_inbound.body if transcript.last_inbound else ""),
    }
    ours = (
        *(given[name] for name in ("persona_name", "company", "greeting", "signature", "goals", "offer", "knowledge")),
        *questions,
        instruction,
        settings.website_url,
        *scheduling.links,
        *(" ".join(_URL.findall(body)) for body in transcript.ours),
    )
    return Context(
        lead=lead,
        channel=channel,
        trigger=trigger,
        transcript=transcript,
        voice=voice,
        scheduling=scheduling,
        allowed=Allowed(
            ours=tuple(filter(None, ours)),
            offered_times=scheduling.times,
            lead_signature=(*signature.lines, *_signs_as(lead, transcript, channel)),
            lead_contacts=(*_contacts(lead, trigger), *signature.contacts),
            channel=channel,
            our_names=tuple(filter(None, (voice.persona_name, company))),
        ),
        given=given,
        knowledge_ids=tuple(str(asset_id) for asset_id in packed.asset_ids),
        last_archetype=last,
    )


def _response(lead: Lead) -> str:
    """The strategy of the tag. When to write again is asked for at most twice (spec 03, "Deferred")."""
    if lead.tag == Tag.FOLLOW_UP:
        asked = Draft.objects.filter(lead=lead, tag_before=Tag.FOLLOW_UP, status=DraftStatus.APPROVED).count()
        if asked >= MOST_ASKED:
            return "They want to talk later, and were asked twice when: thank them, and don't ask again."
    return RESPONSES.get(lead.tag, "Answer helpfully and briefly.")


def _addressed(lead: Lead) -> str:
    """The first name of who is answering now."""
    if lead.current_replier_email and lead.current_replier_name:
        return lead.current_replier_name.split()[0]
    return lead.first_name


def _plain_greeting(first_name: str) -> str:
    return f"Hi {first_name}," if first_name else "Hi,"


def _questions(lead: Lead) -> list[str]:
    """The workspace's questions; which are answered is known from the booking floor's data, later."""
    return list(
        QualificationQuestion.objects.filter(workspace_id=lead.workspace_id, active=True).values_list("text", flat=True)
    )


def _offer(lead: Lead) -> str:
    settings = lead.workspace.ai_settings
    parts = [
        ("What we offer", settings.service_description),
        ("Who it is for", settings.ideal_customer_profile),
        ("What it achieves", settings.target_result),
        ("Website", settings.website_url),
    ]
    return "\n".join(f"{name}: {text}" for name, text in parts if text)


def _facts(lead: Lead, memory: LeadMemory | None) -> str:
    zone, name = zone_of(lead, memory)
    facts = [
        ("Name", lead.name),
        ("Answering now", lead.current_replier_name if lead.current_replier_email else ""),
        ("Title", lead.title),
        ("Company", lead.company),
        ("Industry", lead.industry),
        ("Company size", lead.headcount),
        ("Region", lead.state),
        ("Time zone", name),
        ("Local time", datetime.now(zone).strftime("%H:%M")),
        ("Campaign", str(lead.campaign) if lead.campaign else ""),
        ("Tag of the last reply", lead.get_tag_display()),
    ]
    return "\n".join(f"{label}: {' '.join(value.split())}" for label, value in facts if value)


def zone_of(lead: Lead, memory: LeadMemory | None = None) -> tuple[tzinfo, str]:
    """The lead's time zone, else the workspace's, else UTC (spec 06), with its name."""
    for name in (lead.timezone, memory.time_zone if memory else "", lead.workspace.timezone):
        try:
            if name:
                return zoneinfo.ZoneInfo(name), name
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            continue
    return timezone.get_default_timezone(), "UTC"


def _last_archetype(lead: Lead) -> str:
    made = Draft.objects.filter(lead=lead).exclude(archetype="").order_by("-created_at")
    return made.values_list("archetype", flat=True).first() or ""


def _signs_as(lead: Lead, transcript: Transcript, channel: str) -> tuple[str, ...]:
    """What a signature of theirs would say, on channels where none is shown as well: what is known of the lead, and
    the closing of their last e-mail."""
    last = next(
        (one for one in reversed(transcript.messages) if one.is_theirs and one.channel == ChannelKind.EMAIL),
        None,
    )
    closing = candidate(last.raw_text, "").splitlines() if last and channel != ChannelKind.EMAIL else []
    facts = (lead.name, lead.current_replier_name, lead.title, lead.company)
    return tuple(dict.fromkeys(line.strip() for line in (*facts, *closing) if line.strip() not in {"", "Links:"}))


def _contacts(lead: Lead, trigger: Message | None) -> tuple[str, ...]:
    known = LeadIdentity.objects.filter(lead=lead, kind__in=["email", "phone", "linkedin_url"])
    links = _URL.findall(trigger.raw_text or trigger.body) if trigger else []
    return tuple(dict.fromkeys([*known.values_list("value", flat=True), *links[:50]]))
