"""The one door out, against the sandbox over real HTTP: every message once, and every refusal with its reason (06)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox import sending
from inbox.models import DELIVERY_MAY_BECOME, Delivery, Message, MessageJob
from integrations.events import Address
from integrations.models import Connection
from leads import merging, suppression
from leads.models import Lead, LeadStatus
from tests.factories.inbox import arrive, email
from tests.factories.leads import lead, name
from tests.inbox.sends import sent_by_us, work, write
from tests.sandbox_server import SandboxServer
from tests.together import together
from zrg.jobs.models import Status
from zrg.workspaces.models import User, Workspace


def test_an_answer_reaches_the_provider_once_in_the_leads_thread(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    work()
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, bool(message.emailbison_reply_id)) == (Delivery.SENT, True)
    assert (ann.needs_reply, ann.last_message_by, ann.preview) == (False, "Sam", "Hi Ann, Tuesday?")
    letters = sent_by_us(connected, ann)
    assert len(letters) == 1
    assert "Tuesday?" in letters[0]["text"]


def test_an_sms_reaches_the_provider(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam, channel="sms", text="Tuesday?")
    work()
    message.refresh_from_db()
    assert (message.delivery, bool(message.ghl_message_id)) == (Delivery.SENT, True)
    assert [letter["text"] for letter in sent_by_us(connected, ann, "ghl")] == ["Tuesday?"]


def test_a_send_waits_for_undo_and_an_undone_one_never_leaves(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam, undo_seconds=30)
    ann.refresh_from_db()
    assert (message.delivery, ann.needs_reply) == (Delivery.QUEUED, False)
    work()
    sending.undo(message, by=sam)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        MessageJob.objects.update(run_at=timezone.now() - timedelta(minutes=2))
        work()
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, ann.needs_reply, sent_by_us(connected, ann)) == (Delivery.UNDONE, True, [])


def test_what_has_left_cannot_be_undone(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    work()
    with pytest.raises(sending.Refusal, match="sent already"):
        sending.undo(message, by=sam)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": "   "}, "Write something"),
        ({"to": ""}, "Select a recipient"),
        ({"to": "stranger@evil.example.com"}, "Select a recipient"),
        ({"cc": ["not an address"]}, "not an e-mail address"),
        ({"channel": "fax"}, "Choose e-mail, SMS or LinkedIn"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(ann: Lead, sam: User, given: dict[str, Any], reason: str) -> None:
    before = Message.objects.count()
    with pytest.raises(sending.Refusal, match=reason):
        write(ann, sam, **given)
    assert Message.objects.count() == before


def test_nothing_is_sent_to_who_opted_out_however_late_it_is_found(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam, undo_seconds=0)
    arrive(ann.workspace, email("Please stop e-mailing me.", lead=31))
    work()
    message.refresh_from_db()
    assert (message.delivery, sent_by_us(connected, ann)) == (Delivery.FAILED, [])
    assert "blacklisted" in message.error
    with pytest.raises(sending.Refusal, match="opted out"):
        write(ann, sam, key="k2")


def test_a_suppressed_copy_is_refused(ann: Lead, sam: User) -> None:
    suppression.add(ann, [("email", "boss@buyer.example.com")], reason="manual", evidence="")
    with pytest.raises(sending.Refusal, match=r"boss@buyer\.example\.com is on the suppression list"):
        write(ann, sam, cc=["Boss@buyer.example.com"])


def test_a_disconnected_account_refuses_and_keeps_the_text(connected: SandboxServer, ann: Lead, sam: User) -> None:
    Connection.objects.filter(provider="emailbison").update(status="failing")
    with pytest.raises(sending.Refusal, match="disconnected"):
        write(ann, sam)


def test_an_archived_workspace_refuses(ann: Lead, sam: User) -> None:
    Workspace.objects.update(archived_at=timezone.now())
    with pytest.raises(sending.Refusal, match="archived"):
        write(ann, sam)


def test_a_merged_lead_is_refused_with_the_text_kept(connected: SandboxServer, ann: Lead, sam: User) -> None:
    survivor = lead(ann.workspace, first_name="Anna")
    merging.merge(survivor=survivor, loser=ann, by=sam)
    with pytest.raises(sending.Refusal, match="merged"):
        write(ann, sam, channel="sms", text="Tuesday?")


def test_what_waited_when_its_lead_was_merged_leaves_as_the_survivors(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    survivor = lead(ann.workspace, first_name="Anna", email="anna@buyer.example.com")
    message = write(ann, sam)
    merging.merge(survivor=survivor, loser=ann, by=sam)
    work()
    message.refresh_from_db(), survivor.refresh_from_db()
    assert (message.delivery, message.lead_id) == (Delivery.SENT, survivor.pk)
    assert survivor.last_outbound_at == message.sent_at


def test_the_recipient_is_addressed_by_name(connected: SandboxServer, ann: Lead, sam: User) -> None:
    assert write(ann, sam).to == [{"email": "ann@buyer.example.com", "name": "Ann Lee"}]


def test_a_suppressed_number_of_the_person_stops_every_text(connected: SandboxServer, ann: Lead, sam: User) -> None:
    name(ann, "phone", "+12125550177")
    suppression.add(ann, [("phone", "+12125550177")], reason="manual", evidence="")
    with pytest.raises(sending.Refusal, match="suppression list"):
        write(ann, sam, channel="sms", text="Tuesday?")


def test_a_held_message_gets_an_hour_of_patience_from_when_the_provider_fails(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    MessageJob.objects.filter(kind="DELIVER").update(created_at=timezone.now() - timedelta(hours=5))
    with connected.fault("rate_limited", provider="emailbison", operation="send", times=1):
        work()
    message.refresh_from_db()
    assert message.delivery == Delivery.QUEUED
    MessageJob.objects.filter(kind="DELIVER").update(
        run_at=timezone.now(), waiting_since=timezone.now() - timedelta(minutes=61)
    )
    with connected.fault("rate_limited", provider="emailbison", operation="send", times=1):
        work()
    message.refresh_from_db()
    assert (message.delivery, "for an hour" in message.error) == (Delivery.FAILED, True)


def test_sending_again_after_72_hours_of_do_not_disturb_holds_anew(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    account = ann.workspace.connections.get(provider="ghl").external_id
    connected.control("ghl/dnd", {"account": account, "phone": "+12125550142", "status": "active"})
    message = write(ann, sam, channel="sms", text="Tuesday?")
    Message.objects.filter(pk=message.pk).update(
        delivery=Delivery.FAILED, held_until=timezone.now() - timedelta(seconds=1), undo_until=None
    )
    sending.retry(message, by=sam)
    work()
    message.refresh_from_db()
    assert message.delivery == Delivery.HELD


def test_taking_a_failed_message_back_clears_its_mark(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("success_false", provider="emailbison", operation="send", times=1):
        work()
    ann.refresh_from_db()
    assert ann.send_failed
    sending.undo(message, by=sam)
    ann.refresh_from_db()
    assert not ann.send_failed


def test_a_rate_limit_waits_and_costs_no_attempt(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("rate_limited", provider="emailbison", operation="send", times=1):
        work()
    message.refresh_from_db()
    job = MessageJob.objects.get(kind="DELIVER")
    assert (message.delivery, job.status, job.attempts, job.waits) == (Delivery.QUEUED, Status.PENDING, 0, 1)


def test_do_not_disturb_holds_the_message_and_sends_it_when_it_ends(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    account = ann.workspace.connections.get(provider="ghl").external_id
    connected.control("ghl/dnd", {"account": account, "phone": "+12125550142", "status": "active"})
    message = write(ann, sam, channel="sms", text="Tuesday?")
    work()
    message.refresh_from_db()
    assert (message.delivery, sent_by_us(connected, ann, "ghl")) == (Delivery.HELD, [])
    connected.control("ghl/dnd", {"account": account, "phone": "+12125550142", "status": "inactive"})
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()
    message.refresh_from_db()
    assert (message.delivery, len(sent_by_us(connected, ann, "ghl"))) == (Delivery.SENT, 1)


def test_do_not_disturb_for_72_hours_is_a_failure_with_its_reason(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    account = ann.workspace.connections.get(provider="ghl").external_id
    connected.control("ghl/dnd", {"account": account, "phone": "+12125550142", "status": "active"})
    message = write(ann, sam, channel="sms", text="Tuesday?")
    work()
    Message.objects.filter(pk=message.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()
    message.refresh_from_db()
    assert (message.delivery, "72 hours" in message.error) == (Delivery.FAILED, True)


def test_a_dead_key_fails_the_message_and_marks_the_connection(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("unauthorized", provider="emailbison", times=1):
        work()
    message.refresh_from_db()
    assert message.delivery == Delivery.FAILED
    assert Connection.objects.get(provider="emailbison").status == Connection.Status.FAILING


def test_a_failed_message_can_be_sent_again_with_the_same_text(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("success_false", provider="emailbison", operation="send", times=1):
        work()
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, ann.send_failed, ann.needs_reply) == (Delivery.FAILED, True, True)
    sending.retry(message, by=sam)
    work()
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, ann.send_failed, len(sent_by_us(connected, ann))) == (Delivery.SENT, False, 1)


def test_a_colleague_gets_the_answer_by_default(connected: SandboxServer, ann: Lead) -> None:
    from inbox import channels

    arrive(
        ann.workspace,
        email("For Ann", sender=Address("elise@buyer.example.com", "Elise Tran"), ids={"emailbison_reply": "e2"}),
    )
    ann.refresh_from_db()
    assert [(r.value, r.kind) for r in channels.recipients_of(ann, "email")] == [
        ("elise@buyer.example.com", "current"),
        ("ann@buyer.example.com", "primary"),
    ]


def test_every_delivery_state_says_what_it_may_become() -> None:
    assert DELIVERY_MAY_BECOME.keys() == set(Delivery)


def test_a_blacklist_cancels_what_waits_for_undo(ann: Lead, sam: User) -> None:
    message = write(ann, sam, undo_seconds=30)
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, ann.status) == (Delivery.FAILED, LeadStatus.BLACKLISTED)


@pytest.mark.parametrize("crossing", ["a person's", "a machine's", "none"])
def test_a_reply_that_crosses_a_waiting_answer_still_waits(
    connected: SandboxServer, ann: Lead, sam: User, crossing: str
) -> None:
    write(ann, sam, undo_seconds=30)
    if crossing == "a person's":
        arrive(ann.workspace, email("No, wait"))
    elif crossing == "a machine's":
        arrive(ann.workspace, email("I am out of the office.", headers="Auto-Submitted: auto-replied"))
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        MessageJob.objects.update(run_at=timezone.now() - timedelta(minutes=2))
        work()
    assert len(sent_by_us(connected, ann)) == 1
    assert Lead.objects.get().needs_reply == (crossing == "a person's")


def test_what_is_sent_again_answers_what_came_before_that(connected: SandboxServer, ann: Lead, sam: User) -> None:
    with connected.fault("success_false", provider="emailbison", operation="send", times=1):
        message = write(ann, sam)
        work()
    arrive(ann.workspace, email("Are you there?"))
    sending.retry(message, by=sam)
    work()
    message.refresh_from_db()
    assert message.delivery == Delivery.SENT
    assert not Lead.objects.get().needs_reply


def test_a_text_that_was_taken_back_does_not_pretend_to_leave_when_it_comes_again(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    sending.undo(write(ann, sam, undo_seconds=30), by=sam)
    with pytest.raises(sending.Refusal, match="taken back"):
        write(ann, sam, undo_seconds=30)
    assert write(ann, sam, undo_seconds=30, key="k2").delivery == Delivery.QUEUED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_the_same_moment_one_is_told(connected: SandboxServer, ann: Lead, sam: User) -> None:
    """Both looked before either wrote; asked outside the lock, both would go."""
    seen, told = Lead.objects.get().thread_version, []

    def overtaken(now: Lead) -> str:
        return "" if now.thread_version == seen else "Somebody was faster."

    def answer(number: int) -> None:
        try:
            write(ann, sam, key=f"setter{number}", undo_seconds=30, overtaken=overtaken)
        except sending.Overtaken as news:
            told.append(str(news))

    together(8, answer)
    assert told == ["Somebody was faster."] * 7
    assert Message.objects.filter(direction="out", delivery="queued").count() == 1
