"""The inbox in a browser: reading, answering, undoing, live updates, keys, phones, and life without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from inbox import live
from inbox.models import Message
from leads.models import Lead
from tests.e2e.conftest import Opener, sign_in
from tests.factories.conversations import conversation, message
from zrg.workspaces.models import User, Workspace


def tell(lead: Lead, body: str, **more: object) -> None:
    """A reply comes in, as seen by open pages."""
    with transaction.atomic():
        lead.refresh_from_db()
        message(lead, body, **more)  # type: ignore[arg-type]
        live.bump_on_commit(lead.workspace_id)


def hold(page: Page, address: str) -> list[Route]:
    """From now on the first request of this kind waits here until the test lets it go; later ones go through."""
    held: list[Route] = []

    def meet(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(address, meet)
    return held


def come_back(page: Page) -> None:
    """As somebody who was in another tab: what is new comes at once instead of within three seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def open_conversation(page: Page, name: str = "Marcus") -> None:
    page.locator(".row a", has_text=name).click()
    expect(page.get_by_role("region", name=f"Conversation with {name}")).to_be_visible()


def test_a_wrong_password_is_told_and_the_right_one_opens_the_inbox(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("E-mail and password do not match.")).to_be_visible()
    sign_in(page, sam)
    expect(page).to_have_title("(1) All · Harbor · ZRG")
    expect(page.locator(".row")).to_have_count(1)


