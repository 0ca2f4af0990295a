"""What a reviewer reads in Slack, before and after the decision (spec 06). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from inbox.models import Delivery, Draft, DraftStatus, Message
from integrations.chat import APPROVE, DASHBOARD
from integrations.chat_blocks import (
    MOST_BLOCKS,
    TEXT_CHARS,
    Block,
    actions,
    button,
    context,
    cut,
    escape,
    fields,
    link,
    quoted,
    section,
    sections,
)

INBOUND_SECTIONS = 3
DRAFT_SECTIONS = 8
REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to decide. Texts are raw; `inbound` and `text` are empty where Slack must not show them."""

    draft_id: str
    lead: str
    company: str
    workspace: str
    campaign: str
    channel: str
    tag: str
    confidence: float | None
    threshold: float | None
    reason: str
    inbound: str
    text: str
    shows_text: bool
    page: str  # the dashboard with this draft loaded
    value: str  # of the button, signed
    version: int


@dataclass(frozen=True, slots=True)
class Written:
    """A message for Slack; `says` tells in words what it shows, so that nothing is updated without a change."""

    text: str
    blocks: list[Block]
    says: str


def write(case: Case, *, decided: str = "", note: str = "") -> Written:
    """The message while the draft waits; with `decided`, what became of it and no buttons. `note`: a last line for this
    reader, such as why their click did nothing."""
    title = decided or f"A draft for {case.lead} waits for you"
    blocks = [
        section(f"*{escape(title)}*"),
        fields(_facts(case)),
        *_why(case),
        *_texts(case),
        *([context(f":information_source: {escape(note)}")] if note else []),
        context(link(case.page, "Open in the dashboard")) if decided else _buttons(case),
    ]
    text = cut(escape(f"{title} ({case.workspace})"), TEXT_CHARS)
    says = f"{decided or f'Waits, version {case.version}'} {note}".strip()
    return Written(text, blocks[:MOST_BLOCKS], cut(says, 300))


def only(words: str) -> list[Block]:
    """A message of nothing but one sentence, instead of buttons."""
    return [section(escape(words))]


def _facts(case: Case) -> dict[str, str]:
    return {
        "Lead": f"{case.lead}, {case.company}" if case.company else case.lead,
        "Workspace": case.workspace,
        "Campaign": case.campaign,
        "Channel": case.channel,
        "Tag": case.tag,
        "Confidence": _confidence(case),
    }


def _confidence(case: Case) -> str:
    if case.confidence is None:
        return "not rated"
    needed = f", {case.threshold:.2f} needed" if case.threshold is not None else ""
    return f"{case.confidence:.2f}{needed}"


def _why(case: Case) -> list[Block]:
    return [section(f"*Why you are asked:* {escape(cut(case.reason, REASON_CHARS))}")] if case.reason else []


def _texts(case: Case) -> list[Block]:
    if not case.shows_text:
        return [context("This workspace does not show messages in Slack. Read the draft in the dashboard.")]
    said = [section("*The lead wrote*"), *sections(quoted(case.inbound), most=INBOUND_SECTIONS)] if case.inbound else []
    return [*said, section("*The draft*"), *sections(quoted(case.text), most=DRAFT_SECTIONS)]


def _buttons(case: Case) -> Block:
    return actions(
        f"review_actions_{case.draft_id}",
        button("Approve & Send", action_id=APPROVE, value=case.value, style="primary"),
        button("Edit in dashboard", action_id=DASHBOARD, url=case.page),
    )


# ── What became of it ──────────────────────────────────────────────────────────
def what_became(draft: Draft, send: Message | None, zone: ZoneInfo) -> str:
    """One line on how a draft ended; empty while it is pending. Times in the workspace's zone."""
    if draft.status == DraftStatus.PENDING:
        return ""
    if draft.status == DraftStatus.APPROVED:
        return f"{_approved(draft)} {_sent(send, zone)}".strip()
    who = f" by {draft.decided_by.get_full_name()}" if draft.decided_by else ""
    why = f" {draft.decision_note}" if draft.decision_note else ""
    return f"{draft.get_status_display()}{who}: nothing is sent.{why}"


def _approved(draft: Draft) -> str:
    if draft.decided_via == "auto":
        return "Sent by ZRG itself."
    by = draft.decided_by.get_full_name() if draft.decided_by else "somebody"
    where = " in Slack" if draft.decided_via == "slack" else " in the dashboard" if draft.decided_via == "page" else ""
    return f"Approved by {by}{where}."


def _sent(send: Message | None, zone: ZoneInfo) -> str:
    if send is None:
        return ""
    if send.delivery == Delivery.SENT:
        return f"Sent {_clock(send.sent_at, zone)}."
    if send.delivery == Delivery.FAILED:
        return f"It was not sent: {send.error or 'the provider refused it.'} The text is kept in the dashboard."
    if send.delivery == Delivery.UNCONFIRMED:
        return "It left, but is not confirmed: it is looked up and not sent a second time."
    if send.delivery == Delivery.HELD:
        return send.error or "It is held and tried again."
    return "It is being sent."


def _clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%b} {local.day}, {local:%H:%M %Z}"
