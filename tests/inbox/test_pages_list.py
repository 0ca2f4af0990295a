"""The list: views, filters, search, paging at any depth, what it costs, and what a lead's words cannot do to it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import Lead
from tests.factories import leads
from tests.factories.conversations import conversation, message
from zrg.workspaces.models import Membership, Role, User, Workspace

HTMX = {"HX-Request": "true"}


@pytest.fixture
def setter(client: Client, sam: User) -> Client:
    """Signed in as a setter."""
    client.force_login(sam)
    return client


def names(html: str) -> list[str]:
    """The names of the rows, top to bottom."""
    return re.findall(r'<b title="([^"]*)">', html)


def get(client: Client, workspace: Workspace, **query: Any) -> str:
    answer = client.get("/", {"clientId": str(workspace.pk), **query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_newest_conversations_stand_first(setter: Client, harbor: Workspace) -> None:
    for age, name in ((3, "Old"), (1, "New"), (2, "Middle")):
        conversation(harbor, first_name=name, at=timezone.now() - timedelta(hours=age))
    assert names(get(setter, harbor)) == ["New", "Middle", "Old"]


def test_a_lead_without_messages_is_not_listed(setter: Client, harbor: Workspace) -> None:
    leads.lead(harbor, first_name="Silent")
    assert names(get(setter, harbor)) == []


def test_a_merged_lead_is_not_listed_and_its_address_leads_to_the_survivor(setter: Client, harbor: Workspace) -> None:
    survivor, loser = conversation(harbor, first_name="Stays"), conversation(harbor, first_name="Goes")
    Lead.objects.filter(pk=loser.pk).update(merged_into=survivor)
    assert names(get(setter, harbor)) == ["Stays"]
    answer = setter.get("/", {"clientId": str(harbor.pk), "leadId": str(loser.pk)})
    assert answer.status_code == 302
    assert f"leadId={survivor.pk}" in answer["Location"]


def test_views_hold_what_they_say(setter: Client, harbor: Workspace, sam: User) -> None:
    conversation(harbor, first_name="Waits")
    answered = conversation(harbor, first_name="Answered", at=timezone.now() - timedelta(hours=2))
    message(answered, "Done", inbound=False)
    mine = conversation(harbor, first_name="Mine")
    message(mine, "Done", inbound=False)
    Lead.objects.filter(pk=mine.pk).update(assignee=sam)
    assert set(names(get(setter, harbor))) == {"Waits", "Answered", "Mine"}
    assert names(get(setter, harbor, list="needs")) == ["Waits"]
    assert names(get(setter, harbor, list="mine")) == ["Mine"]


def test_an_unknown_view_is_the_inbox(setter: Client, harbor: Workspace) -> None:
    conversation(harbor, first_name="Ann")
    assert names(get(setter, harbor, view="nonsense", list="nonsense", channel="fax", status="?", after="x")) == ["Ann"]


def test_channel_status_and_unread_narrow_the_list(setter: Client, harbor: Workspace) -> None:
    texts = conversation(harbor, first_name="Texts")
    message(texts, "On my phone", channel="sms")
    conversation(harbor, first_name="Qualified", status="qualified")
    read = conversation(harbor, first_name="Read")
    Lead.objects.filter(pk=read.pk).update(is_unread=False)
    assert names(get(setter, harbor, channel="sms")) == ["Texts"]
    assert names(get(setter, harbor, status="qualified")) == ["Qualified"]
    assert set(names(get(setter, harbor, unread="1"))) == {"Texts", "Qualified"}


@pytest.mark.parametrize(
    "words",
    [
        "oyelaran",
        "MARCUS fenwick",
        "marcus@fenwick",
        "elise@fenwick.example.com",
        "Elise@Fenwick.example.com ",
        "(212) 555-0199",
        "+1 212 555 0199",
        "(313) 555-0163",
        "5550163",
        "313555",
        "ma",
        "100% payroll_",
    ],
)
def test_search_finds_names_companies_addresses_and_numbers(setter: Client, harbor: Workspace, words: str) -> None:
    marcus = conversation(
        harbor,
        first_name="Marcus",
        last_name="Oyelaran",
        company="Fenwick & Rowe 100% payroll_",
        email="marcus@fenwick.example.com",
        phone="+13135550163",
    )
    leads.name(marcus, "email", "elise@fenwick.example.com")
    leads.name(marcus, "phone", "+12125550199")
    conversation(harbor, first_name="Other", email="other@buyer.example.com")
    assert names(get(setter, harbor, q=words)) == ["Marcus Oyelaran"]


@pytest.mark.parametrize("words", ["%", "_", "'", "\x00", "a", " ", "zzzz", "\\"])
def test_search_that_finds_nothing_breaks_nothing(setter: Client, harbor: Workspace, words: str) -> None:
    conversation(harbor, first_name="Bob", email="bob@buyer.example.com")
    assert len(names(get(setter, harbor, q=words))) <= 1


@pytest.mark.parametrize("words", ["elise@fen", "KESTREL", "5550199", "(212) 555-0199", "ise"])
def test_a_part_of_another_address_or_number_of_a_lead_finds_it(setter: Client, harbor: Workspace, words: str) -> None:
    marcus = conversation(harbor, first_name="Marcus", last_name="", email="marcus@fenwick.example.com")
    leads.name(marcus, "email", "elise@fenwick.example.com")
    leads.name(marcus, "email", "m@kestrel.example.com")
    leads.name(marcus, "phone", "+12125550199")
    conversation(harbor, first_name="Other", email="other@buyer.example.com")
    assert names(get(setter, harbor, q=words)) == ["Marcus"]


def test_search_stays_in_the_workspace(setter: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    stranger = conversation(elsewhere, first_name="Stranger")
    leads.name(stranger, "email", "alternate@far.example.com")
    assert names(get(setter, harbor, q="Stranger")) == []
    assert names(get(setter, harbor, q="alternate@far.example.com")) == []


def walk(client: Client, workspace: Workspace, **query: Any) -> list[str]:
    """Every row from the first page to the last, following the link at the end."""
    html = get(client, workspace, **query)
    found = names(html)
    while more := re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="intersect', html):
        answer = client.get(more[1].replace("&amp;", "&"), headers=HTMX | {"HX-Target": "more"})
        html = answer.content.decode()
        assert "<html" not in html
        found += names(html)
    return found


def test_paging_shows_every_conversation_once_though_all_have_the_same_time(setter: Client, harbor: Workspace) -> None:
    at = timezone.now()
    for number in range(95):
        conversation(harbor, first_name=f"Lead {number:03}", at=at)
    found = walk(setter, harbor)
    assert len(found) == 95
    assert len(set(found)) == 95


def test_a_reply_that_comes_while_one_pages_moves_nothing_out_of_sight(setter: Client, harbor: Workspace) -> None:
    made = [
        conversation(harbor, first_name=f"Lead {n:03}", at=timezone.now() - timedelta(minutes=n)) for n in range(50)
    ]
    html = get(setter, harbor)
    message(made[45], "Me again")
    more = re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="intersect', html)
    assert more
    second = setter.get(more[1].replace("&amp;", "&")).content.decode()
    assert set(names(html)) | set(names(second)) | {"Lead 045"} == {f"Lead {n:03}" for n in range(50)}


def test_a_setter_who_sees_only_their_own_pages_through_own_and_unassigned_in_one_order(
    setter: Client, harbor: Workspace, sam: User, ingo: User
) -> None:
    Workspace.objects.filter(pk=harbor.pk).update(setters_see_all=False)
    at = timezone.now()
    for number in range(70):
        lead = conversation(harbor, first_name=f"Lead {number:03}", at=at - timedelta(minutes=number // 2))
        Lead.objects.filter(pk=lead.pk).update(assignee=[sam, None, ingo][number % 3])
    found = walk(setter, harbor)
    assert set(found) == {f"Lead {n:03}" for n in range(70) if n % 3 != 2}
    assert len(found) == len(set(found))


def test_a_page_costs_at_most_six_queries_whatever_is_on_it(setter: Client, harbor: Workspace, sam: User) -> None:
    for number in range(60):
        lead = conversation(harbor, first_name=f"Lead {number}")
        Lead.objects.filter(pk=lead.pk).update(assignee=sam)
    get(setter, harbor)
    for query in ({}, {"list": "needs"}, {"q": "lead"}, {"q": "lead@buyer.example.com", "list": "mine"}):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get(setter, harbor, **query)
        assert len(queries) <= 6, [q["sql"] for q in queries]


def test_a_narrow_setter_pays_one_query_more(setter: Client, harbor: Workspace) -> None:
    Workspace.objects.filter(pk=harbor.pk).update(setters_see_all=False)
    conversation(harbor)
    get(setter, harbor)
    with CaptureQueriesContext(connection) as queries:
        get(setter, harbor, q="ann")
    assert len(queries) <= 7


def test_counts_are_honest_up_to_99(setter: Client, harbor: Workspace) -> None:
    for _ in range(3):
        conversation(harbor)
    html = get(setter, harbor)
    assert re.search(r'Needs reply</span><b class="count is-hot">3</b>', html)
    assert "<title>(3) All" in html


def test_more_than_99_are_not_counted(setter: Client, harbor: Workspace) -> None:
    now = timezone.now()
    Lead.objects.bulk_create(
        Lead(workspace=harbor, first_name=f"L{n}", last_message_at=now, last_message_channel="email", needs_reply=True)
        for n in range(120)
    )
    assert '<b class="count is-hot">99+</b>' in get(setter, harbor)


@pytest.mark.parametrize(
    "place", ["first_name", "last_name", "company", "email", "phone", "preview", "last_message_by"]
)
def test_what_a_lead_writes_is_never_markup(setter: Client, harbor: Workspace, place: str) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    lead = conversation(harbor, first_name="", email="")
    Lead.objects.filter(pk=lead.pk).update(**{place: evil[:32] if place == "phone" else evil})
    html = get(setter, harbor)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_the_workspace_is_remembered(setter: Client, harbor: Workspace, sam: User, elsewhere: Workspace) -> None:
    second = Workspace.objects.create(name="Aardvark", owner=harbor.owner)
    Membership.objects.create(workspace=second, user=sam, role=Role.SETTER)
    assert "<title>All · Aardvark" in setter.get("/").content.decode()
    get(setter, harbor)
    assert "<title>All · Harbor" in setter.get("/").content.decode()
    assert "<title>All · Harbor" in setter.get("/", {"clientId": str(elsewhere.pk)}).content.decode()


def test_someone_in_no_workspace_is_told_what_to_do(client: Client, mallory: User) -> None:
    client.force_login(mallory)
    page = client.get("/").content.decode()
    assert "You are in no workspace yet" in page
    assert 'action="/accounts/logout/"' in page, "who has nothing here can at least leave"


def test_empty_views_tell_what_they_mean(setter: Client, harbor: Workspace) -> None:
    assert "Nobody is waiting" in get(setter, harbor, list="needs")
    assert "No conversation is yours" in get(setter, harbor, list="mine")
    assert "No conversations yet" in get(setter, harbor)
    assert "Nothing found" in get(setter, harbor, q="nothing")


def test_htmx_gets_the_pieces_and_history_the_whole_page(setter: Client, harbor: Workspace) -> None:
    conversation(harbor)
    piece = setter.get("/", {"clientId": str(harbor.pk)}, headers=HTMX | {"HX-Target": "list"})
    assert "<html" not in piece.content.decode()
    assert "HX-Target" in piece["Vary"]
    restored = setter.get("/", headers=HTMX | {"HX-Target": "list", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def test_first_paint_stays_under_100_kilobytes(setter: Client, harbor: Workspace) -> None:
    import gzip
    from pathlib import Path

    for number in range(40):
        conversation(
            harbor, "A preview of the usual length that fills the line of the row " * 2, first_name=f"L{number}"
        )
    lead = Lead.objects.latest("last_message_at")
    html = setter.get("/", {"clientId": str(harbor.pk), "leadId": str(lead.pk)}).content
    folder = Path("zrg/web/static/zrg")
    files = [
        folder.joinpath(name).read_bytes() for name in ("tokens.css", "app.css", "app.js", "palette.js", "htmx.min.js")
    ]
    assert sum(len(gzip.compress(content)) for content in (html, *files)) < 100 * 1024
