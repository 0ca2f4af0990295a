"""Approve & Send in Slack: sent once, by who may, if what they saw still stands; and all see what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inbox import draft_decisions, drafts, review
from inbox.models import Delivery, Draft, DraftStatus, Message, MessageJob, ReplySettings, ReviewMessage, SentBy
from integrations.models import WebhookEvent
from leads.models import Lead, TimelineEvent
from tests.factories import conversations
from tests.slack.conftest import Slack
from zrg.jobs.models import Status
from zrg.workspaces.models import Membership, User

Work = Callable[[], None]


@pytest.fixture
def asked(slack: Slack, draft: Draft, sam: User, ingo: User, work: Work) -> Draft:
    """Sam and Ingo have it in Slack."""
    slack.join(sam, ingo)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam, ingo])
    review.request_review(draft)
    work()
    assert ReviewMessage.objects.filter(state="asked").count() == 2
    return draft


def sends() -> list[Message]:
    return list(Message.objects.filter(draft__isnull=False))


def newest(slack: Slack, person: User) -> dict[str, Any]:
    return slack.written_to(person)[-1]


def outcomes(lead_id: Any) -> list[str]:
    rows = TimelineEvent.objects.filter(lead=lead_id, kind="review_clicked").order_by("at", "id")
    return list(rows.values_list("did", flat=True))


def test_a_click_sends_the_draft_as_the_person_who_clicked(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    (response,) = slack.click(user=sam.email)
    assert (response.status_code, response.content) == (200, b"")
    assert sends() == [], "the request itself sends nothing"
    work()
    (message,) = sends()
    assert (message.delivery, message.sent_by, message.sent_by_user) == (Delivery.SENT, SentBy.SETTER, sam)
    assert message.undo_until is None
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, asked.decided_via) == (DraftStatus.APPROVED, sam, "slack")
    event = WebhookEvent.objects.get()
    assert (event.status, event.lead_id) == (Status.SUCCEEDED, asked.lead_id)


def test_every_reviewer_sees_who_approved_and_what_happened(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work
) -> None:
    slack.click(user=sam.email)
    work(), work()
    for person in (sam, ingo):
        message = newest(slack, person)
        assert "Approved by Sam Setter in Slack. Sent " in message["text"]
        assert message["buttons"] == []
        assert len(slack.written_to(person)) == 1, "changed, not written again"
    assert set(ReviewMessage.objects.values_list("state", flat=True)) == {"settled"}


def test_a_send_that_fails_is_told_to_the_reviewers(
    slack: Slack, asked: Draft, sam: User, ingo: User, accounts: str, work: Work
) -> None:
    slack.click(user=sam.email)
    with slack.sandbox.fault("refused", provider="ghl", account=accounts, operation="send", message="Not possible."):
        work(), work()
    assert "It was not sent: " in newest(slack, ingo)["text"]
    assert "The text is kept" in newest(slack, ingo)["text"]


def test_a_double_click_sends_once_and_says_so(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    responses = slack.click(user=sam.email, times=2)
    assert [one.status_code for one in responses] == [200, 200]
    assert WebhookEvent.objects.count() == 2, "two clicks, each with its moment"
    work(), work()
    assert len(sends()) == 1
    assert len(slack.sandbox.sent("", lead=asked.lead.phone)) == 1
    assert outcomes(asked.lead_id) == [
        "The draft was approved.",
        "It was decided before your click, which changed nothing.",
    ]
    assert "It was decided before your click" in newest(slack, sam)["text"]


def test_the_same_click_delivered_again_is_one_click(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    slack.click(user=sam.email, copies=3)
    work()
    assert WebhookEvent.objects.count() == 1
    assert len(outcomes(asked.lead_id)) == 1


def test_a_click_that_is_replayed_changes_nothing(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    slack.click(user=sam.email)
    work()
    WebhookEvent.objects.update(status=Status.PENDING, finished_at=None)
    work()
    assert WebhookEvent.objects.get().reason == "done_before"
    assert len(sends()) == 1
    assert outcomes(asked.lead_id) == ["The draft was approved."]


def test_two_reviewers_at_once_send_once_and_the_second_is_told(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work
) -> None:
    clicks = [*slack.clicks(user=sam.email), *slack.clicks(user=ingo.email)]
    for request in clicks:
        assert slack.deliver(request).status_code == 200
    work(), work()
    (message,) = sends()
    assert message.sent_by_user == sam
    assert "Approved by Sam Setter" in newest(slack, ingo)["text"]
    assert "before your click" in newest(slack, ingo)["text"]
    assert "before your click" not in newest(slack, sam)["text"]


def test_an_edited_draft_is_not_sent_unread_and_shown_again(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work, later: Work
) -> None:
    draft_decisions.edit(asked, text="It is $25 a month.", by=ingo)
    slack.click(user=sam.email)
    work()
    assert sends() == []
    text = newest(slack, sam)["text"]
    assert "It is $25 a month." in text
    assert "changed after you opened it" in text
    slack.click(user=sam.email)
    work()
    assert [message.body for message in sends()] == ["It is $25 a month."]


def test_a_click_after_the_lead_wrote_again_sends_nothing(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    conversations.message(Lead.objects.get(), "No thanks, we went with another", channel="sms")
    slack.click(user=sam.email)
    work()
    assert sends() == []
    assert "Nothing was sent by your click." in outcomes(asked.lead_id)[0]
    assert "No thanks, we went with another" in newest(slack, sam)["text"]


@pytest.mark.parametrize("how", ["rejected", "superseded"])
def test_a_draft_that_ended_on_the_page_is_shown_so_and_cannot_be_sent(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work, how: str
) -> None:
    requests = slack.clicks(user=sam.email)  # from a screen that shows the button still
    if how == "rejected":
        draft_decisions.reject(asked, by=ingo, via="page", reason="Too pushy.")
    else:
        newer = conversations.message(Lead.objects.get(), "Wait", channel="sms")
        drafts.supersede_pending(Lead.objects.get(), by_message=newer)
    work()
    assert "nothing is sent" in newest(slack, ingo)["text"]
    assert newest(slack, ingo)["buttons"] == []
    slack.deliver(requests[0])
    work()
    assert sends() == []
    assert "before your click" in newest(slack, sam)["text"]


def gone(sam: User) -> None:
    Membership.objects.filter(user=sam).delete()


def reads_only(sam: User) -> None:
    Membership.objects.filter(user=sam).update(role="PORTAL")


def switched_off(sam: User) -> None:
    User.objects.filter(pk=sam.pk).update(is_active=False)


def sees_it_no_more(sam: User) -> None:
    Lead.objects.update(assignee=Lead.objects.get().workspace.owner)
    Membership.objects.get(user=sam).workspace.__class__.objects.update(setters_see_all=False)


@pytest.mark.parametrize("now", [gone, reads_only, switched_off, sees_it_no_more])
def test_who_may_not_answer_any_more_cannot_approve_and_is_told(
    slack: Slack, asked: Draft, sam: User, work: Work, now: Callable[[User], None]
) -> None:
    now(sam)
    slack.click(user=sam.email)
    work()
    asked.refresh_from_db()
    assert (asked.status, sends()) == (DraftStatus.PENDING, [])
    assert "Nothing was sent." in newest(slack, sam)["text"]


def test_somebody_else_in_slack_cannot_approve(
    slack: Slack, asked: Draft, sam: User, mallory: User, work: Work
) -> None:
    slack.join(mallory)
    slack.click(user=mallory.email, ts=newest(slack, sam)["id"])
    work()
    asked.refresh_from_db()
    assert (asked.status, sends()) == (DraftStatus.PENDING, [])
    assert outcomes(asked.lead_id) == ["You were not asked about this draft. Nothing was sent."]
    assert newest(slack, sam)["buttons"], "the reviewer's own message stays as it was"


def test_a_message_that_was_never_confirmed_can_be_clicked_and_is_updated(
    slack: Slack, draft: Draft, sam: User, work: Work
) -> None:
    slack.join(sam)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam])
    review.request_review(draft)
    with slack.fault("no_answer", "send", times=1):
        work()
    assert ReviewMessage.objects.get().ts == ""
    slack.click(user=sam.email)
    work(), work()
    assert len(sends()) == 1
    assert "Approved by Sam Setter in Slack. Sent " in newest(slack, sam)["text"]


def test_an_update_that_slack_does_not_take_now_is_made_later(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work, later: Work
) -> None:
    with slack.fault("error_500", "update"):
        draft_decisions.reject(asked, by=ingo, via="page")
        work()
    assert newest(slack, sam)["buttons"]
    later()
    work()
    assert "Rejected by Ingo Manager" in newest(slack, sam)["text"]


def test_a_message_deleted_in_slack_fails_nothing(
    slack: Slack, asked: Draft, sam: User, ingo: User, work: Work
) -> None:
    slack.sandbox.control("slack/delete-message", {"account": slack.key, "user": sam.email})
    draft_decisions.reject(asked, by=ingo, via="page")
    work()
    assert "Rejected" in newest(slack, ingo)["text"]
    assert set(MessageJob.objects.values_list("status", flat=True)) == {Status.SUCCEEDED}


def test_a_draft_that_is_gone_is_ignored(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    requests = slack.clicks(user=sam.email)
    asked.delete()
    slack.deliver(requests[0])
    work()
    assert WebhookEvent.objects.get().reason == "draft_gone"


def test_a_suppressed_lead_is_not_written_to(slack: Slack, asked: Draft, sam: User, work: Work) -> None:
    Lead.objects.update(status="blacklisted", blacklist_reason="opt_out")
    slack.click(user=sam.email)
    work()
    asked.refresh_from_db()
    assert (asked.status, sends()) == (DraftStatus.REJECTED, [])
    assert "Rejected" in newest(slack, sam)["text"]
