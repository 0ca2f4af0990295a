"""The rules of auto-send and the table "What stops what", as spec 06 has them: transcribed here, asked there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inbox import gates
from inbox.autosend import Facts, Mode, after_evaluation, before_any_model, delay_of, mode_of
from inbox.gates import Action, Answer, Switch, Verdict
from inbox.prompts.autosend import Evaluation
from leads.models import Campaign
from zrg.lib.weekly import is_open, next_open

# The table of spec 06, line by line; a cell's first word is what counts.
SPEC = """
| switch | human_send | approved_draft | auto_send | delayed_send | sequence_step | auto_booking | qualification_cancel | lead_notice | staff_notification |
| auto_send_disabled | goes | goes | skipped | skipped | goes | goes | goes | goes | goes |
| followups_dry_run | goes | goes | goes | goes | waits (logged) | goes | goes | goes | goes |
| followups_paused | goes | goes | goes | goes | waits | goes | goes | goes | goes |
| workspace_archived | refused | refused | skipped | skipped | waits | skipped | skipped | skipped | skipped |
| snoozed | goes | goes | skipped | skipped | waits | goes | goes | goes | goes |
| auto_reply_off | goes | goes | skipped | skipped | goes | goes | goes | goes | goes |
| auto_follow_up_off | goes | goes | goes | goes | waits | goes | goes | goes | goes |
| auto_book_off | goes | goes | goes | goes | goes | skipped | goes | goes | goes |
| ai_budget | goes | goes | skipped | skipped | goes | skipped | skipped (fails open) | goes | goes |
| claim_held | goes, others are warned | goes, others are warned | waits | waits | waits | waits | waits | goes | goes |
| outside_hours | goes, warned | goes, warned | goes | goes | waits | goes | goes | goes | goes |
| outside_send_schedule | goes, warned | goes, warned | waits if auto_send_schedule says so | waits, the same | goes | goes | goes | goes | goes |
| blacklisted | refused | refused | skipped | skipped | skipped, instance cancelled | skipped | goes | skipped | goes |
| suppressed | refused | refused | skipped | skipped | skipped, instance cancelled | skipped | goes | skipped | goes |
| no_connection | refused | refused | skipped | skipped | waits | skipped | waits | waits | waits |
| connection_failing | refused | refused | skipped | skipped | waits | skipped | waits | waits | waits, other destinations go |
| setter_managed | goes | goes | skipped | skipped | goes | goes | goes | goes | goes |
"""  # noqa: E501
STRICTER = ("goes", "waits", "skipped", "refused")


def _cells() -> dict[tuple[str, str], str]:
    head, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in SPEC.strip().splitlines())
    return {
        (row[0], action): cell.split()[0].strip(",")
        for row in rows
        for action, cell in zip(head[1:], row[1:], strict=True)
    }


CELLS = _cells()


# ── What stops what ────────────────────────────────────────────────────────────
def test_the_table_has_a_cell_for_every_switch_and_action() -> None:
    assert set(CELLS) == set(itertools.product(Switch, Action))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("switch", Switch)
def test_a_switch_answers_as_the_table_says_with_its_reason(switch: Switch, action: Action) -> None:
    wanted = CELLS[switch, action]
    answer = gates.answer(action, {switch: "for a reason"})
    if wanted == "goes":
        assert answer == Answer(Verdict.GOES)
        assert answer.goes
    else:
        assert answer == Answer(Verdict(wanted), switch, "for a reason")
        assert not answer.goes


@pytest.mark.parametrize("action", Action)
def test_of_two_switches_the_strictest_holds_with_its_own_reason(action: Action) -> None:
    for one, other in itertools.permutations(Switch, 2):
        answer = gates.answer(action, {one: f"of {one}", other: f"of {other}"})
        strictest = max(CELLS[one, action], CELLS[other, action], key=STRICTER.index)
        assert answer.verdict == strictest, (one, other)
        if strictest != "goes":
            assert answer.switch is not None
            assert CELLS[answer.switch, action] == strictest
            assert answer.reason == f"of {answer.switch}"


@given(some.sets(some.sampled_from(list(Switch))), some.sampled_from(list(Action)), some.randoms())
def test_any_number_of_switches_in_any_order_answer_alike(on: set[Switch], action: Action, chance: Any) -> None:
    order = sorted(on)
    chance.shuffle(order)
    answer = gates.answer(action, {switch: f"of {switch}" for switch in order})
    assert answer.verdict == max((CELLS[one, action] for one in on), key=STRICTER.index, default="goes")
    assert answer == gates.answer(action, {switch: f"of {switch}" for switch in sorted(on)})


def test_only_what_a_person_decided_about_the_lead_rejects_a_draft_for_good() -> None:
    assert {Switch.BLACKLISTED, Switch.SUPPRESSED} == gates.FINAL


# ── Mode ───────────────────────────────────────────────────────────────────────
MODES = [  # AUTO_SEND_DISABLED, the campaign's response mode, auto-reply of the lead → mode
    (True, None, False, Mode.OFF),
    (True, None, True, Mode.OFF),
    (True, "AI_AUTO_SEND", True, Mode.OFF),
    (True, "SETTER_MANAGED", True, Mode.OFF),
    (False, "AI_AUTO_SEND", False, Mode.MODERN),
    (False, "AI_AUTO_SEND", True, Mode.MODERN),
    (False, "SETTER_MANAGED", False, Mode.DRAFT_ONLY),
    (False, "SETTER_MANAGED", True, Mode.DRAFT_ONLY),  # never falls back to the legacy gate
    (False, None, True, Mode.LEGACY),
    (False, None, False, Mode.DRAFT_ONLY),
]


@pytest.mark.parametrize(("disabled", "response_mode", "auto_reply", "mode"), MODES)
def test_who_sends_for_a_lead(disabled: bool, response_mode: str | None, auto_reply: bool, mode: Mode) -> None:
    campaign = Campaign(name="Spring", response_mode=response_mode) if response_mode else None
    lead: Any = SimpleNamespace(campaign=campaign, auto_reply=auto_reply)
    found, setting = mode_of(lead, disabled=disabled)
    assert found == mode
    if disabled:
        assert setting == "AUTO_SEND_DISABLED"
    else:
        assert ("Spring" if campaign else "auto-reply") in setting


# ── Hard stops ─────────────────────────────────────────────────────────────────
CLEAR = Facts(
    mode=Mode.MODERN,
    setting="Campaign “Spring”: AI sends by itself",
    tag="interested",
    automated="",
    body="Tell me more, please.",
    verified=True,
    is_uncertain=False,
    has_phone=True,
    has_key=True,
    gate=Answer(Verdict.GOES),
)
STOPS: dict[str, tuple[dict[str, Any], str]] = {
    "auto-send is off": ({"mode": Mode.OFF}, "skip"),
    "a person sends": ({"mode": Mode.DRAFT_ONLY}, "draft_only"),
    "an opt-out in the inbound": ({"automated": "opt_out"}, "skip"),
    "a bounce": ({"automated": "bounce"}, "skip"),
    "out of office": ({"automated": "out_of_office"}, "skip"),
    "an automatic reply": ({"automated": "automated"}, "skip"),
    "the tag Blacklist": ({"tag": "blacklist"}, "skip"),
    "the tag Automated reply": ({"tag": "automated_reply"}, "skip"),
    "an objection": ({"tag": "objection"}, "needs_review"),
    "an uncertain tag": ({"is_uncertain": True}, "needs_review"),
    "thanks, of the legacy gate": ({"mode": Mode.LEGACY, "body": "Thanks!"}, "skip"),
    "no key": ({"has_key": False}, "skip"),
    "verification failed": ({"verified": False}, "needs_review"),
    "a call, and no number": ({"tag": "call_requested", "has_phone": False}, "needs_review"),
    "skipped by the table": ({"gate": Answer(Verdict.SKIPPED, Switch.SNOOZED, "The lead is snoozed.")}, "skip"),
    "refused by the table": ({"gate": Answer(Verdict.REFUSED, Switch.SUPPRESSED, "On the list.")}, "skip"),
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_hard_stop_asks_no_model_and_says_why(stop: str) -> None:
    changes, action = STOPS[stop]
    decision = before_any_model(replace(CLEAR, **changes))
    assert decision is not None
    assert decision.action == action
    assert decision.reason
    assert decision.setting
    assert (decision.confidence, decision.threshold, decision.send_at) == (None, None, None)


@pytest.mark.parametrize("mode", [Mode.MODERN, Mode.LEGACY])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gate": Answer(Verdict.WAITS, Switch.CLAIM_HELD, "Somebody is on it.")},  # asked again when it is due
        {"tag": "call_requested"},
        {"tag": "follow_up"},
    ],
)
def test_with_no_hard_stop_the_evaluator_is_asked(mode: Mode, changes: dict[str, Any]) -> None:
    assert before_any_model(replace(CLEAR, mode=mode, **changes)) is None


def test_a_campaign_may_answer_thanks_by_itself() -> None:
    assert before_any_model(replace(CLEAR, body="Thanks!")) is None


@given(some.lists(some.sampled_from(sorted(STOPS)), min_size=1))
def test_any_mixture_of_hard_stops_never_sends(stops: list[str]) -> None:
    facts = CLEAR
    for stop in stops:
        facts = replace(facts, **STOPS[stop][0])
    decision = before_any_model(facts)  # the last stop holds, whatever it took the place of
    assert decision is not None
    assert not decision.action.startswith("send_")


# ── The evaluator's answer ─────────────────────────────────────────────────────
NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
SAID = [  # confidence, safe, wants a person, threshold, delay in seconds → action
    (0.90, True, False, 0.9, 300, "send_delayed"),
    (0.91, True, False, 0.9, 300, "send_delayed"),
    (0.8999, True, False, 0.9, 300, "needs_review"),
    (0.0, True, False, 0.0, 300, "send_delayed"),
    (1.0, True, False, 1.0, 300, "send_delayed"),
    (0.9999, True, False, 1.0, 300, "needs_review"),
    (1.0, False, False, 0.0, 300, "needs_review"),
    (1.0, True, True, 0.0, 300, "needs_review"),
    (1.0, False, True, 0.0, 300, "needs_review"),
    (0.95, True, False, 0.9, 0, "send_immediate"),
    (0.5, True, False, 0.9, 0, "needs_review"),
]


@pytest.mark.parametrize(("confidence", "safe", "person", "threshold", "delay_s", "action"), SAID)
@pytest.mark.parametrize("reason", ["Fine.", ""])
def test_it_is_sent_when_safe_and_sure_enough_else_reviewed(
    confidence: float, safe: bool, person: bool, threshold: float, delay_s: int, action: str, reason: str
) -> None:
    said = Evaluation(confidence=confidence, safe_to_send=safe, requires_human_review=person, reason=reason)
    decision = after_evaluation(
        said, threshold=threshold, setting="Campaign", delay=timedelta(seconds=delay_s), now=NOW
    )
    assert (decision.action, decision.confidence, decision.threshold) == (action, confidence, threshold)
    assert decision.setting == "Campaign"
    assert (decision.send_at is None) == (action == "needs_review")
    if action == "needs_review":
        assert decision.reason
    else:
        assert decision.send_at == NOW + timedelta(seconds=delay_s)


@pytest.mark.parametrize(
    ("low", "high", "chance", "seconds"),
    [(180, 420, 0.0, 180), (180, 420, 1.0, 420), (180, 420, 0.5, 300), (0, 0, 0.7, 0), (60, 60, 0.3, 60), (0, 9, 0, 0)],
)
def test_the_delay_lies_between_the_campaigns_two(low: int, high: int, chance: float, seconds: int) -> None:
    campaign = Campaign(auto_send_delay_min_s=low, auto_send_delay_max_s=high)
    assert delay_of(campaign, chance=chance) == timedelta(seconds=seconds)


def test_a_campaign_delays_three_to_seven_minutes_at_nine_tenths_unless_told_otherwise() -> None:
    campaign = Campaign()
    assert (campaign.auto_send_delay_min_s, campaign.auto_send_delay_max_s) == (180, 420)
    assert (campaign.auto_send_threshold, campaign.response_mode) == (0.9, "SETTER_MANAGED")


def test_the_legacy_gate_sends_at_once() -> None:
    assert delay_of(None, chance=0.9) == timedelta()


@given(some.integers(0, 600), some.integers(0, 600), some.floats(0, 1))
def test_no_delay_is_ever_outside_the_campaigns_bounds(one: int, other: int, chance: float) -> None:
    low, high = sorted([one, other])
    found = delay_of(Campaign(auto_send_delay_min_s=low, auto_send_delay_max_s=high), chance=chance)
    assert timedelta(seconds=low) <= found <= timedelta(seconds=high)


# ── Weekly hours ───────────────────────────────────────────────────────────────
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OFFICE = {str(day): ["09:00", "17:00"] for day in range(5)}
NIGHT = {str(day): ["02:15", "02:45"] for day in range(7)}


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("at", "is_inside"),
    [
        (utc(2026, 3, 2, 7, 59, 59), False),  # Monday in Berlin, UTC+1
        (utc(2026, 3, 2, 8), True),
        (utc(2026, 3, 2, 15, 59, 59), True),
        (utc(2026, 3, 2, 16), False),
        (utc(2026, 3, 30, 7), True),  # the Monday after the clocks went forward: UTC+2
        (utc(2026, 3, 30, 15), False),
        (utc(2026, 10, 26, 7, 30), False),  # and back: UTC+1
        (utc(2026, 3, 1, 12), False),  # a Sunday
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(at: datetime, is_inside: bool) -> None:
    assert is_open(OFFICE, BERLIN, at) is is_inside


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (utc(2026, 3, 27, 16), utc(2026, 3, 30, 7)),  # Friday evening → Monday, over the change of the clocks
        (utc(2026, 10, 23, 16), utc(2026, 10, 26, 8)),
        (utc(2026, 3, 2, 10), utc(2026, 3, 2, 10)),  # open already
        (utc(2026, 3, 2, 5), utc(2026, 3, 2, 8)),  # the same day
    ],
)
def test_the_next_opening_is_found_over_weekends_and_changes_of_the_clock(at: datetime, opens: datetime) -> None:
    assert next_open(OFFICE, BERLIN, at) == opens


def test_an_hour_that_does_not_exist_that_night_is_not_waited_for_in_vain() -> None:
    """02:15 to 02:45 is skipped in New York on 8 March 2026."""
    opens = next_open(NIGHT, NEW_YORK, utc(2026, 3, 8, 6))
    assert opens is not None
    assert opens >= utc(2026, 3, 8, 7)
    assert is_open(NIGHT, NEW_YORK, opens)


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    assert is_open(NIGHT, BERLIN, utc(2026, 10, 25, 0, 30))
    assert is_open(NIGHT, BERLIN, utc(2026, 10, 25, 1, 30))
    again = next_open(NIGHT, BERLIN, utc(2026, 10, 25, 1, 0))
    assert again is not None
    assert is_open(NIGHT, BERLIN, again)


@pytest.mark.parametrize("hours", [{}, {"0": []}, {"0": ["17:00", "09:00"]}, {"0": ["09:00", "09:00"]}])
def test_without_hours_it_never_opens(hours: dict[str, list[str]]) -> None:
    assert next_open(hours, BERLIN, utc(2026, 3, 2, 10)) is None
    assert not is_open(hours, BERLIN, utc(2026, 3, 2, 10))


def test_a_day_may_last_until_midnight() -> None:
    hours = {"0": ["00:00", "24:00"]}
    assert is_open(hours, BERLIN, utc(2026, 3, 1, 23))
    assert is_open(hours, BERLIN, utc(2026, 3, 2, 22, 59, 59))
    assert not is_open(hours, BERLIN, utc(2026, 3, 2, 23))


moments = some.integers(0, 2 * 365 * 24 * 3600).map(lambda seconds: utc(2026, 1, 1) + timedelta(seconds=seconds))
zones = some.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
spans = some.tuples(some.times(), some.times()).map(lambda two: [f"{part:%H:%M}" for part in sorted(two)])


@given(some.dictionaries(some.integers(0, 6).map(str), spans), zones.map(ZoneInfo), moments)
def test_what_is_waited_for_is_open_when_it_comes_and_nothing_before_it(
    hours: dict[str, list[str]], zone: ZoneInfo, at: datetime
) -> None:
    opens = next_open(hours, zone, at)
    if opens is None:
        assert not any(is_open(hours, zone, at + timedelta(hours=hour)) for hour in range(7 * 24))
        return
    assert is_open(hours, zone, opens)
    steps = int((opens - at - timedelta(hours=1)) / timedelta(minutes=30))  # a skipped hour may cost its length
    assert not any(is_open(hours, zone, at + timedelta(minutes=30 * step)) for step in range(steps))
