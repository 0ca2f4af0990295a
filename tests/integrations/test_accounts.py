"""A workspace moves to another account of EmailBison, whose leads, mails and campaigns are numbered anew: different
people, nothing lost, nothing taken for what is here already."""

from __future__ import annotations

import copy
from importlib import import_module
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from inbox.models import Message
from integrations import connecting, namespaces
from integrations.events import CampaignRef, Channel, LeadInterested, MessageReceived, Person
from integrations.models import Account, Connection, EmailBisonHost, WebhookEvent
from leads.models import Campaign, Lead, LeadIdentity
from tests.integrations.deliveries import post, sample
from tests.together import together
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace

FIRST = ("send.agency.example", "7")
OTHERS = [("dedi.bison.example", "7"), ("send.agency.example", "8"), ("dedi.bison.example", "9")]
ANN, BOB = "ann@buyer.example", "bob@elsewhere.example"


@pytest.fixture(autouse=True)
def _instances(db: None, settings: Any) -> None:
    settings.SANDBOX_URL = ""  # the sandbox plays every host from one address
    for host in {host for host, _ in [FIRST, *OTHERS]}:
        EmailBisonHost.objects.create(host=host)


def connect(workspace: Workspace, place: tuple[str, str]) -> Connection:
    host, number = place
    secrets = {"api_key": f"{number}|key-at-{host}"}
    return connecting.connect(
        workspace=workspace, provider="emailbison", host=host, external_id=number, secrets=secrets, by=None
    )


def told(place: tuple[str, str], name: str = "lead_replied", *, email: str = ANN, text: str = "") -> dict[str, Any]:
    """A sample as the account at this place tells it, of a person with this address and nothing else in common."""
    body = copy.deepcopy(sample("emailbison", name))
    host, number = place
    body["event"] |= {"instance_url": f"https://{host}", "workspace_id": int(number)}
    first = email.partition("@")[0].title()
    body["data"]["lead"] |= {"email": email, "first_name": first, "custom_variables": []}
    for part in {"reply", "scheduled_email"} & set(body["data"]):
        body["data"][part]["raw_message_id"] = f"<{part}@{host}.{number}>"
    if "reply" in body["data"]:
        body["data"]["reply"] |= {"from_email_address": email, "text_body": text or f"I am {first}", "html_body": ""}
    return body


def deliver(client: Client, connection: Connection, body: dict[str, Any]) -> dict[str, Any]:
    response = post(client, f"/api/webhooks/email/{connection.webhook_token}", body)
    assert response.status_code == 200
    return response.json()


def work() -> None:
    for lane in (Lane.FIRST, Lane.BULK):
        running.drain(WebhookEvent, lane)
    assert set(WebhookEvent.objects.values_list("status", flat=True)) <= {"SUCCEEDED"}


def said_by(email: str) -> list[str]:
    return list(Message.objects.filter(lead__email=email, direction="in").values_list("body", flat=True))


@pytest.mark.parametrize("other", OTHERS)
def test_the_same_numbers_of_another_account_are_other_people_and_other_mails(
    client: Client, harbor: Workspace, other: tuple[str, str]
) -> None:
    connection = connect(harbor, FIRST)
    for name in ("email_sent", "lead_replied"):
        deliver(client, connection, told(FIRST, name))
    work()
    Campaign.objects.update(response_mode="AI_AUTO_SEND")

    connection = connect(harbor, other)
    for name in ("email_sent", "lead_replied", "lead_interested", "email_opened"):
        assert deliver(client, connection, told(other, name, email=BOB)) == {"success": True}
    work()
    ann, bob = Lead.objects.get(email=ANN), Lead.objects.get(email=BOB)
    assert (said_by(ANN), said_by(BOB)) == (["I am Ann"], ["I am Bob"])
    assert (ann.tag, bob.tag) == ("new", "interested")
    opened = Message.objects.get(opened_at__isnull=False)
    assert (opened.lead_id, opened.direction) == (bob.pk, "out")
    assert {(one.name, one.response_mode) for one in Campaign.objects.all()} == {
        ("Q1", "AI_AUTO_SEND"),
        ("Q1", "SETTER_MANAGED"),
    }
    assert ann.campaign != bob.campaign


