"""A colleague of the client writes in the thread: it shows, and the conversation stays the lead's (spec 03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from inbox import channels, inbound, transcripts
from inbox.models import Draft, Message, MessageJob
from inbox.thread import Letter, open_thread
from integrations.events import Address, Channel, MessageReceived, MessageSent, Person
from leads.models import Lead, LeadStatus, MergeSuggestion, SuppressionEntry, Tag, TimelineEvent
from tests.factories.drafts import scheduled
from tests.factories.inbox import arrive, email
from tests.factories.leads import ago
from tests.integrations.deliveries import connect, meaning
from zrg.workspaces.models import User, Workspace

ANN = Person(names=(("emailbison_lead", "31"),), email="ann@buyer.example.com", first_name="Ann")
NORA = Address("nora@harbor-mail.example.com", "Nora Field")  # the mailbox of the campaign
OTTO = Address("Otto@Harbor-Mail.example.com", "Otto Boss")  # the client's boss, at its domain


def mailed(sender: Address = NORA, **more: Any) -> MessageSent:
    given: dict[str, Any] = {"text": "Is lowering costs of interest?", "at": ago(days=1)}
    given |= {"ids": {"emailbison_scheduled": "770"}, "sender": sender} | more
    return MessageSent(Channel.EMAIL, ANN, **given)


def from_(sender: Address, text: str = "I take this over, Ann.", **more: Any) -> MessageReceived:
    return email(text, sender=sender, **more)


@pytest.fixture
def ann(harbor: Workspace) -> Lead:
    """She was mailed, and answered."""
    arrive(harbor, mailed())
    arrive(harbor, email("Sounds good", at=ago(hours=5)))
    MessageJob.objects.all().delete()
    return Lead.objects.get()


def now(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_a_colleague_of_ours_is_recorded_and_nothing_of_the_lead_changes(ann: Lead) -> None:
    applied = arrive(ann.workspace, from_(OTTO))
    assert (applied.lead_id, applied.reason) == (ann.pk, "")
    written = Message.objects.get(from_email="otto@harbor-mail.example.com")
    assert (written.lead_id, written.direction, written.automated) == (ann.pk, "in", "our_side")
    lead = now(ann)
    assert (lead.current_replier_email, lead.email) == ("", "ann@buyer.example.com")
    assert not lead.identities.filter(value="otto@harbor-mail.example.com").exists()
    assert [one.value for one in channels.recipients_of(lead, "email")] == ["ann@buyer.example.com"]
    assert (lead.tag, lead.last_reply_at, lead.last_email_reply_at) == (
        ann.tag,
        ann.last_reply_at,
        ann.last_email_reply_at,
    )
    assert (lead.is_unread, lead.needs_reply, lead.preview) == (True, True, "I take this over, Ann.")
    assert not MessageJob.objects.exists(), "nobody reads it for its meaning, nobody answers it"
    assert "wrote from our side" in TimelineEvent.objects.get(kind="our_side").text


def test_twice_told_it_is_one_message(ann: Lead) -> None:
    event = from_(OTTO)
    assert [arrive(ann.workspace, event).reason for _ in range(2)] == ["", "duplicate"]
    assert TimelineEvent.objects.filter(kind="our_side").count() == 1


def test_the_answer_goes_into_the_leads_own_thread(ann: Lead) -> None:
    connect(ann.workspace, "emailbison")
    before = channels.pick_thread(ann, "email")
    arrive(ann.workspace, from_(OTTO))
    assert before
    assert channels.pick_thread(ann, "email") == before


def test_whoever_answered_for_the_lead_goes_on_to(ann: Lead) -> None:
    elise = Address("elise@buyer.example.com", "Elise")
    arrive(ann.workspace, from_(elise, at=ago(hours=3)))
    arrive(ann.workspace, from_(OTTO, at=ago(hours=2)))
    assert now(ann).current_replier_email == elise.email
    arrive(ann.workspace, email("Me again", at=ago(hours=1)))
    assert now(ann).current_replier_email == ""


@pytest.mark.parametrize("text", ["Please take Ann off the list.", "STOP", "Please stop e-mailing me."])
def test_what_ours_say_is_nobodys_opt_out(ann: Lead, text: str) -> None:
    arrive(ann.workspace, from_(OTTO, text))
    assert now(ann).status == LeadStatus.NEW
    assert not SuppressionEntry.objects.exists()
    told = TimelineEvent.objects.get(kind="our_side")
    assert (told.tone, "asks to stop" in told.did) == ("warn", True), "a person has to look"


def test_their_absence_is_not_the_leads(ann: Lead) -> None:
    arrive(ann.workspace, from_(OTTO, "I am out of the office.", subject="Automatic reply: Quick idea"))
    assert now(ann).tag == Tag.NEW


def test_a_lead_without_an_address_does_not_take_ours(harbor: Workspace) -> None:
    nameless = Person(names=(("emailbison_lead", "31"),))
    arrive(harbor, MessageSent(Channel.EMAIL, nameless, text="Hi", sender=NORA, ids={"emailbison_scheduled": "770"}))
    arrive(harbor, from_(OTTO, person=nameless))
    assert Lead.objects.get().email == ""
    arrive(harbor, email(person=nameless))
    assert Lead.objects.get().email == "ann@buyer.example.com"


def test_a_bounce_of_our_own_mail_server_is_a_bounce(ann: Lead) -> None:
    report = "Your message to ann@buyer.example.com couldn't be delivered. 550 5.1.1 The account does not exist."
    daemon = Address("mailer-daemon@harbor-mail.example.com", "Mail Delivery Subsystem")
    arrive(ann.workspace, from_(daemon, report, subject="Undeliverable: Quick idea"))
    assert now(ann).status == LeadStatus.BLACKLISTED


# ── Who is of our side ─────────────────────────────────────────────────────────
def test_a_member_of_the_workspace_is_ours_wherever_they_have_their_mailbox(ann: Lead, sam: User, alice: User) -> None:
    for user in (sam, alice):
        arrive(ann.workspace, from_(Address(user.email, user.name)))
    assert now(ann).current_replier_email == ""
    assert Message.objects.filter(automated="our_side").count() == 2


def test_a_member_of_another_workspace_is_not(ann: Lead, mallory: User) -> None:
    arrive(ann.workspace, from_(Address(mallory.email, "Mallory")))
    assert now(ann).current_replier_email == mallory.email


def test_what_the_provider_names_as_our_mailbox_counts_though_no_mail_from_it_is_recorded(harbor: Workspace) -> None:
    """The campaign's mail comes later, or never: in whatever order they are told."""
    arrive(harbor, email("Sounds good", at=ago(hours=5)))
    arrive(harbor, from_(OTTO, mailbox="Nora@harbor-mail.example.com"))
    assert Lead.objects.get().current_replier_email == ""


