"""No message leaves twice: unknown outcomes, echoes, crashes and crowds, against the sandbox over real HTTP (06)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from followups.models import Task
from inbox import delivering, sending
from inbox.models import Delivery, Message, MessageJob
from integrations.events import Channel, MessageConfirmed, Person
from leads.models import Lead
from tests.factories.inbox import arrive
from tests.factories.leads import ago
from tests.inbox.sends import sent_by_us, work, write
from tests.sandbox_server import SandboxServer
from zrg.jobs import claiming
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User


def test_the_same_key_is_one_message_even_from_eight_threads(connected: SandboxServer, ann: Lead, sam: User) -> None:
    first = write(ann, sam)
    assert write(ann, sam, text="Another text").pk == first.pk
    work()
    assert len(sent_by_us(connected, ann)) == 1


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
