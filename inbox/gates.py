"""What stops what (spec 06): one table of switches and actions, and the one function that answers from it.

Everybody who acts on a lead, person or machine, asks here with the switches that are on; the answer carries its reason.
Which switches are on: inbox/switches.py, and what upper floors add (follow-ups paused, a claim held …). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What somebody is about to do."""

    HUMAN_SEND = "human_send"
    APPROVED_DRAFT = "approved_draft"
    AUTO_SEND = "auto_send"
    DELAYED_SEND = "delayed_send"
    SEQUENCE_STEP = "sequence_step"
    AUTO_BOOKING = "auto_booking"
    QUALIFICATION_CANCEL = "qualification_cancel"
    LEAD_NOTICE = "lead_notice"
    STAFF_NOTIFICATION = "staff_notification"


class Switch(StrEnum):
    """What may stand in the way."""

    AUTO_SEND_DISABLED = "auto_send_disabled"
    FOLLOWUPS_DRY_RUN = "followups_dry_run"
    FOLLOWUPS_PAUSED = "followups_paused"
    WORKSPACE_ARCHIVED = "workspace_archived"
    SNOOZED = "snoozed"
    AUTO_REPLY_OFF = "auto_reply_off"
    AUTO_FOLLOW_UP_OFF = "auto_follow_up_off"
    AUTO_BOOK_OFF = "auto_book_off"
    AI_BUDGET = "ai_budget"
    CLAIM_HELD = "claim_held"
    OUTSIDE_HOURS = "outside_hours"
    OUTSIDE_SEND_SCHEDULE = "outside_send_schedule"
    BLACKLISTED = "blacklisted"
    SUPPRESSED = "suppressed"
    NO_CONNECTION = "no_connection"
    CONNECTION_FAILING = "connection_failing"
    SETTER_MANAGED = "setter_managed"


class Verdict(StrEnum):
    """In order of strictness: the strictest of all switches holds."""

    GOES = "goes"
    WAITS = "waits"
    SKIPPED = "skipped"
    REFUSED = "refused"


_STRICTNESS = {verdict: place for place, verdict in enumerate(Verdict)}
_G, _W, _S, _R = Verdict.GOES, Verdict.WAITS, Verdict.SKIPPED, Verdict.REFUSED

# The columns are those of the spec: human send, approved draft, auto-send, delayed send, sequence step, auto-booking,
# qualification cancel, notices to the lead, notifications to staff.
_STOPPED = (_R, _R, _S, _S, _S, _S, _G, _S, _G)
_ACCOUNT = (_R, _R, _S, _S, _W, _S, _W, _W, _W)
TABLE: dict[Switch, tuple[Verdict, ...]] = {
    Switch.AUTO_SEND_DISABLED: (_G, _G, _S, _S, _G, _G, _G, _G, _G),
    Switch.FOLLOWUPS_DRY_RUN: (_G, _G, _G, _G, _W, _G, _G, _G, _G),
    Switch.FOLLOWUPS_PAUSED: (_G, _G, _G, _G, _W, _G, _G, _G, _G),
    Switch.WORKSPACE_ARCHIVED: (_R, _R, _S, _S, _W, _S, _S, _S, _S),
    Switch.SNOOZED: (_G, _G, _S, _S, _W, _G, _G, _G, _G),
    Switch.AUTO_REPLY_OFF: (_G, _G, _S, _S, _G, _G, _G, _G, _G),
    Switch.AUTO_FOLLOW_UP_OFF: (_G, _G, _G, _G, _W, _G, _G, _G, _G),
    Switch.AUTO_BOOK_OFF: (_G, _G, _G, _G, _G, _S, _G, _G, _G),
    Switch.AI_BUDGET: (_G, _G, _S, _S, _G, _S, _S, _G, _G),
    Switch.CLAIM_HELD: (_G, _G, _W, _W, _W, _W, _W, _G, _G),
    Switch.OUTSIDE_HOURS: (_G, _G, _G, _G, _W, _G, _G, _G, _G),
    Switch.OUTSIDE_SEND_SCHEDULE: (_G, _G, _W, _W, _G, _G, _G, _G, _G),
    Switch.BLACKLISTED: _STOPPED,
    Switch.SUPPRESSED: _STOPPED,
    Switch.NO_CONNECTION: _ACCOUNT,
    Switch.CONNECTION_FAILING: _ACCOUNT,
    Switch.SETTER_MANAGED: (_G, _G, _S, _S, _G, _G, _G, _G, _G),
}
# Within one verdict: which reason is told first.
_TOLD_FIRST = (
    Switch.WORKSPACE_ARCHIVED,
    Switch.BLACKLISTED,
    Switch.SUPPRESSED,
    Switch.NO_CONNECTION,
    Switch.CONNECTION_FAILING,
)
# What lifts none of these is a person's decision about the lead itself: a refused draft is rejected, not kept.
FINAL = frozenset({Switch.BLACKLISTED, Switch.SUPPRESSED})


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds, because of which switch, in words for a person; no switch: it goes."""

    verdict: Verdict
    switch: Switch | None = None
    reason: str = ""

    @property
    def goes(self) -> bool:
        return self.verdict == Verdict.GOES


def answer(action: Action, switches: Mapping[Switch, str]) -> Answer:
    """The strictest answer to an action while `switches` are on (each with its reason)."""
    column = list(Action).index(action)
    order = [*_TOLD_FIRST, *(switch for switch in Switch if switch not in _TOLD_FIRST)]
    found = [
        (-_STRICTNESS[TABLE[switch][column]], order.index(switch), switch)
        for switch in switches
        if TABLE[switch][column] != Verdict.GOES
    ]
    if not found:
        return Answer(Verdict.GOES)
    switch = min(found)[2]
    return Answer(TABLE[switch][column], switch, switches[switch])
