"""Answering from the page: sent once, undone, refused with the text kept, warned when somebody else was faster."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox import channels
from inbox.facts import facts_of, facts_to_write
from inbox.models import Message, ReplySettings
from integrations.models import Connection
from leads import merging
from leads.models import Lead, SuppressionEntry
from tests.factories import leads
from tests.factories.conversations import accounts, conversation, message
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true", "HX-Target": "composer"}


@pytest.fixture
def setter(client: Client, sam: User, harbor: Workspace) -> Client:
    accounts(harbor)
    client.force_login(sam)
    return client


@pytest.fixture
def marcus(harbor: Workspace) -> Lead:
    return conversation(
        harbor, "What would it cost?", first_name="Marcus", email="marcus@fenwick.example.com", phone="+13135550163"
    )


def form_of(client: Client, lead: Lead) -> dict[str, Any]:
    """The composer's fields as a browser would send them."""
    html = client.get("/", {"clientId": str(lead.workspace_id), "leadId": str(lead.pk)}).content.decode()
    form = re.search(r'<form class="composer.*?</form>', html, re.S)
    assert form
    given: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    given["channel"] = re.findall(r'name="channel" value="(\w+)" checked', form[0])[0]
    given["to"] = "".join(re.findall(r'<option value="([^"]*)" selected', form[0])[:1])
    given["cc"] = re.findall(r'name="cc" value="([^"]*)"', form[0])[0]
    return given


