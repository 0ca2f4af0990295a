"""The life of a draft (spec 06): every way it begins, changes, ends, and comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from inbox import autosend, draft_decisions, drafts, sending
from inbox.drafts import Made, NotPending
from inbox.models import Draft, DraftStatus, Message, MessageJob
from integrations.models import Connection
from leads import merging, statuses, suppression
from leads.models import Lead, TimelineEvent
from tests.factories import leads
from tests.factories.conversations import accounts, message
from zrg.workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db

TEXT = "Setting up takes two weeks. Shall I send you the plan?"


@pytest.fixture(autouse=True)
def _connected(harbor: Workspace) -> None:
    accounts(harbor)


@pytest.fixture
def lead(harbor: Workspace) -> Lead:
    made = leads.lead(harbor, phone="+12125550100")
    message(made, at=leads.ago(minutes=10))
    return made


def last_inbound(lead: Lead) -> Message:
    found = Message.objects.filter(lead=lead, direction="in").order_by("-sent_at").first()
    assert found is not None
    return found


def propose(lead: Lead, text: str = TEXT, **more: Any) -> Draft:
    """A draft for what the lead wrote last."""
    trigger = last_inbound(lead)
    given: dict[str, Any] = {"trigger": trigger, "key": drafts.inbound_key(trigger), "channel": trigger.channel} | more
    draft, _ = drafts.propose(lead=lead, content=text, made=Made(verified=True), **given)
    return draft


def approve(draft: Draft, by: User, **more: Any) -> Message:
    return draft_decisions.approve(draft, by=by, **({"via": "page", "undo_seconds": 0} | more))


def writes(lead: Lead, *, channel: str = "email", at: Any = None, **more: Any) -> Message:
    """The lead wrote, filed as the webhook files it."""
    with transaction.atomic():
        now = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        written = message(now, "One more thing.", channel=channel, at=at, **more)
        drafts.supersede_pending(now, by_message=written)
    return written


def schedule(draft: Draft, *, due: bool = True) -> Draft:
    """As auto-send leaves it when it decides to send later."""
    draft.send_at = timezone.now() + timedelta(seconds=-1 if due else 300)
    draft.evaluated_at, draft.action, draft.confidence, draft.threshold = timezone.now(), "send_delayed", 0.95, 0.9
    draft.save()
    Lead.objects.filter(pk=draft.lead_id).update(auto_reply=True)
    drafts.schedule(draft)
    return draft


def fire(draft: Draft) -> Message | None:
    return autosend.fire(draft, hours=None, more={})


def outbound(lead: Lead) -> list[Message]:
    return list(Message.objects.filter(lead=lead, direction="out").order_by("created_at"))


def fresh(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


def told(lead: Lead, kind: str) -> list[str]:
    return list(TimelineEvent.objects.filter(lead=lead, kind=kind).values_list("why", flat=True))


# ── It begins ──────────────────────────────────────────────────────────────────
def test_proposed_twice_it_is_one_and_the_first_text_stays(lead: Lead) -> None:
    first, again = propose(lead), propose(lead, "Something else altogether.")
    assert first.pk == again.pk
    assert again.content == again.original_content == TEXT
    assert Draft.objects.count() == 1
    assert round((first.expires_at - first.created_at) / timedelta(days=14), 6) == 1


def test_the_same_message_may_have_a_draft_per_channel_but_one_is_pending(lead: Lead) -> None:
    trigger = last_inbound(lead)
    by_mail = propose(lead)
    by_text = propose(lead, channel="sms", key=f"inbound:{trigger.pk}:sms")
    assert fresh(by_mail).status == "superseded"
    assert by_text.status == "pending"


def test_a_draft_that_comes_after_a_newer_reply_is_born_superseded(lead: Lead) -> None:
    trigger = last_inbound(lead)
    message(lead, "Wait, one more thing")
    draft = propose(lead, trigger=trigger, key=drafts.inbound_key(trigger))
    assert (draft.status, draft.outcome) == ("superseded", "superseded")


def test_one_written_by_hand_order_that_did_not_see_the_last_reply_is_born_superseded(lead: Lead) -> None:
    """A regenerated draft has no trigger; what counts is the newest reply it was written from."""
    seen = last_inbound(lead)
    message(lead, "Wait, one more thing")
    draft = propose(lead, trigger=None, key="manual:1", seen=seen)
    assert draft.status == "superseded"
    assert propose(lead, trigger=None, key="manual:2", seen=last_inbound(lead)).status == "pending"


# ── The conversation goes on ───────────────────────────────────────────────────
@pytest.mark.parametrize("channel", ["email", "sms", "linkedin"])
def test_a_newer_reply_on_whatever_channel_supersedes_it(lead: Lead, sam: User, channel: str) -> None:
    draft = schedule(propose(lead))
    writes(lead, channel=channel)
    now = fresh(draft)
    assert (now.status, now.send_at, now.decided_via) == ("superseded", None, "system")
    assert now.cancelled_reason == "The lead wrote again."
    assert fire(draft) is None
    with pytest.raises(NotPending, match="superseded"):
        approve(draft, sam)
    assert outbound(lead) == []


def test_a_reply_of_the_very_same_second_supersedes_it_too(lead: Lead) -> None:
    draft = propose(lead)
    writes(lead, at=last_inbound(lead).sent_at)
    assert fresh(draft).status == "superseded"


def test_an_older_message_that_comes_late_supersedes_nothing(lead: Lead) -> None:
    draft = propose(lead)
    writes(lead, at=leads.ago(hours=1), created_at=timezone.now())
    assert fresh(draft).status == "pending"


@pytest.mark.parametrize(("minutes_ago", "status"), [(5, "superseded"), (20, "pending")])
def test_a_reply_told_late_ends_a_draft_without_trigger_only_if_it_is_newer_than_what_that_knew(
    lead: Lead, minutes_ago: int, status: str
) -> None:
    """Written five minutes ago, delivered now: the draft made a minute ago did not know it."""
    draft = propose(lead, trigger=None, key="manual:1", seen=last_inbound(lead))
    writes(lead, at=leads.ago(minutes=minutes_ago), created_at=timezone.now())
    assert fresh(draft).status == status


def test_another_answer_expires_it_and_its_own_does_not(lead: Lead, sam: User) -> None:
    draft = schedule(propose(lead), due=False)
    other = sending.queue(lead=lead, channel="email", text="By hand.", key="k", by=sam, to=lead.email, undo_seconds=0)
    drafts.answered_otherwise(lead, by_message=other)
    now = fresh(draft)
    assert (now.status, now.outcome, now.send_at) == ("expired", "expired", None)
    assert told(lead, "auto_send_cancelled") == ["Another message was sent."]


def test_its_own_send_leaves_it_approved(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    drafts.answered_otherwise(lead, by_message=approve(draft, sam))
    assert fresh(draft).status == "approved"


# ── Somebody decides ───────────────────────────────────────────────────────────
def test_approved_twice_it_is_sent_once(lead: Lead, sam: User, ingo: User) -> None:
    draft = propose(lead)
    first, again = approve(draft, sam), approve(draft, ingo, via="slack", version=7, thread_version=99)
    assert first.pk == again.pk
    assert len(outbound(lead)) == 1
    now = fresh(draft)
    assert (now.status, now.decided_by, now.decided_via, now.outcome, now.edit_distance) == (
        "approved",
        sam,
        "page",
        "unchanged",
        0.0,
    )
    assert (first.sent_by, first.sent_by_user, first.draft_id) == ("setter", sam, draft.pk)


def test_undone_it_is_pending_again_and_approved_again_it_is_sent_once(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    taken_back = approve(draft, sam, undo_seconds=30, text="Better like this.")
    sending.undo(taken_back, by=sam)
    now = fresh(draft)
    assert (now.status, now.content, now.outcome, now.decided_by, now.version) == (
        "pending",
        "Better like this.",
        "",
        None,
        2,
    )
    with pytest.raises(sending.Refusal, match="changed after you opened it"):
        approve(draft, sam, version=1)
    sent = approve(draft, sam, version=2)
    assert [one.delivery for one in outbound(lead)] == ["undone", "queued"]
    assert sent.body == "Better like this."
    assert fresh(draft).outcome == "edited"
    assert approve(draft, sam).pk == sent.pk


def test_a_superseding_reply_between_undo_and_the_next_approval_holds(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    taken_back = approve(draft, sam, undo_seconds=30)
    writes(lead)
    assert fresh(draft).status == "approved", "it was decided before the lead wrote"
    sending.undo(taken_back, by=sam)
    with pytest.raises(NotPending, match="superseded"):
        approve(draft, sam)
    assert fresh(draft).content == TEXT
    assert [one.delivery for one in outbound(lead)] == ["undone"]


def test_an_edit_counts_up_the_version_and_ends_the_countdown(lead: Lead, sam: User) -> None:
    draft = schedule(propose(lead))
    edited = draft_decisions.edit(draft, text="  In other words.\x00 ", by=sam)
    assert (edited.content, edited.version, edited.send_at, edited.edited_by) == ("In other words.", 2, None, sam)
    assert edited.original_content == TEXT
    assert fire(draft) is None
    with pytest.raises(sending.Refusal, match="changed"):
        approve(draft, sam, version=1)
    approve(draft, sam, version=2)
    now = fresh(draft)
    assert now.outcome == "edited"
    assert now.edit_distance is not None
    assert 0 < now.edit_distance <= 1
    assert told(lead, "auto_send_cancelled") == ["Somebody edited the draft."]


def test_an_edit_that_changes_nothing_is_none_and_an_empty_one_is_refused(lead: Lead, sam: User) -> None:
    draft = schedule(propose(lead), due=False)
    assert draft_decisions.edit(draft, text=f" {TEXT} ", by=sam).version == 1
    assert fresh(draft).send_at is not None
    with pytest.raises(sending.Refusal, match="needs a text"):
        draft_decisions.edit(draft, text=" \x00 ", by=sam)


def test_what_ended_is_not_edited_rejected_or_sent(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    approve(draft, sam)
    with pytest.raises(NotPending, match="approved already by Sam"):
        draft_decisions.edit(draft, text="Too late", by=sam)
    with pytest.raises(NotPending, match="approved already by Sam"):
        draft_decisions.reject(draft, by=sam, via="page")
    assert fresh(draft).content == TEXT


def test_rejected_it_keeps_the_reason_and_nothing_leaves(lead: Lead, sam: User) -> None:
    draft = schedule(propose(lead))
    draft_decisions.reject(draft, by=sam, via="page", reason="Too pushy")
    draft_decisions.reject(draft, by=sam, via="page", reason="Twice")
    now = fresh(draft)
    assert (now.status, now.decision_note, now.outcome, now.send_at) == ("rejected", "Too pushy", "rejected", None)
    assert told(lead, "draft_rejected") == ["Too pushy"]
    assert fire(draft) is None
    with pytest.raises(NotPending, match="rejected by Sam"):
        approve(draft, sam)
    assert outbound(lead) == []


def test_the_conversation_that_went_on_after_it_was_shown_is_to_be_looked_at_again(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    lead.refresh_from_db()
    with pytest.raises(sending.Refusal, match="went on"):
        approve(draft, sam, thread_version=lead.thread_version - 1)
    assert fresh(draft).status == "pending"
    assert approve(draft, sam, thread_version=lead.thread_version)


# ── What stops it ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("how", ["suppressed", "blacklisted"])
def test_one_that_may_not_be_written_to_is_rejected_with_the_reason(
    lead: Lead, sam: User, ingo: User, how: str
) -> None:
    draft = propose(lead)
    if how == "suppressed":
        suppression.add(lead, [("email", lead.email)], reason="manual", evidence="By hand", by=ingo)
    else:
        Lead.objects.filter(pk=lead.pk).update(status="blacklisted", blacklist_reason="opt_out")
    with pytest.raises(sending.Refusal) as refused:
        approve(draft, sam)
    now = fresh(draft)
    assert now.status == "rejected"
    assert now.decision_note == str(refused.value)
    assert str(refused.value) in told(lead, "draft_rejected")
    assert outbound(lead) == []


def test_blacklisting_a_lead_ends_what_waits(lead: Lead, ingo: User) -> None:
    draft = schedule(propose(lead))
    with transaction.atomic():
        locked = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        statuses.blacklist(locked, reason="manual", why="By hand", by=ingo)
    assert fresh(draft).status == "rejected"
    assert fire(draft) is None
    assert outbound(lead) == []


@pytest.mark.parametrize("connection", ["failing", "none"])
def test_an_account_that_is_away_leaves_it_pending_and_the_text_is_kept(lead: Lead, sam: User, connection: str) -> None:
    draft = propose(lead)
    found = Connection.objects.filter(workspace=lead.workspace, provider="emailbison")
    if connection == "failing":
        found.update(status="failing")
    else:
        found.delete()
    with pytest.raises(sending.Refusal):
        approve(draft, sam, text="Mine.")
    assert (fresh(draft).status, fresh(draft).content) == ("pending", TEXT)
    schedule(draft)
    assert fire(draft) is None
    assert fresh(draft).status == "pending"
    assert fresh(draft).cancelled_reason


def test_a_message_that_failed_keeps_its_draft_approved_and_is_sent_again_as_itself(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    sent = approve(draft, sam)
    Message.objects.filter(pk=sent.pk).update(delivery="failed")
    assert approve(draft, sam).pk == sent.pk
    sending.retry(Message.objects.get(pk=sent.pk), by=sam)
    assert [one.delivery for one in outbound(lead)] == ["queued"]


# ── Auto-send ──────────────────────────────────────────────────────────────────
def test_fired_twice_it_is_sent_once(lead: Lead) -> None:
    draft = schedule(propose(lead))
    sent = fire(draft)
    assert sent is not None
    assert (sent.sent_by, sent.sent_by_user, sent.undo_until) == ("ai", None, None)
    assert fire(draft) is None
    assert fresh(draft).outcome == "auto_sent"
    assert len(outbound(lead)) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tag": "meeting_booked"}, "A meeting was booked."),
        ({"unclassified": True}, "not understood"),
        ({"snoozed_until": timezone.now() + timedelta(days=1)}, "snoozed"),
        ({"auto_reply": False}, "A person sends"),
    ],
)
def test_what_happened_since_cancels_it_with_the_reason(lead: Lead, change: dict[str, Any], why: str) -> None:
    draft = schedule(propose(lead))
    Lead.objects.filter(pk=lead.pk).update(**change)
    assert fire(draft) is None
    now = fresh(draft)
    assert (now.status, now.send_at) == ("pending", None)
    assert why in now.cancelled_reason
    assert told(lead, "auto_send_cancelled") == [now.cancelled_reason]
    assert outbound(lead) == []


def test_auto_send_disabled_meanwhile_cancels_it(lead: Lead, settings: Any) -> None:
    draft = schedule(propose(lead))
    settings.AUTO_SEND_DISABLED = True
    assert fire(draft) is None
    assert "AUTO_SEND_DISABLED" in fresh(draft).cancelled_reason


def test_a_machine_sends_nothing_after_a_message_of_ours_that_left_meanwhile(lead: Lead) -> None:
    draft = schedule(propose(lead))
    message(lead, "By hand, at the platform", inbound=False)
    assert fire(draft) is None
    assert fresh(draft).cancelled_reason == "Another message was sent."


# ── It grows old ───────────────────────────────────────────────────────────────
def test_nobody_decides_and_it_expires(lead: Lead, sam: User) -> None:
    draft = schedule(propose(lead))
    assert drafts.expire_due() == 0
    Draft.objects.filter(pk=draft.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert drafts.expire_due() == 1
    assert drafts.expire_due() == 0
    assert fresh(draft).status == "expired"
    assert fire(draft) is None
    with pytest.raises(NotPending, match="expired"):
        approve(draft, sam)


def test_a_decided_one_does_not_expire(lead: Lead, sam: User) -> None:
    draft = propose(lead)
    approve(draft, sam)
    Draft.objects.filter(pk=draft.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert drafts.expire_due() == 0
    assert fresh(draft).status == "approved"


# ── Leads are merged ───────────────────────────────────────────────────────────
def test_a_merge_takes_the_draft_along_and_its_undo_brings_it_back(harbor: Workspace, lead: Lead, ingo: User) -> None:
    draft = schedule(propose(lead), due=False)
    survivor = leads.lead(harbor, first_name="Bea")
    done = merging.merge(survivor=survivor, loser=lead, by=ingo)
    assert fresh(draft).lead_id == survivor.pk
    assert set(MessageJob.objects.filter(draft=draft).values_list("lead_id", flat=True)) == {survivor.pk}
    survivor.refresh_from_db()
    assert survivor.draft_state == "scheduled"
    merging.undo(done, by=ingo)
    assert fresh(draft).lead_id == lead.pk
    lead.refresh_from_db()
    survivor.refresh_from_db()
    assert (lead.draft_state, survivor.draft_state) == ("scheduled", "")


# ── By the table ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [one for one in DraftStatus.values if one != "pending"])
def test_from_an_end_nothing_leads_to_another_end(lead: Lead, sam: User, status: str) -> None:
    draft = propose(lead)
    Draft.objects.filter(pk=draft.pk).update(status=status)
    with pytest.raises(sending.Refusal):
        draft_decisions.edit(draft, text="Changed", by=sam)
    with pytest.raises(sending.Refusal):
        draft_decisions.cancel_auto_send(draft, by=sam)
    assert fire(draft) is None
    writes(lead)
    drafts.reject_pending(lead, reason="Why")
    drafts.expire_due()
    assert (fresh(draft).status, fresh(draft).content) == (status, TEXT)
    assert outbound(lead) == []