@pytest.mark.parametrize("other", OTHERS)
def test_a_delivery_comes_once_within_its_account(client: Client, harbor: Workspace, other: tuple[str, str]) -> None:
    deliver(client, connect(harbor, FIRST), told(FIRST))
    connection = connect(harbor, other)
    assert deliver(client, connection, told(other, email=BOB)) == {"success": True}
    for body in (told(other, email=BOB), told(FIRST)):
        assert deliver(client, connection, body) == {"success": True, "duplicate": True}


@pytest.mark.parametrize("other", OTHERS)
def test_what_the_former_account_still_says_is_about_its_own_leads(
    client: Client, harbor: Workspace, other: tuple[str, str]
) -> None:
    """One that waited while the account was changed, and one that came after it."""
    connection = connect(harbor, FIRST)
    deliver(client, connection, told(FIRST))
    connection = connect(harbor, other)
    deliver(client, connection, told(other, email=BOB))
    late = told(FIRST, text="Late")
    late["data"]["reply"]["id"] = 9002
    late["data"]["lead"]["email"] = late["data"]["reply"]["from_email_address"] = "ann.new@buyer.example"
    deliver(client, connection, late)
    work()
    assert (said_by(ANN), said_by(BOB)) == (["I am Ann", "Late"], ["I am Bob"])


@pytest.mark.parametrize("other", OTHERS)
def test_one_person_in_both_accounts_is_one_lead_with_two_numbers(
    client: Client, harbor: Workspace, other: tuple[str, str]
) -> None:
    deliver(client, connect(harbor, FIRST), told(FIRST))
    again = told(other, text="At the new one")
    again["data"]["lead"]["id"] = 32
    deliver(client, connect(harbor, other), again)
    work()
    assert said_by(ANN) == ["I am Ann", "At the new one"]
    numbers = LeadIdentity.objects.filter(lead=Lead.objects.get(), kind="emailbison_lead")
    assert set(numbers.values_list("value", flat=True)) == {"31", "2:32"}


@pytest.mark.parametrize("other", OTHERS)
def test_webhooks_that_were_set_up_before_the_change_speak_of_the_new_accounts_leads(
    client: Client, harbor: Workspace, other: tuple[str, str]
) -> None:
    connection = connect(harbor, FIRST)
    deliver(client, connection, told(FIRST))
    deliver(client, connection, told(other, email=BOB))
    connection = connect(harbor, other)
    assert deliver(client, connection, told(other, email=BOB)) == {"success": True, "duplicate": True}
    work()
    assert (said_by(ANN), said_by(BOB)) == (["I am Ann"], ["I am Bob"])
    assert Account.objects.count() == 2


@pytest.mark.parametrize("is_removed_between", [False, True])
def test_whoever_comes_back_to_the_first_account_finds_its_numbers_as_they_were(
    client: Client, harbor: Workspace, is_removed_between: bool
) -> None:
    deliver(client, connect(harbor, FIRST), told(FIRST))
    for place in (OTHERS[0], FIRST):
        connection = connect(harbor, place)
        if is_removed_between:
            connecting.disconnect(connection, by=None)
            connection = connect(harbor, place)
        deliver(client, connection, told(place, email=BOB if place == OTHERS[0] else ANN))
    work()
    assert (said_by(ANN), said_by(BOB)) == (["I am Ann"], ["I am Bob"])
    assert Connection.objects.get().namespace == ""


def test_an_account_removed_before_the_other_is_connected_keeps_its_numbers(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, FIRST)
    deliver(client, connection, told(FIRST))
    connecting.disconnect(connection, by=None)
    deliver(client, connect(harbor, OTHERS[0]), told(OTHERS[0], email=BOB))
    work()
    assert (said_by(ANN), said_by(BOB)) == (["I am Ann"], ["I am Bob"])


def test_a_slip_that_is_put_right_before_anything_came_was_no_account(client: Client, harbor: Workspace) -> None:
    connect(harbor, ("dedi.bison.example", "77"))
    connection = connect(harbor, FIRST)
    assert (connection.namespace, Account.objects.get().external_id) == ("", "7")


