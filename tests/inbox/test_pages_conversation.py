"""A conversation as it is read: order, days, authors, originals, the timeline, and safety of every word in it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from inbox.models import Message
from leads import assignment, merging, timeline
from leads.known import known
from leads.models import Campaign, Lead, MergeSuggestion, SuppressionEntry
from tests.factories import leads
from tests.factories.conversations import accounts, conversation, message
from tests.factories.drafts import draft
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true", "HX-Target": "open"}


@pytest.fixture
def setter(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def read(client: Client, lead: Lead, **query: Any) -> str:
    answer = client.get("/", {"clientId": str(lead.workspace_id), "leadId": str(lead.pk), **query})
    assert answer.status_code == 200
    return answer.content.decode()


def bodies(html: str) -> list[str]:
    return re.findall(r'<p class="body">(.*?)</p>', html, re.S)


def test_all_channels_stand_in_one_thread_oldest_first(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor, phone="+12125550142")
    now = timezone.now()
    message(lead, "three", channel="linkedin", at=now - timedelta(minutes=1))
    message(lead, "one", at=now - timedelta(minutes=3))
    message(lead, "two", channel="sms", inbound=False, at=now - timedelta(minutes=2))
    html = read(setter, lead)
    assert bodies(html) == ["one", "two", "three"]
    assert 'aria-label="LinkedIn from Ann' in html


def test_days_are_those_of_the_workspace_and_name_its_zone(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor)
    message(lead, "late", at=datetime(2026, 2, 27, 4, 30, tzinfo=UTC))  # still the 26th in New York
    html = read(setter, lead)
    assert "Thu 26 Feb · EST" in html
    assert "11:30 PM" in html


def test_the_conversation_alone_is_a_piece_and_costs_at_most_nine_queries(setter: Client, harbor: Workspace) -> None:
    accounts(harbor)
    lead = conversation(harbor, phone="+12125550142")
    for number in range(60):
        message(lead, f"number {number}", inbound=bool(number % 2))
    read(setter, lead)
    with CaptureQueriesContext(connection) as queries:
        piece = setter.get("/", {"clientId": str(harbor.pk), "leadId": str(lead.pk)}, headers=HTMX)
    assert "<html" not in piece.content.decode()
    assert "<title>" in piece.content.decode()
    assert len(queries) <= 9, "\n".join(q["sql"][:200] for q in queries)


@pytest.mark.parametrize("path", ["/", "/inbox/refresh"])
def test_with_everything_there_is_to_show_a_page_costs_at_most_twelve_queries(
    client: Client, harbor: Workspace, ingo: User, path: str
) -> None:
    accounts(harbor)
    client.force_login(ingo)
    lead, twin, gone = conversation(harbor), conversation(harbor, first_name="Twin"), conversation(harbor)
    MergeSuggestion.objects.create(workspace=harbor, lead=twin, other=lead, reason="Same phone")
    merging.merge(survivor=lead, loser=gone, by=ingo)
    Lead.objects.filter(pk=lead.pk).update(assignee=ingo)
    draft(lead)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path, {"clientId": str(harbor.pk), "leadId": str(lead.pk)}).content.decode()
    assert "Maybe the same person:</b> Twin" in page
    assert "was merged into this lead" in page
    assert len(queries) <= 12, "\n".join(q["sql"][:200] for q in queries)


def test_names_suppressions_and_others_are_read_in_order_and_of_this_lead_only(
    harbor: Workspace, elsewhere: Workspace, ingo: User
) -> None:
    lead = conversation(harbor, email="marcus@fenwick.example.com", phone="+12125550142")
    leads.name(lead, "email", "elise@fenwick.example.com")
    other, stranger = conversation(harbor), conversation(elsewhere, phone="+12125550142")
    entry: dict[str, Any] = {"family": "sms", "value": "+12125550142", "reason": "sms_stop"}
    SuppressionEntry.objects.create(workspace=elsewhere, lead=stranger, **entry)
    now = timezone.now()
    assert known(lead, now=now, with_others=True).held == frozenset()
    SuppressionEntry.objects.create(workspace=harbor, lead=other, **entry)
    found = known(lead, now=now, with_others=True)
    assert found.names == [
        ("email", "marcus@fenwick.example.com"),
        ("phone", "+12125550142"),
        ("email", "elise@fenwick.example.com"),
    ]
    assert (found.held, found.suppressed) == (frozenset({("sms", "+12125550142")}), [])
    assert known(other, now=now, with_others=True).suppressed == [("sms_stop", "+12125550142")]
    SuppressionEntry.objects.update(lifted_at=now, lift_reason="They asked.")
    assert known(lead, now=now, with_others=True).held == frozenset()
    done = merging.merge(survivor=lead, loser=other, by=ingo)
    later = now + timedelta(days=29)
    assert [merge.id for merge in known(lead, now=later, with_others=True).merged] == [done.pk]
    assert known(lead, now=later, with_others=False).merged == []
    assert known(lead, now=now + timedelta(days=31), with_others=True).merged == []


def test_earlier_messages_are_one_link_away_and_none_is_lost(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor)
    at = timezone.now() - timedelta(days=1)
    for number in range(95):
        message(lead, f"number {number:02}", at=at)  # all of one time: told apart by id
    html = read(setter, lead)
    found = bodies(html)
    assert len(found) == 40
    while more := re.search(r'id="earlier".*?hx-get="([^"]+)"', html):
        address = more[1].replace("&amp;", "&")
        html = setter.get(address, headers=HTMX | {"HX-Target": "earlier"}).content.decode()
        found += bodies(html)
    assert sorted(found) == [f"number {number:02}" for number in range(95)]


def test_earlier_messages_work_without_script(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor)
    for number in range(45):
        message(lead, f"number {number:02}", at=timezone.now() - timedelta(hours=50 - number))
    link = re.search(r'<a class="link-btn h" href="([^"]+)"', read(setter, lead))
    assert link
    earlier = setter.get(link[1].replace("&amp;", "&")).content.decode()
    assert bodies(earlier) == [f"number {number:02}" for number in range(5)]
    assert "Back to the newest messages" in earlier


def test_who_stands_in_for_the_lead_is_told(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, first_name="Marcus", email="marcus@fenwick.example.com")
    message(lead, "On copy", inbound=False, cc=[{"email": "elise@fenwick.example.com", "name": "Elise"}])
    message(lead, "He lands late", from_email="elise@fenwick.example.com", from_name="Elise Tran")
    html = read(setter, lead)
    assert "for Marcus, was on CC" in html
    assert ">Elise Tran</b>" in html


def test_each_author_is_named(setter: Client, harbor: Workspace, ingo: User) -> None:
    lead = conversation(harbor)
    campaign = Campaign.objects.create(workspace=harbor, provider="emailbison", external_id="7", name="Midwest ops")
    message(lead, "first touch", inbound=False, sent_by="campaign", campaign=campaign)
    message(lead, "by hand", inbound=False, sent_by_user=ingo)
    message(lead, "from the phone", inbound=False)
    html = read(setter, lead)
    for name in ("Midwest ops", "Ingo Manager", "Sent at the platform"):
        assert name in html


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ("failed", ["Not sent", "The carrier refused it.", "Retry"]),
        ("unconfirmed", ["Not confirmed", "It was sent", "Send again"]),
        ("sending", ["Sending"]),
        ("held", ["Held", "Take back"]),
    ],
)
def test_the_state_of_an_outbound_message_says_what_can_be_done(
    setter: Client, harbor: Workspace, delivery: str, words: list[str]
) -> None:
    lead = conversation(harbor)
    message(lead, "ours", inbound=False, delivery=delivery, look_ups=3, error="The carrier refused it.")
    html = read(setter, lead)
    for word in words:
        assert word in html


def test_the_timeline_stands_between_the_messages_with_its_reason(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, at=timezone.now() - timedelta(hours=2))
    timeline.record(
        lead,
        kind="held",
        text="Auto-send held",
        why="0.84 < 0.90",
        did="Nothing was sent.",
        setting="Midwest",
        tone="warn",
    )
    message(lead, "after it", inbound=False)
    html = read(setter, lead)
    assert html.index(">Sounds good</p>") < html.index("Auto-send held") < html.index(">after it</p>")
    for word in ("0.84 &lt; 0.90", "Nothing was sent.", "Midwest"):
        assert word in html


def test_the_original_is_shown_as_text_and_provider_html_never_becomes_part_of_the_page(
    setter: Client, harbor: Workspace
) -> None:
    evil = "<p onclick=alert(1)>Hi</p><script>alert(1)</script><style>*{display:none}</style>"
    lead = leads.lead(harbor)
    made = message(lead, "Hi", raw_text="Hi\n> quoted history", raw_html=evil)
    assert f"/inbox/messages/{made.pk}/original" in read(setter, lead)
    for headers in ({}, HTMX):
        html = setter.get(f"/inbox/messages/{made.pk}/original", headers=headers).content.decode()
        assert "&gt; quoted history" in html
        assert "<script>alert" not in html
        assert "<p onclick" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_message_that_says_no_more_than_its_original_has_no_such_link(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor)
    message(lead, "All there is", raw_text="All there is")
    assert "/original" not in read(setter, lead)


EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("field", ["body", "subject", "from_name", "error"])
def test_a_message_is_never_markup(setter: Client, harbor: Workspace, field: str) -> None:
    lead = conversation(harbor)
    made = message(lead, "x", inbound=field != "error", delivery="failed" if field == "error" else "received")
    Message.objects.filter(pk=made.pk).update(**{field: EVIL, "from_email": "other@x.example.com"})
    html = read(setter, lead)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_attachments_and_copies_are_never_markup_and_link_only_to_the_web(setter: Client, harbor: Workspace) -> None:
    lead = leads.lead(harbor)
    message(
        lead,
        "files",
        attachments=[
            {"name": EVIL, "url": "javascript:alert(1)", "size": 12},
            {"name": "ok.pdf", "url": "https://files.example.com/ok.pdf", "size": 90_000},
        ],
        cc=[{"email": EVIL, "name": EVIL}],
    )
    message(lead, "ours", inbound=False, to=[{"email": EVIL, "name": EVIL}])
    html = read(setter, lead)
    assert f"to {escape(EVIL)}" in html
    assert "<script>alert" not in html
    assert "javascript:" not in html
    assert 'href="https://files.example.com/ok.pdf"' in html
    assert "88 KB" in html


@pytest.mark.parametrize("field", ["first_name", "title", "company", "website", "industry", "timezone", "linkedin_url"])
def test_a_fact_is_never_markup(setter: Client, harbor: Workspace, field: str) -> None:
    lead = conversation(harbor)
    Lead.objects.filter(pk=lead.pk).update(**{field: EVIL[:60]})
    html = read(setter, lead)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_opening_does_not_change_anything_but_asks_to_be_marked_read(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor)
    html = read(setter, lead)
    lead.refresh_from_db()
    assert lead.is_unread
    assert f'hx-post="/inbox/{lead.pk}/read"' in html
    assert setter.post(f"/inbox/{lead.pk}/read").status_code == 204
    lead.refresh_from_db()
    assert not lead.is_unread


def test_done_and_back_again(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor)
    answer = setter.post(f"/inbox/{lead.pk}/done")
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert not lead.needs_reply
    setter.post(f"/inbox/{lead.pk}/reopen", headers=HTMX)
    lead.refresh_from_db()
    assert lead.needs_reply
    message(lead, "Still there?")
    assert lead.needs_reply


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "header-actions"}])
def test_done_says_nothing_of_a_reply_that_came_after_the_page(
    setter: Client, harbor: Workspace, headers: dict[str, str]
) -> None:
    lead = conversation(harbor)
    seen = re.findall(r'name="seen" value="([^"]+)"', read(setter, lead))[0]
    message(lead, "One more question")
    answer = setter.post(f"/inbox/{lead.pk}/done", {"seen": seen}, headers=headers, follow=True)
    assert "wrote again" in answer.content.decode() + answer.headers.get("HX-Trigger", "")
    lead.refresh_from_db()
    assert (lead.needs_reply, lead.is_unread) == (True, True)
    again = re.findall(r'name="seen" value="([^"]+)"', read(setter, lead))[0]
    setter.post(f"/inbox/{lead.pk}/done", {"seen": again}, headers=headers)
    lead.refresh_from_db()
    assert not lead.needs_reply


def test_of_two_setters_who_take_a_lead_at_once_the_second_is_told(harbor: Workspace, sam: User, ingo: User) -> None:
    lead = conversation(harbor)
    stale = Lead.objects.get(pk=lead.pk)
    given: dict[str, Any] = {"source": "manual", "only_if_free": True}
    assignment.assign(lead=lead, to=ingo, by=ingo, **given)
    with pytest.raises(assignment.Taken, match="Ingo Manager has taken"):
        assignment.assign(lead=stale, to=sam, by=sam, **given)
    assert assignment.assign(lead=stale, to=ingo, by=ingo, **given).assignee == ingo


def test_why_nothing_is_sent_stands_above_the_thread(setter: Client, harbor: Workspace) -> None:
    accounts(harbor)
    lead = conversation(harbor, status="blacklisted", blacklist_reason="opt_out")
    SuppressionEntry.objects.create(workspace=harbor, lead=lead, family="email", value=lead.email, reason="opt_out")
    html = read(setter, lead)
    assert "Nothing is sent to" in html
    assert "asked not to be written to" in html
    assert "You cannot write here now." in html


def test_a_promoted_address_becomes_the_primary_one(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, email="marcus@fenwick.example.com")
    leads.name(lead, "email", "elise@fenwick.example.com")
    assert "Promote" in read(setter, lead)
    setter.post(f"/inbox/{lead.pk}/promote", {"email": "elise@fenwick.example.com"})
    lead.refresh_from_db()
    assert lead.email == "elise@fenwick.example.com"
    setter.post(f"/inbox/{lead.pk}/promote", {"email": "nobody@fenwick.example.com"})
    lead.refresh_from_db()
    assert lead.email == "elise@fenwick.example.com"


def test_a_dead_address_is_not_promoted(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, email="marcus@fenwick.example.com")
    leads.name(lead, "email", "elise@fenwick.example.com")
    SuppressionEntry.objects.create(
        workspace=harbor, family="email", value="elise@fenwick.example.com", reason="bounce", lead=lead
    )
    answer = setter.post(f"/inbox/{lead.pk}/promote", {"email": "elise@fenwick.example.com"}, headers=HTMX)
    assert "is on the suppression list as a dead address" in answer["HX-Trigger"]
    assert setter.post(f"/inbox/{lead.pk}/promote", {"email": "a\x00@fenwick.example.com"}).status_code == 302
    lead.refresh_from_db()
    assert lead.email == "marcus@fenwick.example.com"


def test_facts_are_edited_in_place_and_the_change_is_told(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, company="Fenwick")
    piece = setter.post(f"/leads/{lead.pk}/facts", {"company": " Fenwick  & Rowe "}, headers={"HX-Request": "true"})
    assert "Fenwick &amp; Rowe" in piece.content.decode()
    lead.refresh_from_db()
    assert lead.company == "Fenwick & Rowe"
    assert "Company: Fenwick → Fenwick &amp; Rowe" in read(setter, lead)


def test_a_fact_that_does_not_fit_is_refused_with_the_reason_and_kept(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, timezone="Europe/Berlin")
    piece = setter.post(
        f"/leads/{lead.pk}/facts", {"timezone": "Mars/Olympus"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Enter a zone such as" in piece
    assert 'value="Mars/Olympus"' in piece
    lead.refresh_from_db()
    assert lead.timezone == "Europe/Berlin"


@pytest.mark.parametrize("name", ["email", "status", "workspace", "assignee", "id", "merged_into", "needs_reply"])
def test_only_facts_can_be_edited(setter: Client, harbor: Workspace, name: str) -> None:
    lead = conversation(harbor)
    assert setter.post(f"/leads/{lead.pk}/facts", {name: str(uuid.uuid4())}).status_code == 404


def test_a_manager_merges_a_suggested_twin_and_takes_it_back(client: Client, harbor: Workspace, ingo: User) -> None:
    client.force_login(ingo)
    lead, twin = conversation(harbor, first_name="Ann"), conversation(harbor, first_name="Anne", company="Twin & Co")
    suggestion = MergeSuggestion.objects.create(workspace=harbor, lead=twin, other=lead, reason="Both have one phone")
    html = read(client, lead)
    assert "Maybe the same person:" in html
    assert "Twin &amp; Co" in html
    client.post(f"/inbox/{lead.pk}/merge/{suggestion.pk}")
    twin.refresh_from_db()
    assert twin.merged_into == lead
    html = read(client, lead)
    assert "Anne was merged into this lead." in html
    undo = re.search(r'action="([^"]+/unmerge/[^"]+)"', html)
    assert undo
    client.post(undo[1], headers={"HX-Request": "true"})
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_a_suggestion_can_be_dismissed(client: Client, harbor: Workspace, ingo: User) -> None:
    client.force_login(ingo)
    lead, twin = conversation(harbor), conversation(harbor)
    suggestion = MergeSuggestion.objects.create(workspace=harbor, lead=lead, other=twin, reason="Same phone")
    client.post(f"/inbox/{lead.pk}/dismiss/{suggestion.pk}")
    assert "Maybe the same person" not in read(client, lead)


def test_setters_do_not_merge(setter: Client, harbor: Workspace) -> None:
    lead, twin = conversation(harbor), conversation(harbor)
    suggestion = MergeSuggestion.objects.create(workspace=harbor, lead=lead, other=twin, reason="Same phone")
    assert "Maybe the same person" not in read(setter, lead)
    assert setter.post(f"/inbox/{lead.pk}/merge/{suggestion.pk}").status_code == 403


def test_a_suggestion_of_other_leads_is_not_there(client: Client, harbor: Workspace, ingo: User) -> None:
    client.force_login(ingo)
    lead, one, other = conversation(harbor), conversation(harbor), conversation(harbor)
    suggestion = MergeSuggestion.objects.create(workspace=harbor, lead=one, other=other, reason="Same phone")
    assert client.post(f"/inbox/{lead.pk}/merge/{suggestion.pk}").status_code == 404


def test_while_a_send_is_looked_up_nobody_is_asked_to_repeat_it(setter: Client, harbor: Workspace) -> None:
    lead = conversation(harbor)
    message(lead, "ours", inbound=False, delivery="unconfirmed", look_ups=2, error="No answer came.")
    html = read(setter, lead)
    assert "It is being looked up" in html
    assert "Send again" not in html
