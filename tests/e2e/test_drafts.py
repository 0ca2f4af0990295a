"""Drafts in a browser: they come by themselves, are changed, compared, approved, taken back; countdowns; phones."""

from __future__ import annotations

from django.db import transaction
from playwright.sync_api import expect

from inbox import draft_decisions, drafts, live
from inbox.drafts import Made
from inbox.models import Draft, LeadMemory, Message, MessageJob
from leads.models import Lead
from tests.e2e.axe import PHONE, assert_nothing_serious
from tests.e2e.conftest import Opener
from tests.e2e.test_inbox import come_back, open_conversation, tell
from tests.factories.drafts import TEXT, draft, needs_review, scheduled
from zrg.workspaces.models import User, Workspace


def supersede(lead: Lead, body: str) -> None:
    """The lead writes again, as the inbound handler files it."""
    tell(lead, body)
    with transaction.atomic():
        newest = Message.objects.filter(lead=lead, direction="in").latest("sent_at")
        drafts.supersede_pending(lead, by_message=newest)


def test_a_draft_comes_by_itself_is_changed_compared_approved_and_taken_back(
    open_page: Opener, marcus: Lead, sam: User
) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    draft(marcus)
    text = page.get_by_label("Message", exact=True)
    expect(text).to_have_value(TEXT)
    expect(page.locator(".draft-bar")).to_contain_text("Draft by Nora")
    expect(page.locator(".row.is-open .state")).to_have_text("Draft ready")
    text.fill(TEXT.replace("two", "three"))
    expect(page.locator(".diff del")).to_have_text("two")
    expect(page.locator(".diff ins")).to_have_text("three")
    page.reload()
    expect(text).to_have_value(TEXT.replace("two", "three"))
    page.get_by_role("button", name="Reset to draft").click()
    expect(text).to_have_value(TEXT)
    expect(page.locator(".changes")).to_be_hidden()
    text.fill(TEXT.replace("two", "three"))
    page.get_by_role("button", name="Approve edited").click()
    expect(page.get_by_role("status").filter(has_text="Sending to Marcus")).to_be_visible()
    expect(text).to_have_value("")
    page.locator("#conversation").focus()
    page.keyboard.press("z")
    expect(text).to_have_value(TEXT.replace("two", "three"))
    expect(page.locator(".draft-bar")).to_contain_text("Draft by Nora")
    page.locator("#conversation").focus()
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text="Sending to Marcus")).to_be_visible()
    assert sorted(Message.objects.filter(draft__isnull=False).values_list("delivery", flat=True)) == [
        "queued",
        "undone",
    ]


def test_a_draft_does_not_disturb_what_one_types_and_an_edited_one_is_kept_when_the_lead_writes_again(
    open_page: Opener, marcus: Lead, sam: User
) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    text = page.get_by_label("Message", exact=True)
    text.fill("Half a sen")
    text.evaluate("box => box.setSelectionRange(4, 4)")
    first = draft(marcus)
    come_back(page)
    expect(page.get_by_text("A draft is ready")).to_be_visible()
    expect(text).to_be_focused()
    expect(text).to_have_value("Half a sen")
    assert text.evaluate("box => box.selectionStart") == 4
    page.get_by_role("link", name="Show it").click()
    expect(text).to_have_value(TEXT)
    page.get_by_role("button", name="Your unsent text").click()
    expect(text).to_have_value("Half a sen")
    page.get_by_role("link", name="Show it").click()
    expect(text).to_have_value(TEXT)
    text.fill("My answer")
    supersede(marcus, "Wait, something else")
    draft(marcus, "A new draft")
    come_back(page)
    expect(page.get_by_text("Newer reply: Marcus wrote again")).to_be_visible()
    expect(text).to_have_value("My answer")
    expect(text).to_be_focused()
    page.reload()
    expect(page.get_by_text("Newer reply: Marcus wrote again")).to_be_visible()
    expect(text).to_have_value("My answer")
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.get_by_role("button", name="Send anyway")).to_be_visible()
    assert not Message.objects.filter(body="My answer").exists()
    page.get_by_role("button", name="Send anyway").click()
    expect(page.get_by_role("status").filter(has_text="Sending to Marcus")).to_be_visible()
    first.refresh_from_db()
    assert first.status == "superseded"


