"""What each provider's payloads mean in our words, on the contract samples."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations import providers
from integrations.errors import Malformed
from integrations.events import (
    AccountStatus,
    Address,
    AddressBounced,
    Attachment,
    CampaignRef,
    Channel,
    Ignored,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    MessageReceived,
    MessageSent,
)
from tests.integrations.bending import anything, bent, names
from tests.integrations.deliveries import PROVIDERS, meaning, sample, samples
from zrg.jobs.models import Lane

SAM = Address("sam@sender.example")


# ── EmailBison ─────────────────────────────────────────────────────────────────
def test_an_emailbison_reply_is_a_message_with_person_thread_and_campaign():
    event = meaning("emailbison", "lead_replied")
    assert isinstance(event, MessageReceived)
    assert (event.channel, event.text, event.html) == (Channel.EMAIL, "Sounds good", "<p>Sounds good</p>")
    assert event.subject == "Re: Quick idea"
    assert event.sender == Address("ann@buyer.example", "Ann Lee")
    assert event.to == (Address("sam@sender.example", "Sam"),)
    assert event.cc == (Address("boss@buyer.example", "Bo Boss"),)
    assert event.at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert event.ids == {"emailbison_reply": "9001", "rfc": "<abc@buyer.example>"}
    assert event.thread == {"reply_id": "9001", "sender_email_id": "139"}
    assert event.campaign == CampaignRef("emailbison", "12", "Q1")
    assert event.attachments == (Attachment("plan.pdf", "https://send.agency.example/files/plan.pdf"),)
    assert not event.automated
    assert not event.untracked


def test_an_emailbison_lead_brings_its_facts_and_those_of_its_custom_variables():
    person = meaning("emailbison", "lead_replied").person
    assert person.names == (("emailbison_lead", "31"), ("linkedin_url", "https://www.linkedin.com/in/ann-lee"))
    assert (person.email, person.phone) == ("ann@buyer.example", "(212) 555-0147")
    assert (person.first_name, person.last_name, person.title, person.company) == ("Ann", "Lee", "CFO", "Buyer")


def test_emailbison_says_which_replies_are_automatic():
    assert meaning("emailbison", "lead_replied_automatically").automated


def test_an_emailbison_lead_marked_interested_brings_the_reply_along():
    event = meaning("emailbison", "lead_interested")
    assert isinstance(event, LeadInterested)
    assert event.person.names[0] == ("emailbison_lead", "31")
    assert event.reply is not None
    assert event.reply.ids == meaning("emailbison", "lead_replied").ids


def test_an_untracked_emailbison_reply_knows_only_who_wrote():
    event = meaning("emailbison", "untracked_reply_received")
    assert isinstance(event, MessageReceived)
    assert event.untracked
    assert event.campaign is None
    assert (event.person.email, event.person.first_name, event.person.names) == ("cleo@buyer.example", "Cleo", ())
    assert event.thread == {"reply_id": "9005", "sender_email_id": "139"}


def test_an_emailbison_campaign_mail_is_a_sent_message():
    event = meaning("emailbison", "email_sent")
    assert isinstance(event, MessageSent)
    assert (event.subject, event.html) == ("Quick idea", "<p>Hi Ann</p>")
    assert event.sender == Address("sam@sender.example", "Sam")
    assert event.at == datetime(2025, 2, 27, 9, tzinfo=UTC)
    assert event.ids == {"emailbison_scheduled": "770", "rfc": "<out-1@sender.example>"}


def test_an_opened_emailbison_mail_is_named_by_its_scheduled_mail():
    event = meaning("emailbison", "email_opened")
    assert isinstance(event, MessageOpened)
    assert event.ids["emailbison_scheduled"] == "770"


def test_an_emailbison_bounce_carries_the_words_of_the_mailer():
    event = meaning("emailbison", "email_bounced")
    assert isinstance(event, AddressBounced)
    assert event.address == "ann@buyer.example"
    assert event.sender.email == "mailer-daemon@buyer.example"
    assert "5.1.1" in event.text


def test_a_bounce_reported_as_a_reply_of_the_lead_is_a_bounce():
    assert isinstance(meaning("emailbison", "email_bounced", event={"type": "LEAD_REPLIED"}), AddressBounced)


def test_an_emailbison_opt_out():
    event = meaning("emailbison", "lead_unsubscribed")
    assert isinstance(event, LeadUnsubscribed)
    assert event.person.email == "ann@buyer.example"


def test_an_emailbison_manual_mail_confirms_an_outbound_message():
    event = meaning("emailbison", "manual_email_sent")
    assert isinstance(event, MessageConfirmed)
    assert event.text == "Tuesday 3pm?"
    assert event.ids == {"emailbison_reply": "9002", "rfc": "<out-2@sender.example>"}
    assert event.to == (Address("ann@buyer.example", "Ann Lee"),)
    assert event.person.names[0] == ("emailbison_lead", "31")


def test_an_emailbison_event_wrapped_once_more_means_the_same():
    assert meaning("emailbison", "test_event_wrapped_once_more") == meaning("emailbison", "lead_replied")


def test_emailbison_event_names_are_read_whatever_their_case():
    assert isinstance(meaning("emailbison", "lead_replied", event={"type": "lead_replied"}), MessageReceived)


def test_mail_headers_are_text_however_they_come():
    data = sample("emailbison")["data"]
    as_list = data | {"reply": data["reply"] | {"headers": [{"name": "Auto-Submitted", "value": "auto-replied"}]}}
    as_object = data | {"reply": data["reply"] | {"headers": {"Auto-Submitted": "auto-replied"}}}
    expected = "Auto-Submitted: auto-replied"
    assert meaning("emailbison", "lead_replied", data=as_list).headers == expected
    assert meaning("emailbison", "lead_replied", data=as_object).headers == expected


# ── GoHighLevel ────────────────────────────────────────────────────────────────
def test_a_workflow_sms_is_a_message_of_its_contact():
    event = meaning("ghl", "workflow_sms")
    assert isinstance(event, MessageReceived)
    assert (event.channel, event.text, event.ids, event.at) == (Channel.SMS, "Tuesday works", {}, None)
    assert event.thread == {"contact_id": "cnt_1"}
    person = event.person
    assert person.names == (("ghl_contact", "cnt_1"), ("linkedin_url", "https://www.linkedin.com/in/ann-lee"))
    assert (person.first_name, person.last_name, person.email) == ("Ann", "Lee", "ann@example.com")
    assert (person.phone, person.title, person.company) == ("+12125550147", "CFO", "Buyer")
    assert person.timezone == "America/New_York"


def test_a_workflow_with_custom_data_names_message_conversation_and_campaign():
    event = meaning("ghl", "workflow_sms_with_ids")
    assert event.ids == {"ghl_message": "m_1"}
    assert event.thread == {"contact_id": "cnt_1", "conversation_id": "cv_1"}
    assert event.campaign == CampaignRef("ghl_sms", "sms_9", "Spring texts")


def test_a_campaign_known_by_name_only_is_keyed_by_it():
    event = meaning("ghl", "workflow_sms", customData={"SMS Campaign": "Spring Texts"})
    assert event.campaign == CampaignRef("ghl_sms", "spring texts", "Spring Texts")


def test_a_text_in_custom_data_counts_where_the_message_has_none():
    assert meaning("ghl", "workflow_sms_in_custom_data").text == "Yes please"


def test_a_sparse_workflow_body_never_takes_the_contact_for_the_message():
    event = meaning("ghl", "workflow_sms_sparse")
    assert event.ids == {}
    assert (event.person.first_name, event.person.last_name, event.person.phone) == ("Bo", "Okafor", "")


def test_an_app_message_has_id_time_and_number():
    event = meaning("ghl", "app_inbound_message")
    assert isinstance(event, MessageReceived)
    assert event.ids == {"ghl_message": "m_1"}
    assert event.thread == {"contact_id": "cnt_1", "conversation_id": "cv_1"}
    assert event.at == datetime(2026, 9, 20, 11, 31, 45, 750000, tzinfo=UTC)
    assert event.person.phone == "+12125550147"


@pytest.mark.parametrize("name", ["app_outbound_message", "workflow_sms_outbound"])
def test_an_outbound_sms_is_an_echo(name):
    event = meaning("ghl", name)
    assert isinstance(event, MessageConfirmed)
    assert event.text == "Does Tuesday suit?"
    assert event.person.names[0] == ("ghl_contact", "cnt_1")
    assert event.person.phone == "+12125550147"


def test_a_picture_without_words_is_a_message_too():
    event = meaning("ghl", "app_inbound_picture")
    assert event.attachments == (Attachment("picture.jpg", "https://files.example/picture.jpg"),)


# ── SmartLead ──────────────────────────────────────────────────────────────────
def test_smartlead_calls_our_mailbox_from_and_the_prospect_to():
    event = meaning("smartlead", "email_reply")
    assert isinstance(event, MessageReceived)
    assert event.sender == Address("ann@buyer.example", "Ann Lee")
    assert event.to == (SAM,)
    assert event.person.names == (("smartlead_lead", "4411"),)
    assert (event.person.email, event.person.first_name) == ("ann@buyer.example", "Ann")
    assert event.ids == {"smartlead_message": "<abc@buyer.example>", "rfc": "<abc@buyer.example>"}
    assert event.at == datetime(2025, 3, 1, 9, 59, 58, tzinfo=UTC)
    assert event.thread == {
        "campaign_id": "12",
        "stats_id": "8f3c-0001",
        "message_id": "<abc@buyer.example>",
        "time": "2025-03-01T09:59:58.000+00:00",
        "lead_id": "4411",
    }


def test_a_colleague_who_answers_is_the_sender_and_not_the_lead():
    event = meaning("smartlead", "email_reply_of_a_colleague")
    assert event.sender == Address("bo@buyer.example", "Bo Okafor")
    assert event.cc == (Address("ann@buyer.example"),)
    assert (event.person.email, event.person.first_name) == ("ann@buyer.example", "")


def test_the_older_smartlead_shape_means_the_same_message():
    old, new = meaning("smartlead", "email_replied_in_the_older_shape"), meaning("smartlead", "email_reply")
    assert isinstance(old, MessageReceived)
    assert (old.ids, old.campaign, old.sender, old.at) == (new.ids, new.campaign, new.sender, new.at)
    assert (old.html, old.person.email, old.person.company) == ("<p>Sounds good</p>", "ann@buyer.example", "Buyer")


@pytest.mark.parametrize("name", ["email_sent", "first_email_sent"])
def test_a_smartlead_campaign_mail_is_a_sent_message(name):
    event = meaning("smartlead", name)
    assert isinstance(event, MessageSent)
    assert (event.subject, event.text, event.sender) == ("Quick idea", "Hi", SAM)
    assert event.ids["smartlead_message"] == "<out-1@sender.example>"


def test_a_smartlead_open_is_named_by_the_mail_that_was_sent():
    event = meaning("smartlead", "email_open")
    assert isinstance(event, MessageOpened)
    assert event.ids["smartlead_message"] == "<out-1@sender.example>"


def test_a_smartlead_bounce():
    event = meaning("smartlead", "email_bounce")
    assert isinstance(event, AddressBounced)
    assert (event.address, event.text) == ("ann@buyer.example", "550 5.1.1 unknown user")


def test_a_smartlead_opt_out_is_found_by_its_address():
    event = meaning("smartlead", "lead_unsubscribed")
    assert isinstance(event, LeadUnsubscribed)
    assert (event.person.email, event.person.names) == ("Ann@buyer.example", ())


def test_an_untracked_smartlead_reply():
    event = meaning("smartlead", "untracked_replies")
    assert isinstance(event, MessageReceived)
    assert event.untracked
    assert event.sender == Address("cleo@buyer.example", "Cleo Cousin")
    assert (event.person.email, event.person.last_name) == ("cleo@buyer.example", "Cousin")
    assert event.to == (Address("sam@sender.example", "Sam"),)


def test_only_the_category_interested_marks_a_lead_interested():
    assert isinstance(meaning("smartlead", "lead_category_updated"), LeadInterested)
    other = meaning("smartlead", "lead_category_updated", lead_category={"new_name": "Out Of Office"})
    assert other == Ignored("another_category")


def test_a_smartlead_manual_reply_is_an_echo():
    event = meaning("smartlead", "manual_reply_sent")
    assert isinstance(event, MessageConfirmed)
    assert event.ids["smartlead_message"] == "<out-2@sender.example>"
    assert event.to == (Address("ann@buyer.example"),)


# ── Instantly ──────────────────────────────────────────────────────────────────
def test_an_instantly_reply_does_not_claim_to_know_its_sender():
    event = meaning("instantly", "reply_received")
    assert isinstance(event, MessageReceived)
    assert event.sender == Address("")
    assert event.person.email == "ann@buyer.example"
    assert event.text.startswith("Sounds good\n\nOn Thu")
    assert event.ids == {"instantly_email": "01955f1e-0000-7000-8000-000000000003"}
    assert event.thread == {
        "email_id": "01955f1e-0000-7000-8000-000000000003",
        "eaccount": "sam@sender.example",
        "subject": "Re: Quick idea",
    }
    assert not event.automated


def test_an_instantly_auto_reply_is_automatic():
    assert meaning("instantly", "auto_reply_received").automated


def test_variables_of_the_lead_are_facts_and_never_system_fields():
    event = meaning("instantly", "reply_received_with_variables_named_like_ours")
    assert event.subject == "Re: Quick idea"
    assert event.text.startswith("Sounds good")
    assert event.person.email == "ann@buyer.example"
    assert event.person.title == "CFO"
    assert event.person.names == (("linkedin_url", "https://www.linkedin.com/in/ann-lee"),)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email_sent", MessageSent),
        ("email_opened", MessageOpened),
        ("email_bounced", AddressBounced),
        ("lead_unsubscribed", LeadUnsubscribed),
        ("lead_interested", LeadInterested),
    ],
)
def test_the_other_instantly_events(name, kind):
    event = meaning("instantly", name)
    assert isinstance(event, kind)
    assert event.person.email == "ann@buyer.example"


# ── Unipile ────────────────────────────────────────────────────────────────────
def test_a_linkedin_message_of_a_person():
    event = meaning("unipile", "message_received")
    assert isinstance(event, MessageReceived)
    assert (event.channel, event.text) == (Channel.LINKEDIN, "Sounds good")
    assert event.person.names == (
        ("linkedin_member", "ACoANN"),
        ("linkedin_url", "https://www.linkedin.com/in/ann-lee"),
    )
    assert (event.person.first_name, event.person.last_name, event.person.title) == ("Ann", "Lee", "CFO")
    assert event.ids == {"unipile_message": "msg_1"}
    assert event.thread == {"chat_id": "ch_1", "account_id": "acc_1", "provider_chat_id": "2-MTk"}


def test_our_own_linkedin_message_is_an_echo_about_the_other_end():
    event = meaning("unipile", "message_received_own")
    assert isinstance(event, MessageConfirmed)
    assert event.person.names[0] == ("linkedin_member", "ACoANN")
    assert event.ids == {"unipile_message": "msg_2"}


def test_the_writers_id_decides_who_wrote_before_is_sender_does():
    assert isinstance(meaning("unipile", "message_received", is_sender=True), MessageReceived)
    without_ids = meaning("unipile", "message_received", is_sender=True, account_info={})
    assert not isinstance(without_ids, MessageReceived)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("message_received_group", "group_chat"),
        ("message_received_event", "chat_event"),
        ("message_received_empty", "empty_message"),
    ],
)
def test_what_is_no_message_of_a_person_is_ignored_with_its_reason(name, reason):
    assert meaning("unipile", name) == Ignored(reason)


def test_a_picture_on_linkedin_is_a_message():
    (attachment,) = meaning("unipile", "message_received_attachment").attachments
    assert attachment.url == "https://files.example/a.png"
    assert attachment.size == 1200


def test_a_company_page_is_told_apart():
    person = meaning("unipile", "message_received_company").person
    assert person.is_company_page
    assert (person.company, person.first_name) == ("Buyer Inc", "")


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ("CREDENTIALS", "disconnected", "LinkedIn asks for a new sign-in. Reconnect the account in Unipile."),
        ("OK", "ok", "OK"),
        ("STOPPED", "failing", "Unipile has stopped the account (STOPPED). See its dashboard."),
        ("CONNECTING", "unknown", "CONNECTING"),
    ],
)
def test_the_state_of_an_account_says_what_to_do(said, state, words):
    event = meaning("unipile", f"account_status_{said.lower()}")
    assert event == AccountStatus(state, words)


# ── All of them ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("emailbison", "email_sent"),
        ("emailbison", "email_opened"),
        ("smartlead", "email_sent"),
        ("smartlead", "email_open"),
        ("instantly", "email_sent"),
        ("instantly", "email_opened"),
    ],
)
def test_bursty_kinds_run_on_their_own_lane(provider, name):
    assert providers.door(provider).headline(sample(provider, name), {}).lane == Lane.BULK


@pytest.mark.parametrize("provider", PROVIDERS)
def test_everything_else_is_served_first(provider):
    bursts = {"email_sent", "first_email_sent", "email_opened", "email_open"}
    door = providers.door(provider)
    lanes = {
        door.headline(door.unwrap(sample(provider, name)), {}).lane for name in samples(provider) if name not in bursts
    }
    assert lanes == {Lane.FIRST}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_a_provider_could_send_breaks_its_parser(provider):
    door = providers.door(provider)
    kinds = sorted({door.headline(door.unwrap(sample(provider, name)), {}).event_type for name in samples(provider)})

    @settings(max_examples=300, deadline=None)
    @given(body=bent(provider) | st.dictionaries(names, anything, max_size=4), kind=st.sampled_from(kinds))
    def parse(body, kind):
        payload = door.unwrap(body)
        with suppress(Malformed):
            door.headline(payload, {"locationId": "loc_1"})
        with suppress(Malformed):
            assert door.parse(kind, door.kept(payload))

    parse()
