"""Reviewers are asked once, in words that cannot do harm; without Slack the draft waits on the page (spec 06)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox import draft_decisions, review, review_content
from inbox.models import Draft, DraftStatus, MessageJob, ReplySettings, ReviewMessage
from integrations import chat
from leads.models import Lead, TimelineEvent
from tests.slack.conftest import Slack, new_draft
from zrg.jobs.models import Status
from zrg.workspaces.models import Membership, User, Workspace

Work = Callable[[], None]


def timeline(lead: Lead, kind: str) -> list[TimelineEvent]:
    return list(TimelineEvent.objects.filter(lead=lead, kind=kind))


def choose(workspace: Workspace, *people: User) -> None:
    ReplySettings.objects.get(workspace=workspace).reviewers.set(people)


def test_a_reviewer_reads_what_there_is_to_decide(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    assert review.request_review(draft)
    assert not review.request_review(draft), "once per draft"
    work()
    (message,) = slack.written_to(sam)
    for words in ("Ann Lee", "Buyer", "0.72, 0.90 needed", "It names a price.", "And when?", "It is $20 a month."):
        assert words in message["text"]
    page = f"/?view=inbox&clientId={draft.workspace_id}&leadId={draft.lead_id}&draftId={draft.pk}"
    approve, edit = message["buttons"]
    assert (approve["text"], approve["action"], approve["url"]) == ("Approve & Send", "approve_send", "")
    assert (edit["text"], edit["action"]) == ("Edit in dashboard", "view_dashboard")
    assert edit["url"].endswith(page)
    row = ReviewMessage.objects.get()
    assert (row.state, row.ts, row.reviewer) == ("asked", message["id"], sam)
    assert [line.text for line in timeline(draft.lead, "review_asked")] == [
        "Sam Setter was asked in Slack to approve a draft"
    ]


def test_without_text_in_slack_nothing_that_was_said_leaves(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    ReplySettings.objects.update(slack_text_in_dm=False)
    review.request_review(draft)
    work()
    (message,) = slack.written_to(sam)
    assert "And when?" not in message["text"]
    assert "$20" not in message["text"]
    assert [button["action"] for button in message["buttons"]] == ["approve_send", "view_dashboard"]


def test_without_reviewers_the_setter_is_asked_and_without_one_the_admins(
    slack: Slack, ann: Lead, sam: User, alice: User, ingo: User, pia: User, work: Work
) -> None:
    slack.join(sam, alice, ingo, pia)
    review.request_review(new_draft(ann))
    work()
    assert [len(slack.written_to(one)) for one in (sam, alice, ingo, pia)] == [0, 1, 0, 0]
    Lead.objects.update(assignee=sam)
    review.request_review(new_draft(ann))
    work()
    assert [len(slack.written_to(one)) for one in (sam, alice, ingo, pia)] == [1, 1, 0, 0]


def test_nobody_is_shown_what_they_may_not_decide_about(
    slack: Slack, draft: Draft, sam: User, pia: User, mallory: User, alice: User, work: Work
) -> None:
    """A reviewer who left, a reader of the portal, a setter who may not see this lead: the admins are asked."""
    slack.join(sam, pia, mallory, alice)
    choose(draft.workspace, sam, pia, mallory)
    Workspace.objects.filter(pk=draft.workspace_id).update(setters_see_all=False)
    Lead.objects.update(assignee=alice)
    review.request_review(draft)
    work()
    assert [len(slack.written_to(one)) for one in (sam, pia, mallory, alice)] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "draft_text", ["<!channel> <@U0001> & <https://evil.example|click>", "x" * 40_000, "&" * 9_000]
)
def test_what_a_lead_writes_calls_nobody_and_breaks_nothing(
    slack: Slack, draft: Draft, sam: User, work: Work, draft_text: str
) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    Draft.objects.update(content=draft_text, original_content=draft_text, reason=draft_text[:500])
    Lead.objects.update(first_name="<!here>", company="<!everyone>" + "y" * 100)
    review.request_review(draft)
    work()
    assert ReviewMessage.objects.get().state == "asked", ReviewMessage.objects.get().error
    assert len(slack.written_to(sam)) == 1
    written = review_content.written(Draft.objects.get())
    for text in (written.text, str(written.blocks)):
        assert "<!" not in text
        assert "<@" not in text
        assert "|click>" not in text


def test_a_decided_draft_asks_nobody(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    review.request_review(draft)
    draft_decisions.reject(draft, by=None, via="page")
    work()
    assert slack.written_to(sam) == []


# ── When Slack is not there ────────────────────────────────────────────────────
def test_while_slack_is_down_the_draft_waits_and_is_asked_about_later(
    slack: Slack, draft: Draft, sam: User, ingo: User, work: Work, later: Work
) -> None:
    slack.join(sam, ingo)
    choose(draft.workspace, sam, ingo)
    review.request_review(draft)
    with slack.fault("refused", "send", message="service_unavailable", times=1):
        work()
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PENDING
    (told,) = timeline(draft.lead, "review_not_asked")
    assert "service_unavailable" in told.why
    assert MessageJob.objects.get(kind="ASK_REVIEW").status == Status.PENDING
    later()
    work()
    assert [len(slack.written_to(one)) for one in (sam, ingo)] == [1, 1], "who was asked is not asked again"


def test_a_rate_limit_is_waited_out(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    review.request_review(draft)
    with slack.fault("rate_limited", "lookup", times=1):
        work()
    job = MessageJob.objects.get(kind="ASK_REVIEW")
    assert (job.status, job.attempts, job.waits) == (Status.PENDING, 0, 1)
    assert not timeline(draft.lead, "review_not_asked"), "nobody needs to read of a pause of a second"


@pytest.mark.parametrize("fault", ["no_answer", "malformed"])
def test_a_message_that_may_be_there_is_not_written_again(
    slack: Slack, draft: Draft, sam: User, work: Work, later: Work, fault: str
) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    review.request_review(draft)
    with slack.fault(fault, "send", times=1):
        work()
    assert ReviewMessage.objects.get().state == "unknown"
    (told,) = timeline(draft.lead, "review_unconfirmed")
    assert "not asked a second time" in told.did
    MessageJob.objects.filter(kind="ASK_REVIEW").update(status=Status.PENDING, finished_at=None)
    later()
    work()
    assert len(slack.written_to(sam)) == 1
    assert len(slack.calls("send")) == 1


def test_a_process_that_ends_while_it_writes_leaves_nobody_asked_twice(
    slack: Slack, draft: Draft, sam: User, work: Work, later: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.join(sam)
    choose(draft.workspace, sam)
    review.request_review(draft)
    real = chat.dm

    def written_and_killed(*args: Any, **more: Any) -> None:
        real(*args, **more)
        raise SystemExit

    monkeypatch.setattr(chat, "dm", written_and_killed)
    with pytest.raises(SystemExit):
        work()
    monkeypatch.undo()
    MessageJob.objects.filter(kind="ASK_REVIEW").update(status=Status.PENDING, locked_at=None)
    later()
    work()
    assert len(slack.written_to(sam)) == 1


def test_who_is_not_in_slack_is_looked_for_again(
    slack: Slack, draft: Draft, sam: User, work: Work, later: Work
) -> None:
    choose(draft.workspace, sam)
    review.request_review(draft)
    work()
    (told,) = timeline(draft.lead, "review_not_asked")
    assert told.why == "Slack knows nobody with the e-mail of Sam Setter."
    job = MessageJob.objects.get(kind="ASK_REVIEW")
    assert job.status == Status.PENDING
    assert timedelta(minutes=55) < job.run_at - timezone.now() <= timedelta(hours=1)
    slack.join(sam)
    chat.cache.clear()
    later()
    work()
    assert len(slack.written_to(sam)) == 1
    assert ReviewMessage.objects.get().state == "asked"


def test_an_account_that_was_switched_off_is_not_written_to(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    choose(draft.workspace, sam)
    slack.sandbox.control("slack/user", {"account": slack.key, "email": sam.email, "deleted": True})
    review.request_review(draft)
    work()
    assert slack.written_to(sam) == []


def test_without_a_token_the_timeline_says_so_and_a_day_later_it_is_left_to_the_page(
    slack: Slack, draft: Draft, sam: User, work: Work, later: Work, settings: Any
) -> None:
    choose(draft.workspace, sam)
    settings.SLACK_BOT_TOKEN = ""
    review.request_review(draft)
    work()
    (told,) = timeline(draft.lead, "review_not_asked")
    assert "SLACK_BOT_TOKEN is empty" in told.why
    assert MessageJob.objects.get(kind="ASK_REVIEW").status == Status.PENDING
    MessageJob.objects.update(created_at=timezone.now() - timedelta(hours=25))
    later()
    work()
    assert MessageJob.objects.get(kind="ASK_REVIEW").status == Status.SUCCEEDED
    assert len(timeline(draft.lead, "review_not_asked")) == 1
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PENDING


def test_a_dead_token_is_told_and_tried_again(slack: Slack, draft: Draft, sam: User, work: Work) -> None:
    choose(draft.workspace, sam)
    review.request_review(draft)
    with slack.fault("unauthorized", "lookup", times=1):
        work()
    assert "does not accept the bot token" in timeline(draft.lead, "review_not_asked")[0].why
    assert MessageJob.objects.get(kind="ASK_REVIEW").status == Status.PENDING


def test_a_user_is_looked_up_once_an_hour(slack: Slack, alice: User) -> None:
    slack.join(alice)
    with time_machine.travel(timezone.now(), tick=False):
        found = [chat.find_user(alice.email.upper()), chat.find_user(alice.email)]
    assert found[0] == found[1] is not None
    assert len(slack.calls("lookup")) == 1


def test_members_are_asked_in_their_own_workspace_only(
    slack: Slack, draft: Draft, elsewhere: Workspace, mallory: User, sam: User, work: Work
) -> None:
    Membership.objects.create(workspace=elsewhere, user=sam, role="ADMIN")
    slack.join(sam, mallory)
    choose(draft.workspace, sam)
    choose(elsewhere, mallory)
    review.request_review(draft)
    work()
    assert len(slack.written_to(sam)) == 1
    assert slack.written_to(mallory) == []
