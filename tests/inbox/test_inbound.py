"""What providers tell us becomes leads and messages (spec 02, 03)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from inbox import attention, channels
from inbox.models import Message, MessageJob
from integrations.events import (
    Address,
    AddressBounced,
    Channel,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    Person,
)
from integrations.models import Connection
from leads import merging, suppression
from leads.models import Campaign, Lead, LeadStatus, SuppressionEntry, Tag, TimelineEvent
from tests.factories.inbox import arrive, email, sms
from tests.factories.leads import ago, lead
from tests.inbox.campaign_mails import ANN, Q1, sent
from zrg.workspaces.models import User, Workspace


def test_a_reply_becomes_a_lead_a_message_and_a_job(harbor: Workspace) -> None:
    arrive(
        harbor,
        email(
            "Hi,\n\nsounds good.\n\nOn Thu, Nov 19, 2026 at 9:00 AM Sam <sam@sender.example.com> wrote:\n> Quick idea"
        ),
    )
    lead, message = Lead.objects.get(), Message.objects.get()
    assert (lead.email, lead.name) == ("ann@buyer.example.com", "Ann Lee")
    assert message.body == "Hi,\n\nsounds good."
    assert "Quick idea" in message.raw_text
    assert (lead.needs_reply, lead.is_unread, lead.preview) == (True, True, "Hi, sounds good.")
    job = MessageJob.objects.get()
    assert job.dedupe_key == f"{harbor.pk}:{message.pk}:EMAIL_INBOUND_POST_PROCESS"


def test_the_same_reply_twice_is_one_message_and_one_job(harbor: Workspace) -> None:
    event = email()
    assert arrive(harbor, event).reason == ""
    assert arrive(harbor, event).reason == "duplicate"
    arrive(harbor, LeadInterested(person=event.person, reply=event))
    assert (Message.objects.count(), MessageJob.objects.count()) == (1, 1)
    assert Lead.objects.get().tag == Tag.INTERESTED


def test_interested_never_lowers_a_stronger_tag(harbor: Workspace) -> None:
    arrive(harbor, email())
    Lead.objects.update(tag=Tag.MEETING_REQUESTED)
    assert arrive(harbor, LeadInterested(person=ANN)).reason == "stronger_tag"
    assert Lead.objects.get().tag == Tag.MEETING_REQUESTED


def test_a_campaign_mail_is_recorded_with_its_campaign_and_needs_no_reply(harbor: Workspace) -> None:
    arrive(harbor, sent())
    lead, message = Lead.objects.get(), Message.objects.get()
    assert (message.sent_by, message.direction, message.delivery) == ("campaign", "out", "sent")
    assert (lead.campaign.name, lead.needs_reply, lead.last_outbound_at) == ("Q1", False, message.sent_at)


def test_a_campaign_is_renamed_and_nothing_else_of_it_changed(harbor: Workspace) -> None:
    arrive(harbor, sent())
    Campaign.objects.update(response_mode="AI_AUTO_SEND")
    arrive(harbor, sent(771, campaign=replace(Q1, name="Q1 renamed")))
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.response_mode) == ("Q1 renamed", "AI_AUTO_SEND")


def test_a_colleague_on_copy_becomes_the_current_replier_until_the_lead_writes_again(harbor: Workspace) -> None:
    arrive(harbor, email(at=ago(hours=5)))
    elise = Address("Elise@Buyer.example.com", "Elise Tran")
    arrive(harbor, email("For Ann", sender=elise, at=ago(hours=3)))
    lead = Lead.objects.get()
    assert (lead.current_replier_email, lead.current_replier_name) == ("elise@buyer.example.com", "Elise Tran")
    assert lead.identities.filter(value="elise@buyer.example.com", primary=False).exists()
    arrive(harbor, email("Me again", at=ago(hours=1)))
    lead.refresh_from_db()
    assert lead.current_replier_email == ""


def test_a_lead_known_by_phone_takes_the_senders_address_as_its_primary(harbor: Workspace) -> None:
    arrive(harbor, sms())
    known = Person(names=(("ghl_contact", "cnt_1"),))
    arrive(harbor, email(person=known, sender=Address("ann@buyer.example.com", "Ann")))
    lead = Lead.objects.get()
    assert (lead.email, lead.phone) == ("ann@buyer.example.com", "+12125550142")


def test_an_opt_out_is_final_in_the_same_transaction(harbor: Workspace) -> None:
    arrive(harbor, email("Please take me off your list.", sender=Address("elise@buyer.example.com", "Elise")))
    lead = Lead.objects.get()
    assert (lead.status, lead.needs_reply) == (LeadStatus.BLACKLISTED, False)
    assert set(SuppressionEntry.objects.values_list("value", flat=True)) == {
        "ann@buyer.example.com",
        "elise@buyer.example.com",
    }


def test_stop_and_start_by_sms(harbor: Workspace) -> None:
    arrive(harbor, sms("STOP"))
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED
    arrive(harbor, sms("START"))
    assert Lead.objects.get().status == LeadStatus.NEW
    assert not SuppressionEntry.objects.filter(lifted_at=None).exists()


def test_an_out_of_office_reply_does_not_ask_for_an_answer(harbor: Workspace) -> None:
    arrive(harbor, email("I am out of the office until Monday, 9 March.", subject="Automatic reply: Quick idea"))
    lead = Lead.objects.get()
    assert (lead.tag, lead.needs_reply, lead.is_unread) == (Tag.OUT_OF_OFFICE, False, False)


HARD = "550 5.1.1 The email account that you tried to reach does not exist. Action: failed Status: 5.1.1"

FULL = "452 4.2.2 The recipient's mailbox is full. Action: delayed Status: 4.2.2"

SPAM = "554 5.7.1 Message rejected due to content restrictions. Action: failed Status: 5.7.1"


def bounce(text: str, number: int = 1) -> AddressBounced:
    return AddressBounced(
        person=ANN,
        address="ann@buyer.example.com",
        subject="Delivery Status Notification (Failure)",
        text=text,
        sender=Address("mailer-daemon@buyer.example.com"),
        ids={"emailbison_reply": f"b{number}"},
    )


@pytest.mark.parametrize(("text", "status"), [(HARD, "blacklisted"), (FULL, "new"), (SPAM, "new")])
def test_only_a_dead_address_blacklists(harbor: Workspace, text: str, status: str) -> None:
    arrive(harbor, bounce(text))
    assert Lead.objects.get().status == status
    assert not Message.objects.exists()


def test_a_third_full_mailbox_counts_as_dead_and_a_replayed_one_does_not(harbor: Workspace) -> None:
    for number in (1, 1, 2, 2):
        arrive(harbor, bounce(FULL, number))
    assert Lead.objects.get().status == LeadStatus.NEW
    arrive(harbor, bounce(FULL, 3))
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED


def test_a_mailer_daemon_never_becomes_a_lead(harbor: Workspace) -> None:
    arrive(harbor, email())
    daemon = Address("mailer-daemon@buyer.example.com", "Mail Delivery Subsystem")
    report = f"Your message to {ANN.email} couldn't be delivered. {HARD}\nFinal-Recipient: rfc822; {ANN.email}"
    untracked = email(report, person=Person(email=daemon.email), sender=daemon, subject="Undeliverable: Quick idea")
    arrive(harbor, untracked)
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED
    unknown = replace(untracked, text=report.replace("ann@", "nobody@"), ids={"emailbison_reply": "77"})
    assert arrive(harbor, unknown).reason == "bounce_of_unknown_address"
    assert Lead.objects.count() == 1


def test_an_unsubscribe_at_the_platform_is_final_here(harbor: Workspace) -> None:
    arrive(harbor, LeadUnsubscribed(person=ANN))
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED


def test_an_opening_belongs_to_the_message_of_its_strongest_id(harbor: Workspace) -> None:
    arrive(harbor, sent(770, at=ago(hours=5)))
    by_hand = MessageConfirmed(Channel.EMAIL, ANN, text="By hand", at=ago(hours=4), ids={"emailbison_reply": "9"})
    arrive(harbor, by_hand)
    both = {"emailbison_scheduled": "770", "emailbison_reply": "9"}
    arrive(harbor, MessageOpened(person=ANN, at=ago(hours=2), ids=both))
    assert list(Message.objects.filter(opened_at__isnull=False).values_list("body", flat=True)) == ["By hand"]


def test_what_was_written_at_the_platform_by_hand_is_recorded_as_an_outbound_touch(harbor: Workspace) -> None:
    arrive(harbor, email(at=ago(hours=2)))
    echo = MessageConfirmed(Channel.EMAIL, ANN, text="By hand", at=ago(hours=1), ids={"emailbison_reply": "9"})
    arrive(harbor, echo)
    assert arrive(harbor, echo).reason in {"duplicate", "echo"}
    written = Message.objects.get(direction="out")
    assert (written.sent_by, written.sent_by_user, written.body) == ("setter", None, "By hand")
    assert Lead.objects.get().needs_reply is False


def test_texts_with_characters_postgres_refuses_are_filed_all_the_same(harbor: Workspace) -> None:
    arrive(harbor, email("Hi\x00 there", subject="Re:\x00 x", sender=Address("ann@buyer.example.com", "An\x00n")))
    assert Message.objects.get().body == "Hi there"


def test_links_only_the_html_had_are_appended(harbor: Workspace) -> None:
    arrive(harbor, email("See my page", html='<p>See <a href="https://calendar.example.com/ann">my page</a></p>'))
    assert Message.objects.get().body.endswith("Links:\nhttps://calendar.example.com/ann")


def test_filing_a_reply_of_a_known_lead_costs_few_queries(
    harbor: Workspace, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    arrive(harbor, email())
    event = email("Again")
    with transaction.atomic(), django_assert_max_num_queries(8):
        arrive(harbor, event)


def test_start_counts_for_the_number_that_sent_it(harbor: Workspace) -> None:
    arrive(harbor, sms(phone="+12125550142"))
    with transaction.atomic():
        suppression.add(Lead.objects.get(), [("phone", "+12125550142")], reason="sms_stop", evidence="STOP")
    arrive(harbor, sms("START", phone="+12125550177"))
    assert SuppressionEntry.objects.filter(lifted_at=None).count() == 1
    arrive(harbor, sms("START", phone="+12125550142"))
    assert not SuppressionEntry.objects.filter(lifted_at=None).exists()


def test_an_opt_out_of_a_colleague_who_is_another_lead_lists_all_that_is_known_of_them(harbor: Workspace) -> None:
    arrive(harbor, email())
    elise = Person(names=(("emailbison_lead", "32"),), email="elise@buyer.example.com", phone="+12125550199")
    arrive(harbor, sent(901, person=elise))
    arrive(harbor, email("Please take me off your list.", sender=Address("elise@buyer.example.com", "Elise")))
    listed = set(SuppressionEntry.objects.values_list("value", flat=True))
    assert listed == {"ann@buyer.example.com", "elise@buyer.example.com", "+12125550199"}


def test_an_opt_out_stands_on_the_timeline_at_the_time_it_was_said(harbor: Workspace) -> None:
    arrive(harbor, email("Please take me off your list.", at=ago(days=3)))
    said, told = Message.objects.get(), TimelineEvent.objects.get(kind="blacklisted")
    assert told.at == said.sent_at
    unsubscribed = LeadUnsubscribed(person=ANN, at=ago(days=2))
    arrive(harbor, unsubscribed)
    assert TimelineEvent.objects.get(kind="opt_out").at == unsubscribed.at


def test_a_name_learned_after_an_opt_out_is_not_written_to_either(harbor: Workspace) -> None:
    arrive(harbor, email("Please take me off your list.", at=ago(days=3)))
    known = Person(names=(("emailbison_lead", "31"),), email="ann.private@buyer.example.com", phone="+12125550177")
    arrive(harbor, email("Me again", at=ago(days=2), person=known))
    standing = SuppressionEntry.objects.filter(lead=Lead.objects.get(), lifted_at=None)
    assert set(standing.values_list("value", "reason")) >= {
        ("ann.private@buyer.example.com", "opt_out"),
        ("+12125550177", "opt_out"),
    }


def test_a_name_learned_of_somebody_who_may_be_written_to_stays_free(harbor: Workspace) -> None:
    arrive(harbor, email("Hello", at=ago(days=3)))
    known = Person(names=(("emailbison_lead", "31"),), email="ann.private@buyer.example.com")
    arrive(harbor, email("Me again", at=ago(days=2), person=known))
    assert not SuppressionEntry.objects.exists()


def test_a_bounce_in_the_thread_is_not_the_thread_to_answer(harbor: Workspace) -> None:
    Connection.objects.create(workspace=harbor, provider="emailbison", external_id="7", status="ok")
    arrive(harbor, email(at=ago(hours=2), thread={"reply_id": "1"}))
    daemon = Address("mailer-daemon@buyer.example.com", "Mail Delivery Subsystem")
    report = email(FULL, sender=daemon, subject="Delivery delayed", thread={"reply_id": "2"})
    arrive(harbor, report)
    assert Message.objects.filter(automated="bounce").count() == 1
    assert channels.pick_thread(Lead.objects.get(), "email")["reply_id"] == "1"


def test_an_echo_that_has_only_a_message_id_is_filed_once(harbor: Workspace) -> None:
    echo = MessageConfirmed(Channel.EMAIL, ANN, text="By hand", at=ago(hours=1), ids={"rfc": "<1@sender.example.com>"})
    arrive(harbor, echo)
    assert arrive(harbor, echo).reason == "duplicate"
    assert Message.objects.count() == 1


def test_a_message_without_an_id_is_filed_once_though_its_lead_was_merged_meanwhile(
    harbor: Workspace, alice: User
) -> None:
    event, arrived = sms("Tuesday works", ids={}, at=None), ago(minutes=30)
    arrive(harbor, event, received_at=arrived)
    other = Lead.objects.get()
    merging.merge(survivor=lead(harbor), loser=other, by=alice)
    assert arrive(harbor, event, received_at=arrived).reason == "duplicate"
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("ours", "subject", "text", "status"),
    [
        ("Stop cold calling", "Re: Stop cold calling", "Sounds good, call me Tuesday?", "new"),
        ("Stop cold calling", "Stop cold calling", "A help desk cuts the Re: off. Call me?", "new"),
        ("Never call again", "AW: [EXTERN] Never call again", "", "new"),
        ("", "Re: Stop cold calling", "Sounds good, call me Tuesday?", "new"),
        ("Quick idea", "Re: Quick idea - stop emailing me", "Thanks", "blacklisted"),
        ("", "Re: Unsubscribe me", "Thanks", "blacklisted"),
        ("", "Stop emailing me", "Thanks", "blacklisted"),
        ("Stop cold calling", "Re: Stop cold calling", "Stop emailing me.", "blacklisted"),
    ],
)
def test_the_subject_of_our_own_mail_asks_nobody_to_stop(
    harbor: Workspace, ours: str, subject: str, text: str, status: str
) -> None:
    if ours:
        arrive(harbor, sent(subject=ours))
    arrive(harbor, email(text, subject=subject))
    assert Lead.objects.get().status == status


SECOND = "+12125550177"


def test_a_stop_counts_for_the_number_it_came_from_though_that_is_another_leads(harbor: Workspace) -> None:
    arrive(harbor, sms(contact="c1", at=ago(hours=3)))
    arrive(harbor, sms(contact="c2", phone=SECOND, at=ago(hours=2)))
    arrive(harbor, sms("STOP", contact="c1", phone=SECOND))
    other = Lead.objects.get(phone=SECOND)
    assert suppression.standing(other, "sms", [SECOND])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_start_from_another_number_of_the_lead_lifts_nothing(harbor: Workspace, order: tuple[int, int]) -> None:
    for hours, phone in ((9, "+12125550142"), (8, SECOND)):
        arrive(harbor, sms(phone=phone, at=ago(hours=hours)))
    events = [sms("STOP", at=ago(hours=5)), sms("START", phone=SECOND, at=ago(hours=2))]
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED
    arrive(harbor, sms("START", at=ago(hours=1)))
    assert Lead.objects.get().status == "new"
    assert not SuppressionEntry.objects.filter(lifted_at=None).exists()


def test_of_two_numbers_that_said_stop_a_start_frees_its_own_only(harbor: Workspace) -> None:
    for phone in ("+12125550142", SECOND):
        arrive(harbor, sms(phone=phone, at=ago(hours=9)))
        arrive(harbor, sms("STOP", phone=phone, at=ago(hours=5)))
    arrive(harbor, sms("START", phone=SECOND, at=ago(hours=2)))
    lead = Lead.objects.get()
    assert lead.status == LeadStatus.BLACKLISTED
    assert suppression.standing(lead, "sms", ["+12125550142"])
    assert not suppression.standing(lead, "sms", [SECOND])
    arrive(harbor, sms("START", at=ago(hours=1)))
    assert Lead.objects.get().status == "new"


@pytest.mark.parametrize("of", ["automatic", "late"])
def test_done_stays_done_until_a_person_of_the_lead_writes_again(harbor: Workspace, sam: User, of: str) -> None:
    arrive(harbor, email(at=ago(hours=5)))
    assert attention.mark_done(Lead.objects.get(), by=sam)
    out = {"subject": "Automatic reply: Quick idea", "headers": "Auto-Submitted: auto-replied"}
    arrive(harbor, email("I am out of the office.", **out) if of == "automatic" else email(at=ago(hours=9)))
    assert not Lead.objects.get().needs_reply
    arrive(harbor, email("Hello?", at=ago(hours=1)))
    assert Lead.objects.get().needs_reply


def test_a_machine_at_another_address_is_nobody_who_answers(harbor: Workspace) -> None:
    arrive(harbor, email(at=ago(hours=2)))
    desk, elise = Address("no-reply@desk.example.com", "Desk"), Address("elise@buyer.example.com", "Elise")
    received = {"text": "This is an automated message.", "headers": "Auto-Submitted: auto-replied", "sender": desk}
    arrive(harbor, email(**received))
    assert Lead.objects.get().current_replier_email == ""
    arrive(harbor, email("I take this over.", sender=elise))
    arrive(harbor, email(**received))
    assert Lead.objects.get().current_replier_email == "elise@buyer.example.com"