@pytest.mark.parametrize("kind", ["emailbison", "smartlead", "instantly"])
def test_each_platform_names_its_mailbox(kind: str) -> None:
    names = {"emailbison": "lead_replied", "smartlead": "email_reply", "instantly": "reply_received"}
    event = meaning(kind, names[kind])
    assert isinstance(event, MessageReceived)
    assert event.mailbox == "sam@sender.example"


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.co.uk", "outlook.com", "web.de"])
def test_at_a_mail_service_of_everybody_only_the_mailbox_itself_is_ours(harbor: Workspace, domain: str) -> None:
    ours, theirs = Address(f"nora.field@{domain}", "Nora"), Address(f"elise.tran@{domain}", "Elise")
    arrive(harbor, mailed(ours))
    arrive(harbor, email(at=ago(hours=5)))
    arrive(harbor, from_(ours, at=ago(hours=4), mailbox=ours.email))
    assert Lead.objects.get().current_replier_email == ""
    arrive(harbor, from_(theirs, at=ago(hours=3), mailbox=ours.email))
    assert Lead.objects.get().current_replier_email == theirs.email


@pytest.mark.parametrize("domain", ["buyer.example.com", "other.example.com", "sub.harbor-mail.example.com"])
def test_others_are_the_leads_side_as_before(ann: Lead, domain: str) -> None:
    arrive(ann.workspace, from_(Address(f"elise@{domain}", "Elise"), mailbox=NORA.email))
    assert now(ann).current_replier_email == f"elise@{domain}"