def test_a_slip_that_is_put_right_later_loses_and_doubles_nothing(client: Client, harbor: Workspace) -> None:
    deliver(client, connect(harbor, ("send.agency.example", "77")), told(FIRST))
    deliver(client, connect(harbor, FIRST), told(FIRST, "lead_interested"))
    work()
    assert said_by(ANN) == ["I am Ann"]
    assert Lead.objects.get().tag == "interested"


@pytest.mark.parametrize(
    "event",
    [
        {"instance_url": "https://other-name-of-it.example", "workspace_id": 7},
        {"workspace_id": 1},  # a test event: a static sample
        {},
    ],
)
def test_what_does_not_clearly_name_another_account_is_the_connected_ones(
    client: Client, harbor: Workspace, event: dict[str, Any]
) -> None:
    connect(harbor, OTHERS[2])
    connection = connect(harbor, FIRST)
    body = told(FIRST) | {"event": {"type": "LEAD_REPLIED", **event}}
    deliver(client, connection, body)
    assert WebhookEvent.objects.get().namespace == connection.namespace
    assert Account.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_deliveries_of_an_account_not_met_before_give_it_one_namespace(harbor: Workspace) -> None:
    connection = connect(harbor, FIRST)
    connect(harbor, FIRST)

    def work_at(index: int) -> None:
        body = told(OTHERS[index % 2 + 1], email=BOB)
        body["data"]["reply"]["id"] = index
        deliver(Client(), connection, body)

    together(8, work_at)
    assert sorted(Account.objects.values_list("namespace", flat=True)) == ["", "2", "3"]
    assert sorted(WebhookEvent.objects.values_list("namespace", flat=True)) == ["2"] * 4 + ["3"] * 4


def test_another_location_of_gohighlevel_needs_no_namespace(harbor: Workspace) -> None:
    """Its ids are like no other's, and a contact the location does not have is looked for by phone."""
    for location in ("loc_1", "loc_2"):
        secrets = {"api_key": "pit-key"}
        connecting.connect(workspace=harbor, provider="ghl", external_id=location, secrets=secrets, by=None)
    assert Connection.objects.get().namespace == ""
    assert not Account.objects.exists()


def test_namespaces_go_on_and_come_off() -> None:
    person = Person(names=(("emailbison_lead", "31"), ("linkedin_url", "linkedin.com/in/ann")), email=ANN)
    reply = MessageReceived(
        Channel.EMAIL,
        person,
        ids={"emailbison_reply": "9001", "rfc": "<a@b>"},
        thread={"reply_id": "9001"},
        campaign=CampaignRef("emailbison", "12", "Q1"),
    )
    event = namespaces.inside(LeadInterested(person, reply=reply), "2")
    assert event.person.names == (("emailbison_lead", "2:31"), ("linkedin_url", "linkedin.com/in/ann"))
    assert event.reply is not None
    assert event.reply.ids == {"emailbison_reply": "2:9001", "rfc": "<a@b>"}
    assert event.reply.campaign == CampaignRef("emailbison", "2:12", "Q1")
    assert namespaces.is_own_thread(event.reply.thread, "2")
    assert not namespaces.is_own_thread(event.reply.thread, "")
    assert namespaces.person_outside(event.person, "2") == person
    assert namespaces.person_outside(event.person, "").names == (("linkedin_url", "linkedin.com/in/ann"),)
    assert namespaces.numbers_outside({"1", "2:1", "2:5"}, "2") == {"1", "5"}
    assert namespaces.inside(reply, "") is reply


def test_the_accounts_of_before_are_the_first_ones(harbor: Workspace, elsewhere: Workspace) -> None:
    """What the migration keeps: the connected account, else the last one that was; their numbers stand as they are."""
    for workspace, place in ((harbor, OTHERS[1]), (harbor, FIRST), (elsewhere, OTHERS[2]), (elsewhere, OTHERS[0])):
        connection = connect(workspace, place)
    connecting.disconnect(connection, by=None)
    Account.objects.all().delete()
    with database.cursor() as cursor:
        cursor.execute(import_module("integrations.migrations.0009_accounts_so_far")._KEEP)
    kept = Account.objects.values_list("workspace", "host", "external_id", "namespace")
    assert set(kept) == {(harbor.pk, *FIRST, ""), (elsewhere.pk, *OTHERS[0], "")}
