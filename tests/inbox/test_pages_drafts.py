"""A draft on the page: shown, approved, rejected, held, written anew; by whom; and what happens in between."""

from __future__ import annotations

import html
import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inbox import draft_decisions, drafts
from inbox.drafts import Made
from inbox.models import Draft, LeadMemory, Message, MessageJob
from leads import timeline
from leads.models import Lead, TimelineEvent
from tests.factories.conversations import accounts, conversation, message
from tests.factories.drafts import TEXT, draft, needs_review, scheduled
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}


@pytest.fixture
def setter(client: Client, sam: User, harbor: Workspace) -> Client:
    accounts(harbor)
    client.force_login(sam)
    return client


@pytest.fixture
def ann(harbor: Workspace) -> Lead:
    return conversation(harbor, "How long does it take?", first_name="Ann", phone="+13135550163")


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(client: Client, lead: Lead, **query: Any) -> str:
    answer = client.get("/", {"clientId": str(lead.workspace_id), "leadId": str(lead.pk), **query})
    assert answer.status_code == 200
    return answer.content.decode()


def composer_of(page: str) -> str:
    found = re.search(r'<form class="composer.*?</form>', page, re.S)
    assert found
    return found[0]


def text_of(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", composer_of(page), re.S)
    assert found
    return html.unescape(found[1])


def form_of(page: str) -> dict[str, Any]:
    """The composer's fields as a browser would send them."""
    form = composer_of(page)
    given: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    given["channel"] = re.findall(r'name="channel" value="(\w+)" checked', form)[0]
    given["to"] = "".join(re.findall(r'<option value="([^"]*)" selected', form)[:1])
    return given | {"text": text_of(page)}


def approve(client: Client, made: Draft, form: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/inbox/drafts/{made.pk}/approve", form, headers=headers)


def ours(lead: Lead) -> list[Message]:
    return list(Message.objects.filter(lead=lead, direction="out").order_by("created_at"))


# ── Shown ──────────────────────────────────────────────────────────────────────
def test_the_pending_draft_stands_in_the_composer_with_its_reason(setter: Client, ann: Lead) -> None:
    needs_review(ann, made=Made(persona_name="Nora", problems=("The draft promises a discount.",)))
    page = read(setter, ann)
    assert text_of(page) == TEXT
    for words in ("Draft by Nora", "Needs review", "0.66", "of 0.90", "The price is not in the offer."):
        assert words in page
    assert "The draft promises a discount." in page
    assert "Approve &amp; send" in page
    assert f'action="/inbox/drafts/{Draft.objects.get().pk}/approve"' in page


def test_the_deep_linked_draft_comes_first(setter: Client, ann: Lead) -> None:
    first, second = draft(ann, "The first"), draft(ann, "The second")
    Draft.objects.filter(pk=first.pk).update(status="pending", outcome="", decided_at=None)
    assert text_of(read(setter, ann)) == "The second"
    assert text_of(read(setter, ann, draftId=str(first.pk))) == "The first"
    assert text_of(read(setter, ann, draftId=str(second.pk))) == "The second"
    assert text_of(read(setter, ann, draftId="none")) == ""


def test_a_draft_of_another_lead_is_never_shown_here(
    setter: Client, ann: Lead, harbor: Workspace, elsewhere: Workspace
) -> None:
    other = draft(conversation(harbor, first_name="Ben"), "For Ben")
    foreign = draft(conversation(elsewhere, first_name="Eve"), "For Eve")
    for made in (other, foreign):
        page = read(setter, ann, draftId=str(made.pk))
        assert text_of(page) == ""
        assert made.content not in page


def test_the_text_of_a_draft_is_never_markup(setter: Client, ann: Lead, pia: User) -> None:
    evil = "</textarea><script>alert(1)</script>"
    needs_review(ann, evil, reason=evil, setting=evil, made=Made(persona_name=evil[:40], problems=(evil,)))
    for client in (setter, as_user(pia)):
        assert "<script>alert" not in read(client, ann)


def test_a_portal_user_sees_the_draft_and_can_do_nothing(ann: Lead, pia: User, harbor: Workspace) -> None:
    accounts(harbor)
    made = scheduled(ann)
    client = as_user(pia)
    page = read(client, ann)
    assert "Setting up takes two weeks." in page
    assert "Sends itself" in page
    for address in ("approve", "reject", "hold"):
        assert f"/{address}" not in page
        assert client.post(f"/inbox/drafts/{made.pk}/{address}", {"text": "Hi"}).status_code == 403
    assert client.post(f"/inbox/{ann.pk}/draft", {"key": str(uuid.uuid4())}).status_code == 403
    made.refresh_from_db()
    assert (made.status, made.send_at is not None) == ("pending", True)
    assert ours(ann) == []


@pytest.mark.parametrize("who", ["alice", "ingo", "sam"])
def test_who_may_reply_may_decide(request: pytest.FixtureRequest, who: str, ann: Lead, harbor: Workspace) -> None:
    accounts(harbor)
    user = request.getfixturevalue(who)
    client = as_user(user)
    made = draft(ann)
    assert approve(client, made, form_of(read(client, ann))).status_code == 302
    assert ours(ann)[0].sent_by_user == user


def test_a_stranger_finds_no_draft(ann: Lead, mallory: User, elsewhere: Workspace) -> None:
    made = draft(ann)
    client = as_user(mallory)
    for address in (f"/inbox/drafts/{made.pk}/{verb}" for verb in ("approve", "reject", "hold")):
        assert client.post(address, {"text": "Hi"}).status_code == 404
        assert client.post(address.replace(str(made.pk), str(uuid.uuid4()))).status_code == 404
    for verb in ("draft", "memory", "sentiment"):
        assert client.post(f"/inbox/{ann.pk}/{verb}").status_code == 404
    assert client.get(f"/inbox/{ann.pk}/composer").status_code == 404
    assert client.post(f"/leads/{ann.pk}/automation", {"name": "auto_book", "on": "0"}).status_code == 404
    assert Draft.objects.get().status == "pending"


# ── Approved ───────────────────────────────────────────────────────────────────
def test_approving_sends_the_text_of_the_box_and_offers_undo(setter: Client, ann: Lead, sam: User) -> None:
    made = draft(ann)
    form = form_of(read(setter, ann)) | {"text": TEXT.replace("two", "three"), "cc": "boss@fenwick.example.com"}
    answer = approve(setter, made, form, **HTMX)
    sent = ours(ann)[0]
    assert (sent.body, sent.draft, sent.sent_by_user, sent.delivery) == (form["text"], made, sam, "queued")
    assert [person["email"] for person in sent.cc] == ["boss@fenwick.example.com"]
    assert json.loads(answer["HX-Trigger"])["zrg:toast"]["undo"] == f"/inbox/messages/{sent.pk}/undo"
    made.refresh_from_db()
    assert (made.status, made.outcome, made.decided_via) == ("approved", "edited", "page")
    assert text_of(answer.content.decode()) == ""
    assert "edited AI draft" in read(setter, ann)


def test_approving_twice_is_one_message(setter: Client, ann: Lead) -> None:
    made = draft(ann)
    form = form_of(read(setter, ann))
    assert approve(setter, made, form).status_code == approve(setter, made, form).status_code == 302
    assert len(ours(ann)) == 1


def test_undo_brings_the_draft_back_with_what_was_made_of_it(setter: Client, ann: Lead) -> None:
    made = draft(ann)
    approve(setter, made, form_of(read(setter, ann)) | {"text": "My words"})
    answer = setter.post(f"/inbox/messages/{ours(ann)[0].pk}/undo")
    page = setter.get(answer["Location"]).content.decode()
    assert text_of(page) == "My words"
    assert f"/inbox/drafts/{made.pk}/approve" in page
    assert approve(setter, made, form_of(page)).status_code == 302
    assert [sent.delivery for sent in ours(ann)] == ["undone", "queued"]


def test_a_stale_version_is_refused_and_the_text_kept(setter: Client, ann: Lead, ingo: User) -> None:
    made = draft(ann)
    form = form_of(read(setter, ann)) | {"text": "My words"}
    draft_decisions.edit(made, text="Ingo's words", by=ingo)
    for headers in ({}, HTMX):
        page = approve(setter, made, form, **headers).content.decode()
        assert "changed after you opened it" in page
        assert text_of(page) == "My words"
    assert ours(ann) == []


def test_a_newer_reply_keeps_the_text_and_wants_a_second_click(setter: Client, ann: Lead) -> None:
    made = draft(ann)
    form = form_of(read(setter, ann)) | {"text": "My words"}
    newer = message(ann, "Forget it, what does it cost?")
    drafts.supersede_pending(ann, by_message=newer)
    page = approve(setter, made, form, **HTMX).content.decode()
    assert "Newer reply: Ann wrote again" in page
    assert (text_of(page), ours(ann)) == ("My words", [])
    assert "Send anyway" in page
    assert setter.post(f"/inbox/{ann.pk}/reply", form | form_of(page), headers=HTMX).status_code == 200
    assert [sent.body for sent in ours(ann)] == ["My words"]


def test_an_edited_draft_that_was_superseded_comes_back_as_unsent_text(setter: Client, ann: Lead) -> None:
    made = draft(ann)
    newer = message(ann, "Forget it, what does it cost?")
    drafts.supersede_pending(ann, by_message=newer)
    later = draft(ann, "It costs $11.")
    piece = setter.get(f"/inbox/{ann.pk}/composer", {"draftId": str(made.pk), "typed": "1"}, headers=HTMX)
    page = piece.content.decode()
    assert "Newer reply: Ann wrote again" in page
    assert f"draftId={later.pk}" in page
    form = form_of(page) | {"text": "My words"}
    first = setter.post(f"/inbox/{ann.pk}/reply", form, headers=HTMX).content.decode()
    assert "wrote again" in first
    assert ours(ann) == []
    setter.post(f"/inbox/{ann.pk}/reply", form | form_of(first) | {"text": "My words"}, headers=HTMX)
    assert len(ours(ann)) == 1


def test_a_colleague_who_approved_first_is_named_and_ones_own_text_stays(setter: Client, ann: Lead, ingo: User) -> None:
    made = draft(ann)
    form = form_of(read(setter, ann)) | {"text": "My words"}
    draft_decisions.approve(made, by=ingo, via="page")
    page = approve(setter, made, form, **HTMX).content.decode()
    assert "Ingo Manager approved this draft already." in page
    assert text_of(page) == "My words"
    assert [sent.body for sent in ours(ann)] == [TEXT]


def test_an_empty_box_is_refused(setter: Client, ann: Lead) -> None:
    made = draft(ann)
    page = approve(setter, made, form_of(read(setter, ann)) | {"text": "  "}, **HTMX).content.decode()
    assert "Write something before sending." in page
    assert Draft.objects.get().content == TEXT


# ── Rejected, held, written anew ───────────────────────────────────────────────
def test_rejecting_keeps_the_reason(setter: Client, ann: Lead, sam: User) -> None:
    made = draft(ann)
    setter.post(f"/inbox/drafts/{made.pk}/reject", {"reason": "Too pushy"})
    made.refresh_from_db()
    assert (made.status, made.decision_note, made.decided_by) == ("rejected", "Too pushy", sam)
    assert text_of(read(setter, ann)) == ""
    answer = approve(setter, made, {"text": "x"}, **HTMX)
    assert answer.status_code == 200
    assert ours(ann) == []


def test_the_countdown_is_shown_and_can_be_cancelled(setter: Client, ann: Lead, sam: User) -> None:
    made = scheduled(ann)
    page = read(setter, ann)
    assert made.send_at is not None
    assert f'data-until="{made.send_at.isoformat()}"' in page
    assert "Send now" in page
    answer = setter.post(f"/inbox/drafts/{made.pk}/hold", headers=HTMX)
    assert "Auto-send cancelled" in json.loads(answer["HX-Trigger"])["zrg:toast"]["text"]
    made.refresh_from_db()
    assert (made.status, made.send_at, made.cancelled_reason) == ("pending", None, "Sam cancelled it.")
    page = read(setter, ann)
    assert "Auto-send cancelled" in page
    assert "data-until" not in composer_of(page)


def test_send_now_waits_for_no_undo(setter: Client, ann: Lead) -> None:
    made = scheduled(ann)
    answer = approve(setter, made, form_of(read(setter, ann)), **HTMX)
    assert ours(ann)[0].undo_until is None
    assert "undo" not in json.loads(answer["HX-Trigger"])["zrg:toast"]


def test_another_draft_is_asked_for_once_and_the_page_says_that_it_is_being_written(
    setter: Client, ann: Lead, sam: User
) -> None:
    draft(ann)
    key = str(uuid.uuid4())
    for _ in range(2):
        setter.post(f"/inbox/{ann.pk}/draft", {"key": key, "instruction": "Shorter", "channel": "email"})
    job = MessageJob.objects.get(kind="DRAFT")
    assert job.given == {"key": key, "by": str(sam.pk), "instruction": "Shorter", "channel": "email"}
    assert "Writing a new draft" in read(setter, ann)
    MessageJob.objects.update(status="SUCCEEDED")
    timeline.record(ann, kind="no_draft", text="No new draft", why="It was not eligible.", dedupe_key=f"no_draft:{key}")
    page = read(setter, ann)
    assert "Writing a new draft" not in page
    assert "It was not eligible." in page


def test_a_wish_that_is_too_long_is_refused(setter: Client, ann: Lead) -> None:
    setter.post(f"/inbox/{ann.pk}/draft", {"key": str(uuid.uuid4()), "instruction": "x" * 501})
    setter.post(f"/inbox/{ann.pk}/draft", {"key": "none"})
    assert not MessageJob.objects.filter(kind="DRAFT").exists()


# ── Live ───────────────────────────────────────────────────────────────────────
def refresh(client: Client, lead: Lead, **query: str) -> str:
    given = {"clientId": str(lead.workspace_id), "leadId": str(lead.pk), **query}
    return client.get("/inbox/refresh", given).content.decode()


def test_a_refresh_brings_the_composer_only_where_it_is_another_one(setter: Client, ann: Lead) -> None:
    version = re.findall(r'data-v="(\d+)"', composer_of(read(setter, ann)))[0]
    assert 'data-for="composer"' not in refresh(setter, ann, composer=version)
    made = draft(ann)
    page = refresh(setter, ann, composer=version)
    assert text_of(page) == TEXT
    version = re.findall(r'data-v="(\d+)"', composer_of(page))[0]
    assert 'data-for="composer"' not in refresh(setter, ann, composer=version, draftId=str(made.pk))


def test_a_draft_does_not_push_away_what_somebody_types(setter: Client, ann: Lead) -> None:
    version = re.findall(r'data-v="(\d+)"', composer_of(read(setter, ann)))[0]
    draft(ann)
    page = refresh(setter, ann, composer=version, typed="1")
    assert text_of(page) == ""
    assert "A draft is ready" in page


# ── The list ───────────────────────────────────────────────────────────────────
def names(client: Client, workspace: Workspace, **query: str) -> list[str]:
    page = client.get("/", {"clientId": str(workspace.pk), **query}).content.decode()
    return re.findall(r'<b title="([^"]*)">', page)


def test_the_views_hold_what_waits_for_a_person(setter: Client, harbor: Workspace) -> None:
    for name in ("Plain", "Waits", "Review", "Goes"):
        conversation(harbor, first_name=name)
    by_name = {lead.first_name: lead for lead in Lead.objects.filter(workspace=harbor)}
    draft(by_name["Waits"])
    needs_review(by_name["Review"])
    going = scheduled(by_name["Goes"])
    assert set(names(setter, harbor, list="drafts")) == {"Waits", "Review"}
    assert names(setter, harbor, list="review") == ["Review"]
    assert set(names(setter, harbor, draft="1")) == {"Waits", "Review", "Goes"}
    page = setter.get("/", {"clientId": str(harbor.pk)}).content.decode()
    assert "Draft ready" in page
    assert "Review · 0.66" in page
    assert going.send_at is not None
    assert f'data-until="{going.send_at.isoformat()}"' in page
    assert re.search(r'Drafts to approve</span><b class="count">2</b>', page)
    with CaptureQueriesContext(connection) as queries:
        setter.get("/", {"clientId": str(harbor.pk), "list": "drafts"})
    assert len(queries) <= 5


def test_the_mark_of_a_draft_goes_with_it(setter: Client, ann: Lead, sam: User, harbor: Workspace) -> None:
    made = scheduled(ann)
    assert Lead.objects.get(pk=ann.pk).draft_state == "scheduled"
    draft_decisions.cancel_auto_send(made, by=sam)
    assert Lead.objects.get(pk=ann.pk).draft_state == "review"
    sent = draft_decisions.approve(made, by=sam, via="page")
    assert Lead.objects.get(pk=ann.pk).draft_state == ""
    setter.post(f"/inbox/messages/{sent.pk}/undo")
    assert Lead.objects.get(pk=ann.pk).draft_state == "review"
    drafts.supersede_pending(Lead.objects.get(pk=ann.pk), by_message=message(ann, "More"))
    ann.refresh_from_db()
    assert (ann.draft_state, ann.draft_send_at, ann.draft_confidence) == ("", None, None)


def test_replies_that_were_not_understood_are_marked(setter: Client, ann: Lead, harbor: Workspace) -> None:
    Lead.objects.filter(pk=ann.pk).update(unclassified=True)
    assert read(setter, ann).count("Not understood") == 3  # row, header, panel
    Lead.objects.filter(pk=ann.pk).update(unclassified=False, tag_is_uncertain=True)
    assert read(setter, ann).count(">Unsure<") == 3


# ── The lead panel ─────────────────────────────────────────────────────────────
def test_a_person_corrects_the_sentiment(setter: Client, ann: Lead, sam: User) -> None:
    Lead.objects.filter(pk=ann.pk).update(tag_confidence=0.55, tag_reason="They ask for a time.")
    page = read(setter, ann)
    assert "0.55" in page
    assert "They ask for a time." in page
    setter.post(f"/inbox/{ann.pk}/sentiment", {"tag": "objection"})
    ann.refresh_from_db()
    assert (ann.tag, ann.tag_confidence) == ("objection", None)
    answer = setter.post(f"/inbox/{ann.pk}/sentiment", {"tag": "meeting_booked"}, headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["zrg:toast"]["error"] is True


def test_the_memory_is_shown_and_edited_by_section(setter: Client, ann: Lead, sam: User) -> None:
    LeadMemory.objects.create(
        lead=ann, workspace_id=ann.workspace_id, constraints=["Not before March"], facts=["140 people"]
    )
    page = read(setter, ann)
    assert "Not before March" in page
    setter.post(f"/inbox/{ann.pk}/memory", {"facts": "150 people\r\n\r\nTwo sites", "time_zone": "Europe/Berlin"})
    kept = LeadMemory.objects.get(lead=ann)
    assert (kept.facts, kept.constraints, kept.time_zone, kept.edited_by) == (
        ["150 people", "Two sites"],
        ["Not before March"],
        "Europe/Berlin",
        sam,
    )
    answer = setter.post(f"/inbox/{ann.pk}/memory", {"time_zone": "Mars"}, headers=HTMX)
    assert "is no time zone" in json.loads(answer["HX-Trigger"])["zrg:toast"]["text"]


def test_automation_is_switched_by_a_person_and_the_timeline_says_so(setter: Client, ann: Lead, sam: User) -> None:
    assert 'aria-labelledby="switch-auto_reply"' in read(setter, ann)
    for on in ("1", "0"):
        setter.post(f"/leads/{ann.pk}/automation", {"name": "auto_reply", "on": on})
    ann.refresh_from_db()
    assert (ann.auto_reply, ann.auto_reply_set_by_person) == (False, True)
    told = TimelineEvent.objects.filter(lead=ann, kind="automation").order_by("at")
    assert [(event.text, event.by) for event in told] == [
        ("Auto-reply switched on", sam),
        ("Auto-reply switched off", sam),
    ]
    assert setter.post(f"/leads/{ann.pk}/automation", {"name": "status", "on": "1"}).status_code == 404


def test_a_portal_user_changes_nothing_about_the_lead(ann: Lead, pia: User) -> None:
    client = as_user(pia)
    assert "/automation" not in read(client, ann)
    for address, body in (
        (f"/inbox/{ann.pk}/memory", {"facts": "x"}),
        (f"/inbox/{ann.pk}/sentiment", {"tag": "objection"}),
        (f"/leads/{ann.pk}/automation", {"name": "auto_book", "on": "0"}),
    ):
        assert client.post(address, body).status_code == 403
    assert not LeadMemory.objects.filter(lead=ann).exists()


def test_what_the_machine_did_is_told_in_its_colour(setter: Client, ann: Lead) -> None:
    timeline.record(ann, kind="draft", text="E-mail draft written", why="Checked.")
    timeline.record(ann, kind="auto_send", text="Draft needs review", why="Not sure.", tone="warn")
    message(ann, "By itself", inbound=False, sent_by="ai")
    page = read(setter, ann)
    assert re.search(r'event is-ai".*?#i-spark"/></svg><span>E-mail draft written', page, re.S)
    assert re.search(r'event is-warn".*?#i-hand"/></svg><span>Draft needs review', page, re.S)
    assert "auto-sent" in page