def send(client: Client, lead: Lead, form: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/inbox/{lead.pk}/reply", form, headers=headers)


def ours(lead: Lead) -> list[Message]:
    return list(Message.objects.filter(lead=lead, direction="out").order_by("created_at"))


def test_a_reply_is_queued_and_the_conversation_no_longer_waits(setter: Client, marcus: Lead, sam: User) -> None:
    answer = send(setter, marcus, form_of(setter, marcus) | {"text": "About $11 a head.\r\nSam"})
    assert answer.status_code == 302
    made = ours(marcus)[0]
    assert (made.body, made.delivery, made.sent_by_user) == ("About $11 a head.\nSam", "queued", sam)
    assert [person["email"] for person in made.to] == ["marcus@fenwick.example.com"]
    marcus.refresh_from_db()
    assert not marcus.needs_reply
    page = setter.get(answer["Location"]).content.decode()
    assert "About $11 a head.<br>Sam" in page
    assert f"/inbox/messages/{made.pk}/undo" in page


def test_with_htmx_the_composer_comes_back_empty_with_an_undo_toast(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus)
    answer = send(setter, marcus, form | {"text": "Hello"}, **HTMX)
    toast = json.loads(answer["HX-Trigger"])["zrg:toast"]
    assert toast["text"] == "Sending to Marcus"
    assert toast["undo"] == f"/inbox/messages/{ours(marcus)[0].pk}/undo"
    html = answer.content.decode()
    assert "Hello" not in html
    assert form["key"] not in html


def test_a_double_submit_is_one_message(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus) | {"text": "Only once"}
    assert send(setter, marcus, form).status_code == send(setter, marcus, form).status_code == 302
    assert len(ours(marcus)) == 1


def test_another_text_sent_from_a_page_gone_back_to_is_another_message(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus)
    send(setter, marcus, form | {"text": "First"})
    send(setter, marcus, form | {"text": "Second"})
    assert [made.body for made in ours(marcus)] == ["First", "Second"]


def test_undo_takes_it_back_and_the_text_returns(setter: Client, marcus: Lead) -> None:
    send(setter, marcus, form_of(setter, marcus) | {"text": "Too fast", "cc": "boss@fenwick.example.com"})
    made = ours(marcus)[0]
    answer = setter.post(f"/inbox/messages/{made.pk}/undo")
    made.refresh_from_db()
    assert made.delivery == "undone"
    page = setter.get(answer["Location"]).content.decode()
    assert re.search(r"<textarea[^>]*>Too fast</textarea>", page)
    assert "boss@fenwick.example.com" in page
    marcus.refresh_from_db()
    assert marcus.needs_reply


def test_undo_by_htmx_opens_the_conversation_with_the_text(setter: Client, marcus: Lead) -> None:
    send(setter, marcus, form_of(setter, marcus) | {"text": "Too fast"})
    made = ours(marcus)[0]
    answer = setter.post(f"/inbox/messages/{made.pk}/undo", headers={"HX-Request": "true"})
    place = json.loads(answer["HX-Location"])
    assert place["target"] == "#open"
    assert "restore=" not in place["push"]
    piece = setter.get(place["path"], headers={"HX-Request": "true", "HX-Target": "open"}).content.decode()
    assert "data-restored" in piece
    assert ">Too fast</textarea>" in piece


def test_undo_too_late_says_so(setter: Client, marcus: Lead) -> None:
    made = message(marcus, "Gone", inbound=False)
    answer = setter.post(f"/inbox/messages/{made.pk}/undo", headers={"HX-Request": "true"})
    assert "Too late to undo" in answer["HX-Trigger"]


def test_an_undone_text_is_not_offered_to_another_conversation(setter: Client, marcus: Lead, harbor: Workspace) -> None:
    send(setter, marcus, form_of(setter, marcus) | {"text": "Secret"})
    made = ours(marcus)[0]
    setter.post(f"/inbox/messages/{made.pk}/undo")
    other = conversation(harbor, first_name="Other")
    page = setter.get("/", {"clientId": str(harbor.pk), "leadId": str(other.pk), "restore": str(made.pk)})
    assert "Secret" not in page.content.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "  "}, "Write something before sending."),
        ({"to": ""}, "Select a recipient before sending."),
        ({"to": "stranger@far.example.com"}, "Select a recipient before sending."),
        ({"cc": "not an address"}, "in CC is not an e-mail address"),
        ({"cc": "a\x00b@buyer.example.com"}, "in CC is not an e-mail address"),
        ({"cc": " ".join(f"c{number}@buyer.example.com" for number in range(21))}, "At most 20 addresses can be on CC"),
        ({"key": "not-a-key"}, "too old to send from"),
        ({"channel": "fax"}, "too old to send from"),
        ({"opened": "9999-12-31T23:59:59-23:59", "version": "999"}, "too old to send from"),
        ({"opened": "0001-01-01T00:00:00+23:59", "version": "999"}, "too old to send from"),
        ({"opened": "2026-01-01T00:00:00", "version": "999"}, "too old to send from"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_kept(
    setter: Client, marcus: Lead, change: dict[str, str], reason: str
) -> None:
    form = form_of(setter, marcus) | {"text": "Precious words"} | change
    for headers in ({}, HTMX):
        html = send(setter, marcus, form, **headers).content.decode()
        assert reason in html
        assert form["text"].strip() in html
    assert ours(marcus) == []


def test_a_suppressed_address_is_refused_with_the_reason(setter: Client, marcus: Lead, harbor: Workspace) -> None:
    leads.name(marcus, "email", "elise@fenwick.example.com")
    form = form_of(setter, marcus) | {"text": "Hello", "to": "elise@fenwick.example.com"}
    SuppressionEntry.objects.create(
        workspace=harbor, family="email", value="elise@fenwick.example.com", reason="opt_out"
    )
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "is on the suppression list" in html
    assert ">Hello</textarea>" in html


def test_a_lead_that_opted_out_meanwhile_gets_nothing_and_the_text_stays(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus) | {"text": "Hello again"}
    Lead.objects.filter(pk=marcus.pk).update(status="blacklisted", blacklist_reason="opt_out")
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "opted out" in html
    assert "Hello again" in html
    assert ours(marcus) == []


def test_a_disconnected_account_closes_its_channel_with_the_reason(
    setter: Client, marcus: Lead, harbor: Workspace
) -> None:
    Connection.objects.filter(workspace=harbor, provider="ghl").update(status="disconnected")
    html = setter.get("/", {"clientId": str(harbor.pk), "leadId": str(marcus.pk)}).content.decode()
    assert re.search(r'value="sms" disabled', html)
    assert "the account is disconnected" in html


def test_a_colleagues_message_since_opening_warns_once(setter: Client, marcus: Lead, ingo: User) -> None:
    form = form_of(setter, marcus) | {"text": "My answer"}
    message(marcus, "Already answered", inbound=False, channel="sms", sent_by_user=ingo)
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "Ingo sent an SMS" in html
    assert "after you opened this" in html
    assert ">My answer</textarea>" in html
    assert [made.body for made in ours(marcus)] == ["Already answered"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    assert send(setter, marcus, form | fields, **HTMX).status_code == 200
    assert "My answer" in [made.body for made in ours(marcus)]


def test_a_colleagues_answer_that_still_can_be_undone_warns_too(setter: Client, marcus: Lead, ingo: User) -> None:
    colleague = Client()
    colleague.force_login(ingo)
    form = form_of(setter, marcus) | {"text": "My answer"}
    send(colleague, marcus, form_of(colleague, marcus) | {"text": "I was faster"})
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "Ingo sent an E-mail" in html
    assert [made.body for made in ours(marcus)] == ["I was faster"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    send(setter, marcus, form | fields, **HTMX)
    assert [made.body for made in ours(marcus)] == ["I was faster", "My answer"]


def test_a_page_gone_back_to_after_undo_says_that_nothing_was_sent(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus) | {"text": "Hello"}
    send(setter, marcus, form)
    setter.post(f"/inbox/messages/{ours(marcus)[0].pk}/undo")
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "was taken back and nothing was sent" in html
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    send(setter, marcus, form | fields)
    assert [made.delivery for made in ours(marcus)] == ["undone", "queued"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_conversation_merged_while_one_writes_keeps_the_text_and_asks_again(
    setter: Client, marcus: Lead, harbor: Workspace, ingo: User, headers: dict[str, str]
) -> None:
    form = form_of(setter, marcus) | {"text": "Precious words"}
    survivor = conversation(harbor, first_name="Mark", email="mark@fenwick.example.com")
    merging.merge(survivor=survivor, loser=marcus, by=ingo)
    html = send(setter, marcus, form, **headers).content.decode()
    assert "was merged into the one with Mark" in html
    assert ">Precious words</textarea>" in html
    assert ours(survivor) == []
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    send(setter, survivor, form | fields)
    assert [made.to[0]["email"] for made in ours(survivor)] == ["marcus@fenwick.example.com"]


def test_a_merged_conversation_of_strangers_is_not_there(
    setter: Client, harbor: Workspace, elsewhere: Workspace, ingo: User, marcus: Lead
) -> None:
    far, near = conversation(elsewhere), conversation(elsewhere)
    merging.merge(survivor=near, loser=far, by=ingo)
    assert send(setter, far, form_of(setter, marcus) | {"text": "x"}).status_code == 404


def test_a_newer_reply_since_opening_warns_too(setter: Client, marcus: Lead) -> None:
    form = form_of(setter, marcus) | {"text": "My answer"}
    message(marcus, "Forget what I said")
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "Marcus wrote again" in html


def test_ones_own_message_since_opening_does_not_warn(setter: Client, marcus: Lead, sam: User) -> None:
    form = form_of(setter, marcus) | {"text": "One more thing"}
    message(marcus, "From my other window", inbound=False, sent_by_user=sam)
    send(setter, marcus, form)
    assert len(ours(marcus)) == 2


def test_answers_go_to_who_answers_now_with_the_lead_on_copy(setter: Client, marcus: Lead) -> None:
    leads.name(marcus, "email", "elise@fenwick.example.com")
    marcus.current_replier_email, marcus.current_replier_name = "elise@fenwick.example.com", "Elise Tran"
    marcus.current_replier_since = timezone.now()
    marcus.save()
    form = form_of(setter, marcus)
    assert (form["to"], form["cc"]) == ("elise@fenwick.example.com", "marcus@fenwick.example.com")


@pytest.fixture
def instantly(setter: Client, harbor: Workspace) -> Connection:
    """Harbor's e-mail platform answers whoever wrote last, and nobody else."""
    Connection.objects.filter(workspace=harbor, provider="emailbison").delete()
    return Connection.objects.create(workspace=harbor, provider="instantly", status="ok")


def test_where_the_platform_chooses_the_recipient_the_page_says_why(
    setter: Client, instantly: Connection, marcus: Lead
) -> None:
    Message.objects.filter(lead=marcus).update(thread={"provider": "instantly", "email_id": "e1"})
    leads.name(marcus, "email", "elise@fenwick.example.com")
    html = setter.get("/", {"clientId": str(marcus.workspace_id), "leadId": str(marcus.pk)}).content.decode()
    assert re.search(r'<select id="to" name="to" disabled aria-describedby="to-fixed">', html)
    assert "Instantly answers whoever wrote last and takes no other recipient. Put others on copy." in html
    assert '<option value="elise@fenwick.example.com"' not in html
    form = form_of(setter, marcus) | {"text": "Hello"}
    del form["to"]  # a browser sends no disabled field
    send(setter, marcus, form)
    assert [made.to[0]["email"] for made in ours(marcus)] == ["marcus@fenwick.example.com"]


def test_a_recipient_that_the_platform_would_not_take_is_refused_and_the_text_kept(
    setter: Client, instantly: Connection, marcus: Lead
) -> None:
    Message.objects.filter(lead=marcus).update(thread={"provider": "instantly", "email_id": "e1"})
    leads.name(marcus, "email", "elise@fenwick.example.com")
    form = form_of(setter, marcus) | {"text": "Precious words", "to": "elise@fenwick.example.com"}
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "takes no other recipient" in html
    assert ">Precious words</textarea>" in html
    assert ours(marcus) == []


def test_the_lead_is_put_on_copy_where_a_colleague_is_the_only_recipient(
    setter: Client, instantly: Connection, marcus: Lead
) -> None:
    Message.objects.filter(lead=marcus).update(thread={"provider": "instantly", "email_id": "e1"})
    leads.name(marcus, "email", "elise@fenwick.example.com")
    marcus.current_replier_email, marcus.current_replier_name = "elise@fenwick.example.com", "Elise Tran"
    marcus.current_replier_since = timezone.now()
    marcus.save()
    form = form_of(setter, marcus)
    assert (form["to"], form["cc"]) == ("elise@fenwick.example.com", "marcus@fenwick.example.com")


def test_the_channel_the_lead_wrote_on_last_is_chosen(setter: Client, marcus: Lead) -> None:
    assert form_of(setter, marcus)["channel"] == "email"
    message(marcus, "On the phone now", channel="sms")
    assert form_of(setter, marcus)["channel"] == "sms"


def test_an_sms_needs_no_recipient_chosen(setter: Client, marcus: Lead) -> None:
    send(setter, marcus, form_of(setter, marcus) | {"channel": "sms", "text": "Hi", "to": "marcus@fenwick.example.com"})
    assert ours(marcus)[0].to[0]["email"] == "+13135550163"


def test_without_an_undo_time_there_is_nothing_to_undo(setter: Client, marcus: Lead, harbor: Workspace) -> None:
    ReplySettings.objects.filter(workspace=harbor).update(undo_seconds=0)
    answer = send(setter, marcus, form_of(setter, marcus) | {"text": "At once"}, **HTMX)
    assert "undo" not in json.loads(answer["HX-Trigger"])["zrg:toast"]


def test_a_failed_message_can_be_sent_again_or_edited(setter: Client, marcus: Lead) -> None:
    made = message(marcus, "Refused", inbound=False, delivery="failed", error="No.", to=[{"email": marcus.email}])
    setter.post(f"/inbox/messages/{made.pk}/retry")
    made.refresh_from_db()
    assert made.delivery == "queued"
    Message.objects.filter(pk=made.pk).update(delivery="failed")
    answer = setter.post(f"/inbox/messages/{made.pk}/undo")
    assert ">Refused</textarea>" in setter.get(answer["Location"]).content.decode()


def test_an_unconfirmed_message_can_be_confirmed_by_a_person(setter: Client, marcus: Lead) -> None:
    made = message(marcus, "Maybe", inbound=False, delivery="unconfirmed")
    setter.post(f"/inbox/messages/{made.pk}/sent")
    made.refresh_from_db()
    assert made.delivery == "sent"
    answer = setter.post(f"/inbox/messages/{made.pk}/sent", headers={"HX-Request": "true"})
    assert json.loads(answer["HX-Trigger"])["zrg:toast"]["error"] is True


def test_the_text_in_a_kept_composer_is_never_markup(setter: Client, marcus: Lead) -> None:
    evil = "</textarea><script>alert(1)</script>"
    form = form_of(setter, marcus) | {"text": evil, "cc": evil, "to": "", "key": str(uuid.uuid4())}
    html = send(setter, marcus, form, **HTMX).content.decode()
    assert "<script>alert" not in html


def test_posting_needs_the_csrf_token(marcus: Lead, sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    for address in (f"/inbox/{marcus.pk}/reply", f"/inbox/{marcus.pk}/done", f"/leads/{marcus.pk}/facts"):
        assert client.post(address, {"text": "x"}).status_code == 403


def test_reading_addresses_refuse_to_write(setter: Client, marcus: Lead) -> None:
    for verb in ("reply", "done", "reopen", "read", "assign", "promote"):
        assert setter.get(f"/inbox/{marcus.pk}/{verb}").status_code == 405
    assert timezone.now() - marcus.created_at < timedelta(hours=1)


THREADS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "only ours": [{"inbound": False}],
    "only a bounce": [{"automated": "bounce"}],
    "of another platform": [{"thread": {"provider": "smartlead", "id": "1"}}],
    "a reply further up than the page": [{}, *[{"channel": "sms", "thread": {"provider": "ghl", "id": "1"}}] * 45],
    "ours further up than the page": [{"inbound": False}, *[{"channel": "sms", "inbound": False}] * 45],
}


@pytest.mark.parametrize("story", THREADS)
def test_the_channels_are_the_same_whether_the_thread_is_shown_or_not(harbor: Workspace, story: str) -> None:
    accounts(harbor)
    lead, now = leads.lead(harbor, phone="+12125550142"), timezone.now()
    for age, written in enumerate(reversed(THREADS[story])):
        message(lead, at=now - timedelta(minutes=age), **written)
    shown = channels.options(lead, facts_of(lead, now=now, may_merge=False))
    assert shown == channels.options(lead, facts_to_write(lead, now=now))
    can_answer = story in {"only ours", "a reply further up than the page", "ours further up than the page"}
    assert next(one.usable for one in shown if one.channel == "email") == can_answer