def test_typing_holds_what_would_send_itself(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    made = scheduled(marcus)
    open_conversation(page)
    expect(page.get_by_role("timer")).to_contain_text("Sends itself in 3:")
    text = page.get_by_label("Message", exact=True)
    text.press_sequentially("x")
    expect(page.get_by_role("status").filter(has_text="Auto-send cancelled")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)
    expect(text).to_be_focused()
    made.refresh_from_db()
    assert (made.status, made.send_at) == ("pending", None)


def test_keys_reject_and_ask_for_another_one(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    draft(marcus)
    open_conversation(page)
    page.locator("#conversation").focus()
    page.keyboard.press("g")
    expect(page.get_by_label("Again, but how?")).to_be_focused()
    page.keyboard.type("Shorter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Writing a new draft")).to_be_visible()
    assert MessageJob.objects.get(kind="DRAFT").given["instruction"] == "Shorter"
    MessageJob.objects.update(status="FAILED")
    expect(page.get_by_text("No new draft.")).to_be_visible()
    page.locator("#conversation").focus()
    page.keyboard.press("x")
    page.keyboard.type("Too long")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Draft rejected")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    rejected = Draft.objects.get()
    assert (rejected.status, rejected.decision_note) == ("rejected", "Too long")
    assert not Message.objects.filter(draft=rejected).exists()


def test_the_memory_and_the_sentiment_are_put_right_in_place(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_text("Write something down").click()
    page.get_by_label("Constraints").fill("Not before March")
    page.get_by_role("button", name="Save memory").click()
    expect(page.locator(".notes li")).to_have_text("Not before March")
    page.locator("summary[title='Correct the sentiment']").click()
    page.get_by_label("Sentiment", exact=True).select_option("objection")
    page.locator("form[action$='/sentiment'] button").click()
    expect(page.locator("#panel .tag").first).to_have_text("Objection")
    page.get_by_role("switch", name="Auto-book").click()
    expect(page.get_by_role("switch", name="Auto-book")).to_have_attribute("aria-checked", "false")
    assert LeadMemory.objects.get(lead=marcus).constraints == ["Not before March"]


def test_without_script_a_draft_is_approved_rejected_and_held(open_page: Opener, marcus: Lead, sam: User) -> None:
    made = scheduled(marcus)
    page = open_page(user=sam, java_script_enabled=False)
    page.locator(".row a", has_text="Marcus").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Auto-send cancelled. The draft waits for you.")).to_be_visible()
    page.get_by_label("Message", exact=True).fill("By plain form")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#items .is-queued")).to_contain_text("By plain form")
    assert Draft.objects.get(pk=made.pk).status == "approved"


def test_axe_finds_nothing_in_the_states_of_a_draft(
    open_page: Opener, marcus: Lead, harbor: Workspace, sam: User
) -> None:
    made = needs_review(marcus, made=Made(persona_name="Nora", problems=("The price is not in the offer.",)))
    Lead.objects.filter(pk=marcus.pk).update(tag_is_uncertain=True, tag_confidence=0.4, tag_reason="Asks for a price.")
    LeadMemory.objects.create(lead=marcus, workspace=harbor, facts=["140 people"])
    page = open_page(user=sam)
    open_conversation(page)
    assert_nothing_serious(page)
    for menu in ("why", "again", "reject"):
        page.locator(f".{menu}-menu > summary").click()
        assert_nothing_serious(page, within=f".{menu}-menu")
        page.locator(f".{menu}-menu > summary").click()
    page.get_by_label("Message", exact=True).fill("Something else")
    expect(page.locator(".diff ins").first).to_be_visible()
    assert_nothing_serious(page, within="#composer")
    page.locator("#panel .memory .edit > summary").click()
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.locator(".to-lead").click()
    assert_nothing_serious(page, within="#lead")
    page.locator(".close-lead").click()
    with transaction.atomic():
        draft_decisions.cancel_auto_send(made, by=sam)
        live.bump_on_commit(harbor.pk)