def test_a_colleague_of_the_lead_at_the_company_that_is_also_ours_is_the_leads(harbor: Workspace) -> None:
    """A campaign tried out on one's own people."""
    own = Person(names=(("emailbison_lead", "31"),), email="ann@harbor-mail.example.com", first_name="Ann")
    arrive(harbor, MessageSent(Channel.EMAIL, own, text="Hi", sender=NORA, ids={"emailbison_scheduled": "770"}))
    arrive(harbor, from_(OTTO, person=own, mailbox=NORA.email))
    assert Lead.objects.get().current_replier_email == "otto@harbor-mail.example.com"
    arrive(harbor, from_(NORA, person=own, mailbox=NORA.email))
    assert Message.objects.get(from_email=NORA.email, direction="in").automated == "our_side"


def test_mailboxes_of_other_leads_say_nothing_about_this_one(ann: Lead) -> None:
    bob = Person(names=(("emailbison_lead", "32"),), email="bob@elsewhere.example.com")
    other = Address("max@second-mail.example.com")
    arrive(ann.workspace, MessageSent(Channel.EMAIL, bob, text="Hi", sender=other, ids={"emailbison_scheduled": "1"}))
    arrive(ann.workspace, from_(Address("pia@second-mail.example.com", "Pia")))
    assert now(ann).current_replier_email == "pia@second-mail.example.com"
    assert not MergeSuggestion.objects.exists()


# ── What waits, what is read, what is shown ────────────────────────────────────
def test_what_would_send_itself_waits_for_a_person(ann: Lead) -> None:
    draft = scheduled(ann)
    arrive(ann.workspace, from_(OTTO))
    draft.refresh_from_db()
    assert (draft.status, draft.send_at) == ("pending", None)
    assert "our side" in draft.cancelled_reason


def test_a_model_reads_it_as_ours(ann: Lead) -> None:
    arrive(ann.workspace, from_(OTTO, "Ann, I am the boss."))
    transcript = transcripts.of(now(ann), last=10)
    assert transcript.last_inbound is not None
    assert transcript.last_inbound.body == "Sounds good"
    assert "Ann, I am the boss." in transcript.ours
    assert "| OUT | email | Otto Boss (our side)" in transcript.text


def test_the_page_says_whose_side_it_is(ann: Lead) -> None:
    arrive(ann.workspace, from_(OTTO))
    thread = open_thread(now(ann), zone=ann.workspace.tzinfo, now=timezone.now())
    letter = [item for item in thread.items if isinstance(item, Letter)][-1]
    assert (letter.author, letter.note, letter.mark) == ("Otto Boss", "", ("Our side", "later"))
    assert letter.is_new


def test_the_leads_next_mail_is_answered_as_ever(ann: Lead) -> None:
    arrive(ann.workspace, from_(OTTO, at=ago(hours=2)))
    arrive(ann.workspace, email("And the price?", at=ago(hours=1)))
    assert MessageJob.objects.get().kind == "EMAIL_INBOUND_POST_PROCESS"
    assert not Draft.objects.exists()


def test_it_costs_one_query_and_none_for_the_leads_own_address(
    ann: Lead, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for sender, costs in ((ann.email, 0), ("elise@buyer.example.com", 1), ("", 0)):
        with transaction.atomic(), django_assert_num_queries(costs):
            assert inbound.repliers.our_side(ann, sender, mailbox="") == ""
    with django_assert_num_queries(0):
        assert inbound.repliers.our_side(ann, "otto@harbor-mail.example.com", mailbox=NORA.email)


def test_a_colleague_who_writes_late_is_not_news(ann: Lead) -> None:
    Lead.objects.update(is_unread=False)
    arrive(ann.workspace, from_(OTTO, at=ann.last_message_at - timedelta(hours=1)))
    assert (now(ann).is_unread, now(ann).preview) == (False, "Sounds good")