def test_a_conversation_opens_in_place_and_is_marked_read(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    expect(page.locator(".row.is-unread")).to_have_count(1)
    held = hold(page, "**/read")
    open_conversation(page)
    expect(page.locator("#items .msg")).to_have_count(3)
    expect(page).to_have_url(re.compile(f"leadId={marcus.pk}"))
    # Whoever is quick may send before the server knows that it was read.
    expect(page.get_by_role("button", name="Send")).to_have_css("opacity", "1")
    held[0].continue_()
    expect(page).to_have_title("(1) Marcus Oyelaran · Harbor · ZRG")
    expect(page.locator(".row.is-unread")).to_have_count(0)
    page.locator("#items .quote summary").click()
    expect(page.get_by_text("> We do payroll across sites.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("No conversation is open")).to_be_visible()


def test_a_reply_is_sent_once_and_undone_with_its_text_back(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_label("Message", exact=True).fill("About $11 a head.")
    page.get_by_role("button", name="Send").click()
    toast = page.get_by_role("status").filter(has_text="Sending to Marcus Oyelaran")
    expect(toast).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    expect(page.locator("#items .is-queued")).to_have_count(1)
    expect(page.locator("#items .is-queued .state")).to_contain_text("Sends in")
    page.locator("#conversation").focus()
    page.keyboard.press("z")
    expect(page.get_by_label("Message", exact=True)).to_have_value("About $11 a head.")
    expect(page.locator("#items .is-queued")).to_have_count(0)
    assert [made.delivery for made in Message.objects.filter(lead=marcus, body="About $11 a head.")] == ["undone"]


def test_a_refusal_keeps_the_text(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_label("Message", exact=True).fill("Kept")
    Lead.objects.filter(pk=marcus.pk).update(status="blacklisted", blacklist_reason="opt_out")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("opted out")
    expect(page.locator("#text")).to_have_value("Kept")


def test_what_happens_elsewhere_appears_without_touching_what_one_types(
    open_page: Opener, marcus: Lead, harbor: Workspace, sam: User
) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    box = page.get_by_label("Message", exact=True)
    box.fill("Half a sen")
    box.evaluate("box => box.setSelectionRange(4, 4)")
    with transaction.atomic():  # told of together: a poll between the two would bring one of them only
        tell(marcus, "And by when?")
        conversation(harbor, "Hello there", first_name="Ingrid")
    expect(page.locator("#items").get_by_text("And by when?")).to_be_visible()
    expect(page.locator(".row").first).to_contain_text("Ingrid")
    expect(page).to_have_title("(2) Marcus Oyelaran · Harbor · ZRG")
    expect(box).to_be_focused()
    expect(box).to_have_value("Half a sen")
    assert box.evaluate("box => box.selectionStart") == 4


def test_a_lost_connection_is_told_until_it_is_back(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    page.context.set_offline(True)
    tell(marcus, "And by when?")
    come_back(page)
    come_back(page)
    told = page.get_by_role("status").filter(has_text="No connection. Your text is kept")
    expect(told).to_have_count(1)
    page.context.set_offline(False)
    expect(told).to_have_count(0)
    expect(page.locator(".row")).to_contain_text("And by when?")
    page.route("**/live?*", lambda route: route.fulfill(status=503))
    come_back(page)
    come_back(page)
    expect(page.get_by_role("status").filter(has_text="Live updates rest")).to_have_count(1)
    page.unroute("**/live?*")
    come_back(page)
    expect(page.get_by_role("status")).to_have_count(0)


def test_a_colleagues_message_warns_before_the_second_one_goes(
    open_page: Opener, marcus: Lead, sam: User, ingo: User
) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_label("Message", exact=True).fill("Mine")
    tell(marcus, "I answered already", inbound=False, sent_by_user=ingo)
    come_back(page)
    expect(page.locator("#items").get_by_text("I answered already")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Ingo sent an E-mail")
    page.get_by_role("button", name="Send anyway").click()
    expect(page.get_by_role("status").filter(has_text="Sending to")).to_be_visible()


def test_unsent_text_survives_a_reload_for_its_conversation_only(
    open_page: Opener, marcus: Lead, harbor: Workspace, sam: User
) -> None:
    conversation(harbor, first_name="Ingrid", email="ingrid@kestrel.example.com")
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_label("Message", exact=True).fill("Not finished")
    open_conversation(page, "Ingrid")
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    page.goto(f"/?leadId={marcus.pk}")
    expect(page.get_by_label("Message", exact=True)).to_have_value("Not finished")


def test_copies_are_chips_and_wrong_ones_are_marked(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_label("Cc", exact=True).fill("boss@fenwick.example.com, nonsense")
    page.get_by_label("Message", exact=True).fill("Hello")
    expect(page.locator(".composer-cc .recip")).to_have_count(2)
    expect(page.locator(".composer-cc .recip.is-wrong")).to_contain_text("nonsense")
    page.get_by_role("button", name="Remove nonsense").click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#items .is-queued")).to_contain_text("Cc boss@fenwick.example.com")


def test_sms_counts_its_parts_as_the_server_does(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.locator(".tabs label", has_text="SMS").click()
    box = page.get_by_label("Message", exact=True)
    box.fill("€" * 81)
    expect(page.locator("[data-parts]")).to_have_text("2 parts, 143 left")
    box.fill("’" * 71)
    expect(page.locator("[data-parts]")).to_have_text("2 parts, 63 left, special characters")


def test_the_keyboard_does_everything(open_page: Opener, marcus: Lead, harbor: Workspace, sam: User) -> None:
    conversation(harbor, first_name="Ingrid", at=timezone.now() - timedelta(hours=1))
    page = open_page(user=sam)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    conversation_pane = page.get_by_role("region", name="Conversation with Marcus")
    expect(conversation_pane).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("By keys?/jkdz")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#items .is-queued")).to_contain_text("By keys?/jkdz")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_role("status").filter(has_text="Back among those that need a reply")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("ingr")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.get_by_label("Search names, e-mails, phones")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_views_keep_the_open_conversation(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Mine").click()
    expect(page.get_by_text("No conversation is yours")).to_be_visible()
    expect(page.get_by_role("region", name="Conversation with Marcus")).to_be_visible()
    expect(page).to_have_url(re.compile(f"list=mine.*leadId={marcus.pk}"))
    page.reload()
    expect(page.get_by_role("region", name="Conversation with Marcus")).to_be_visible()


def let_go(page: Page, held: list[Route], *, then: str) -> None:
    """The held answer arrives; over when the page, having seen to it, asks anew for what it shows now."""
    with page.expect_request(lambda request: "/inbox/refresh?" in request.url and then in request.url):
        held[0].continue_()


def test_a_refresh_that_comes_after_the_view_was_switched_is_dropped(
    open_page: Opener, marcus: Lead, sam: User
) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    held = hold(page, "**/inbox/refresh?*")
    with page.expect_request("**/inbox/refresh?*"):
        tell(marcus, "And by when?")
        come_back(page)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Mine").click()
    expect(page.get_by_text("No conversation is yours")).to_be_visible()
    let_go(page, held, then="list=mine")
    expect(page.locator("#items").get_by_text("And by when?")).to_be_visible()
    expect(page.get_by_text("No conversation is yours")).to_be_visible()
    expect(page.locator(".row")).to_have_count(0)
    expect(page).to_have_title(re.compile("Marcus Oyelaran"))


def test_a_refresh_that_comes_while_one_searches_does_not_bring_back_what_the_search_left_out(
    open_page: Opener, marcus: Lead, sam: User
) -> None:
    page = open_page(user=sam)
    held = hold(page, "**/inbox/refresh?*")
    with page.expect_request("**/inbox/refresh?*"):
        tell(marcus, "And by when?")
        come_back(page)
    search = page.get_by_label("Search names, e-mails, phones")
    search.press_sequentially("nobody")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    let_go(page, held, then="q=nobody")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    expect(page.locator(".row")).to_have_count(0)
    expect(search).to_have_value("nobody")
    expect(search).to_be_focused()


def test_a_refresh_asked_for_one_conversation_is_not_shown_on_the_next(
    open_page: Opener, marcus: Lead, harbor: Workspace, sam: User
) -> None:
    ingrid = conversation(harbor, first_name="Ingrid")
    page = open_page(user=sam)
    open_conversation(page)
    held = hold(page, "**/inbox/refresh?*")
    with page.expect_request("**/inbox/refresh?*"):
        tell(marcus, "And by when?")
        come_back(page)
    open_conversation(page, "Ingrid")
    page.evaluate(
        "window.titles = []; new MutationObserver(() => titles.push(document.title))"
        ".observe(document.head, { subtree: true, childList: true, characterData: true })"
    )
    let_go(page, held, then=f"leadId={ingrid.pk}")
    expect(page.locator(".row", has_text="Marcus")).to_contain_text("And by when?")
    assert [title for title in page.evaluate("titles") if "Ingrid" not in title] == []


def test_the_list_goes_on_while_one_scrolls(open_page: Opener, harbor: Workspace, sam: User) -> None:
    for number in range(75):
        conversation(harbor, first_name=f"Lead {number:02}", at=timezone.now() - timedelta(minutes=number))
    page = open_page(user=sam)
    expect(page.locator(".row")).to_have_count(30)
    for expected in (60, 75):
        page.locator("#rows").evaluate("rows => rows.scrollTo(0, rows.scrollHeight)")
        expect(page.locator(".row")).to_have_count(expected)


def test_earlier_messages_come_above_those_one_reads_and_stay_there(open_page: Opener, marcus: Lead, sam: User) -> None:
    Message.objects.filter(lead=marcus).delete()
    for number in range(44):
        message(marcus, f"Number {number:02}", at=timezone.now() - timedelta(seconds=60 - number))
    page = open_page(user=sam)
    open_conversation(page)
    address = page.url
    expect(page.locator("#items > .msg")).to_have_count(40)
    first = page.locator("#items .body", has_text="Number 04")
    link = page.get_by_role("link", name="Earlier messages")
    link.scroll_into_view_if_needed()
    stood = first.bounding_box()
    link.click()
    expect(page.locator("#items > .msg")).to_have_count(44)
    assert page.url == address
    assert first.bounding_box() == stood
    tell(marcus, "Number 44")
    come_back(page)
    expect(page.locator("#items > .msg")).to_have_count(45)
    assert page.locator("#items .body").all_inner_texts() == [f"Number {number:02}" for number in range(45)]
    expect(page.locator("#items > .day")).to_have_count(1)
    expect(link).to_have_count(0)
    expect(page.get_by_text("Back to the newest messages")).to_have_count(0)


def test_facts_are_edited_in_place(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    open_conversation(page)
    page.locator(".edit > summary", has_text="Fenwick & Rowe").click()
    page.get_by_label("Company").fill("Fenwick Group")
    page.keyboard.press("Enter")
    expect(page.locator(".edit > summary", has_text="Fenwick Group")).to_be_visible()
    expect(page.locator(".row").first).to_contain_text("Fenwick Group")


def test_a_manager_assigns_from_the_header(open_page: Opener, marcus: Lead, ingo: User, sam: User) -> None:
    page = open_page(user=ingo)
    open_conversation(page)
    page.locator(".assign-menu > summary").click()
    page.get_by_role("button", name="Sam Setter").click()
    expect(page.locator(".assign-menu > summary")).to_contain_text("Sam")
    expect(page.locator(".row .avatar[title='Sam Setter']")).to_be_visible()


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_one_pane_shows_at_a_time_and_nothing_is_wider_than_it(
    open_page: Opener, marcus: Lead, harbor: Workspace, sam: User, width: int
) -> None:
    conversation(harbor, "x" * 150, first_name="W" * 60, company="C" * 80)
    page = open_page(user=sam, viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True)
    expect(page.locator("#conversation")).to_be_hidden()
    assert fits(page)
    open_conversation(page)
    expect(page.locator("#rows")).to_be_hidden()
    assert fits(page)
    page.get_by_role("link", name="Lead details").click()
    expect(page.get_by_role("complementary", name="Lead: Marcus")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Close lead details").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#rows")).to_be_visible()
    expect(page.locator("#conversation")).to_be_hidden()


def fits(page: Page) -> bool:
    """Nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_without_script_one_reads_answers_and_undoes(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, sam)
    page.locator(".row a", has_text="Marcus").click()
    expect(page.locator("#items .msg")).to_have_count(3)
    page.get_by_label("Cc", exact=True).fill("boss@fenwick.example.com")
    page.get_by_label("Message", exact=True).fill("Plain form")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#items .is-queued")).to_contain_text("Plain form")
    page.locator("#items .is-queued").get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Plain form")
    page.get_by_label("Search names, e-mails, phones").fill("nobody")
    page.get_by_label("Search names, e-mails, phones").press("Enter")
    expect(page.get_by_text("Nothing found")).to_be_visible()


def test_the_theme_is_chosen_in_the_account_menu_and_kept(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    page.locator(".me-menu > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_signing_out_ends_it(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    page.locator(".me-menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in to ZRG")).to_be_visible()
