"""Tag → status, and what is never lowered: the table of spec 03."""

from __future__ import annotations

import pytest

from leads import statuses
from leads.models import Lead, LeadStatus, Tag
from leads.signals import lead_blacklisted, status_changed
from tests.factories.leads import lead
from zrg.workspaces.models import Workspace


@pytest.mark.parametrize("tag", Tag.values)
def test_blacklisted_is_left_by_no_tag_and_booked_only_for_blacklist(tag: str) -> None:
    assert statuses.after_tag(LeadStatus.BLACKLISTED, tag) == LeadStatus.BLACKLISTED
    for held in (LeadStatus.MEETING_BOOKED, LeadStatus.UNQUALIFIED):
        expected = LeadStatus.BLACKLISTED if tag == Tag.BLACKLIST else held
        assert statuses.after_tag(held, tag) == expected


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (Tag.MEETING_REQUESTED, LeadStatus.MEETING_REQUESTED),
        (Tag.MEETING_BOOKED, LeadStatus.MEETING_REQUESTED),
        (Tag.CALL_REQUESTED, LeadStatus.QUALIFIED),
        (Tag.INFORMATION_REQUESTED, LeadStatus.QUALIFIED),
        (Tag.INTERESTED, LeadStatus.QUALIFIED),
        (Tag.NOT_INTERESTED, LeadStatus.NOT_INTERESTED),
        (Tag.BLACKLIST, LeadStatus.BLACKLISTED),
        (Tag.OUT_OF_OFFICE, LeadStatus.NEW),
        (Tag.NEUTRAL, LeadStatus.NEW),
    ],
)
def test_a_new_lead_gets_the_status_of_its_tag(tag: str, status: str) -> None:
    assert statuses.after_tag(LeadStatus.NEW, tag) == status


def test_a_tag_without_a_status_keeps_a_better_one() -> None:
    assert statuses.after_tag(LeadStatus.QUALIFIED, Tag.OUT_OF_OFFICE) == LeadStatus.QUALIFIED


def test_the_same_tag_again_says_nothing(harbor: Workspace) -> None:
    ann = lead(harbor)
    assert statuses.set_tag(ann, tag=Tag.INTERESTED, by=None, why="said so")
    assert not statuses.set_tag(ann, tag=Tag.INTERESTED, by=None, why="said so")
    assert ann.timeline.count() == 1


def test_floors_above_hear_of_status_and_blacklist(harbor: Workspace) -> None:
    heard: list[str] = []

    def on_status(lead: Lead, before: str, after: str, **_: object) -> None:
        heard.append(f"{before}>{after}")

    def on_blacklist(lead: Lead, reason: str, **_: object) -> None:
        heard.append(reason)

    status_changed.connect(on_status)
    lead_blacklisted.connect(on_blacklist)
    try:
        statuses.blacklist(lead(harbor), reason="opt_out", why="“stop”")
    finally:
        status_changed.disconnect(on_status)
        lead_blacklisted.disconnect(on_blacklist)
    assert heard == ["new>blacklisted", "opt_out"]
