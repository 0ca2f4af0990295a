"""The one door out, against the sandbox over real HTTP: every message once, and every refusal with its reason (06)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.utils import timezone

from followups.models import Task
from inbox import delivering, sending
from inbox.models import DELIVERY_MAY_BECOME, Delivery, Message, MessageJob
from integrations.events import Address, Channel, MessageConfirmed, Person
from integrations.models import Connection, EmailBisonHost
from leads import merging, suppression
from leads.models import Lead, LeadStatus
from tests.factories.inbox import arrive, email, sms
from tests.factories.leads import ago, lead, name
from tests.sandbox_server import SandboxServer
from tests.together import together
from zrg.jobs import claiming, running
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User, Workspace

_numbers = itertools.count(100)


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    return sandbox_process


@pytest.fixture
def connected(harbor: Workspace, sandbox: SandboxServer, settings: Any) -> Iterator[SandboxServer]:
    """Harbor with an EmailBison and a GoHighLevel account at the sandbox; its lead Ann wrote by e-mail and SMS."""
    settings.SANDBOX_URL = sandbox.base_url
    settings.EMAILBISON_BASE_URL = sandbox.url("/emailbison")
    settings.GHL_BASE_URL = sandbox.url("/ghl")
    settings.PROVIDER_TIMEOUT_S = 2
    number = next(_numbers)
    bison = sandbox.account("emailbison", number, name="Harbor", senders=["nora@harbor.example.com"], campaigns=["Q1"])
    ghl = sandbox.account("ghl", f"loc_{number}", name="Harbor", phone="+13135550100", rate_max=10_000)
    host = EmailBisonHost.objects.create(host="sandbox.example.com")
    Connection.objects.create(
        workspace=harbor,
        provider="emailbison",
        external_id=str(number),
        host=host.host,
        credentials={"api_key": bison["token"]},
        status="ok",
    )
    Connection.objects.create(
        workspace=harbor,
        provider="ghl",
        external_id=f"loc_{number}",
        credentials={"api_key": ghl["token"]},
        status="ok",
    )
    order = {"account": str(number), "lead_email": "ann@buyer.example.com"}
    sandbox.control("emailbison/lead", {"account": str(number), "email": "ann@buyer.example.com", "first_name": "Ann"})
    sandbox.control("emailbison/campaign-send", order)
    reply = sandbox.control("emailbison/reply", order | {"text": "Sounds good"})["reply"]
    contact = sandbox.control("ghl/contact", {"account": f"loc_{number}", "phone": "+12125550142", "name": "Ann"})
    thread = {"reply_id": str(reply["id"]), "sender_email_id": str(reply["sender_email_id"])}
    arrive(harbor, email(ids={"emailbison_reply": str(reply["id"])}, thread=thread))
    cid = contact["contact"]["id"]
    text = sms(
        contact=cid, person=Person(names=(("ghl_contact", cid),), email="ann@buyer.example.com", phone="+12125550142")
    )
    arrive(harbor, text)
    MessageJob.objects.all().delete()
    yield sandbox
    sandbox.reset(f"emailbison:{number}")
    sandbox.reset(f"ghl:loc_{number}")


@pytest.fixture
def ann(connected: SandboxServer) -> Lead:
    return Lead.objects.get()


def write(ann: Lead, by: User, **more: Any) -> Message:
    given: dict[str, Any] = {"channel": "email", "text": "Hi Ann,\n\nTuesday?", "key": "k1", "undo_seconds": 0}
    given |= {"to": "ann@buyer.example.com"} if more.get("channel", "email") == "email" else {}
    return sending.queue(lead=ann, by=by, **(given | more))


def work() -> None:
    """Run what is due, as a worker would."""
    running.drain(MessageJob, Lane.FIRST)


def sent_by_us(sandbox: SandboxServer, ann: Lead, provider: str = "emailbison") -> list[dict[str, Any]]:
    account = ann.workspace.connections.get(provider=provider).external_id
    return [letter for letter in sandbox.sent(f"{provider}:{account}") if letter.get("via") != "campaign"]


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


def test_the_same_key_is_one_message_even_from_eight_threads(connected: SandboxServer, ann: Lead, sam: User) -> None:
    first = write(ann, sam)
    assert write(ann, sam, text="Another text").pk == first.pk
    work()
    assert len(sent_by_us(connected, ann)) == 1


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


def test_no_answer_after_sending_is_looked_up_and_found_never_sent_again(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    with connected.fault("no_answer", provider="emailbison", operation="send", times=1):
        work()
    message.refresh_from_db()
    assert message.delivery == Delivery.UNCONFIRMED
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()
    message.refresh_from_db()
    assert (message.delivery, len(sent_by_us(connected, ann))) == (Delivery.SENT, 1)


def test_what_three_look_ups_do_not_find_is_a_persons_task(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("error_500", provider="emailbison", operation="send", times=1):
        work()
    for _ in range(3):
        MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
        work()
    message.refresh_from_db(), ann.refresh_from_db()
    assert (message.delivery, message.look_ups, ann.send_failed) == (Delivery.UNCONFIRMED, 3, True)
    assert not MessageJob.objects.filter(status=Status.PENDING).exists()
    assert Task.objects.get().status == Task.Status.OPEN
    sending.mark_sent(message, by=sam)
    message.refresh_from_db()
    assert (message.delivery, Task.objects.get().status) == (Delivery.SENT, Task.Status.DONE)
    assert sent_by_us(connected, ann) == []


def test_send_again_after_an_unknown_outcome_is_a_persons_decision(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    with connected.fault("error_500", provider="emailbison", operation="send", times=1):
        work()
    with pytest.raises(sending.Refusal, match="still being looked up"):
        sending.retry(message, by=sam)
    look_up_three_times()
    sending.retry(message, by=sam)
    work()
    message.refresh_from_db()
    assert (message.delivery, len(sent_by_us(connected, ann))) == (Delivery.SENT, 1)
    assert Task.objects.get().status == Task.Status.DONE


def test_a_provider_that_never_answers_the_look_ups_is_a_persons_task_too(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    with connected.fault("error_500", provider="emailbison"):
        work()
        look_up_three_times()
    message.refresh_from_db()
    assert (message.delivery, message.look_ups) == (Delivery.UNCONFIRMED, 3)
    assert Task.objects.get().status == Task.Status.OPEN


def test_a_second_unknown_outcome_is_a_second_task(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with connected.fault("error_500", provider="emailbison", operation="send"):
        work()
        look_up_three_times()
        sending.retry(message, by=sam)
        work()
        look_up_three_times()
    assert Task.objects.filter(status=Task.Status.OPEN).count() == 2
    sending.mark_sent(message, by=sam)
    assert not Task.objects.filter(status=Task.Status.OPEN).exists()


def look_up_three_times() -> None:
    for _ in range(3):
        MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
        work()


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


def test_an_echo_filed_before_our_answer_is_taken_over_by_our_message(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    person = Person(names=(("emailbison_lead", "31"),))
    other = MessageConfirmed(
        Channel.EMAIL, person, text="Other words", at=timezone.now(), ids={"emailbison_reply": "e7"}
    )
    arrive(ann.workspace, other)  # the platform rewrote our text, so that it was taken for one written there
    Message.objects.filter(pk=message.pk).update(delivery=Delivery.SENDING, provider_asked_at=timezone.now())
    receipt = delivering.outgoing.Receipt(ids={"emailbison_reply": "e7"})
    delivering._settle(MessageJob.objects.get(kind="DELIVER"), delivering._sent, receipt=receipt)
    (ours,) = Message.objects.filter(direction="out")
    assert (ours.pk, ours.delivery, ours.emailbison_reply_id) == (message.pk, Delivery.SENT, "e7")


def test_the_same_words_twice_stay_two_messages_whatever_their_echoes_say(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    first, second = write(ann, sam), write(ann, sam, key="k2")
    Message.objects.filter(pk=first.pk).update(
        delivery=Delivery.SENT, provider_asked_at=timezone.now(), emailbison_reply_id="e1"
    )
    Message.objects.filter(pk=second.pk).update(delivery=Delivery.SENDING, provider_asked_at=timezone.now())
    person = Person(names=(("emailbison_lead", "31"),))

    def echo(number: str) -> str:
        event = MessageConfirmed(
            Channel.EMAIL, person, text="Hi Ann,\n\nTuesday?", at=timezone.now(), ids={"emailbison_reply": number}
        )
        return arrive(ann.workspace, event).reason

    assert (echo("e1"), echo("e2"), echo("e3")) == ("duplicate", "echo", "")  # the third was written at the platform
    second.refresh_from_db()
    assert (second.delivery, second.emailbison_reply_id) == (Delivery.SENT, "e2")
    assert Message.objects.filter(direction="out").count() == 3


def test_an_echo_of_what_was_held_for_hours_is_not_a_second_message(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    Message.objects.filter(pk=message.pk).update(
        delivery=Delivery.UNCONFIRMED, sent_at=ago(hours=6), provider_asked_at=timezone.now()
    )
    person = Person(names=(("emailbison_lead", "31"),))
    echo = MessageConfirmed(
        Channel.EMAIL, person, text="Hi Ann,\n\nTuesday?", at=timezone.now(), ids={"emailbison_reply": "e1"}
    )
    assert arrive(ann.workspace, echo).reason == "echo"
    assert Message.objects.filter(direction="out").count() == 1


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


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("where", ["before the call", "after the call"])
def test_a_crash_between_any_two_steps_never_sends_twice(
    connected: SandboxServer, ann: Lead, sam: User, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    message = write(ann, sam)
    real = delivering.outgoing.send

    def die(*args: Any, **kwargs: Any) -> Any:
        if where == "after the call":
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(delivering.outgoing, "send", die)
    (job,) = claiming.claim_batch(MessageJob, Lane.FIRST, worker="w")
    with pytest.raises(Killed):
        delivering.deliver(job)
    monkeypatch.setattr(delivering.outgoing, "send", real)
    MessageJob.objects.update(status=Status.PENDING, run_at=timezone.now())  # what the sweep does with a stale row
    work()
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()
    message.refresh_from_db()
    expected = (Delivery.SENT, 1) if where == "after the call" else (Delivery.UNCONFIRMED, 0)
    assert (message.delivery, len(sent_by_us(connected, ann))) == expected


def test_the_platforms_echo_of_our_send_is_not_a_second_message(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    work()
    message.refresh_from_db()
    echo = MessageConfirmed(
        Channel.EMAIL,
        Person(names=(("emailbison_lead", "31"),)),
        html="<p>Hi Ann,</p><p>Tuesday?</p>",
        at=timezone.now(),
        ids={"emailbison_reply": message.emailbison_reply_id or ""},
    )
    arrive(ann.workspace, echo)
    assert Message.objects.filter(direction="out").count() == 1


def test_an_echo_that_comes_before_our_answer_confirms_the_message(
    connected: SandboxServer, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    Message.objects.filter(pk=message.pk).update(delivery=Delivery.SENDING, provider_asked_at=timezone.now())
    person = Person(names=(("emailbison_lead", "31"),))
    echo = MessageConfirmed(
        Channel.EMAIL, person, text="Hi Ann,\n\nTuesday?", at=timezone.now(), ids={"emailbison_reply": "e1"}
    )
    assert arrive(ann.workspace, echo).reason == "echo"
    message.refresh_from_db()
    assert (message.delivery, message.emailbison_reply_id) == (Delivery.SENT, "e1")


@pytest.mark.django_db(transaction=True)
def test_eight_workers_on_one_message_send_it_once(connected: SandboxServer, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    for number in range(7):
        sending.start_job(message, MessageJob.Kind.DELIVER, suffix=f"extra{number}", delay=timedelta())

    def run() -> None:
        try:
            work()
        finally:
            database.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    message.refresh_from_db()
    assert (message.delivery, len(sent_by_us(connected, ann))) == (Delivery.SENT, 1)


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
