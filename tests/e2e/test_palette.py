"""The palette does by a few typed letters what the page can do: it opens, goes, decides and gives the keyboard back."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from leads.models import Lead
from tests.e2e.axe import assert_nothing_serious
from tests.e2e.conftest import Opener
from tests.factories.conversations import conversation
from zrg.workspaces.models import User, Workspace


def offered(page: Page) -> Locator:
    return page.get_by_role("listbox", name="What can be done").get_by_role("option")


def ask(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to, or do")).to_be_focused()
    page.keyboard.type(words)


def test_it_goes_to_views_and_conversations_and_does_what_the_keys_do(
    open_page: Opener, marcus: Lead, harbor: Workspace, ingo: User
) -> None:
    conversation(harbor, "Call me", first_name="Ingrid", last_name="Solheim", company="Kestrel Foods")
    page = open_page(user=ingo)
    ask(page, "mine")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No conversation is yours")).to_be_visible()

    # A conversation that the view shown does not hold is found all the same.
    ask(page, "solheim")
    expect(offered(page).filter(has_text="Ingrid Solheim, Kestrel Foods")).to_be_visible()
    assert_nothing_serious(page, within="#palette")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Conversation with Ingrid")).to_be_visible()

    ask(page, "done")
    expect(offered(page).first).to_contain_text("Mark Ingrid Solheim done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()

    ask(page, "assign")
    page.keyboard.press("Enter")
    expect(page.locator(".assign-menu")).to_have_attribute("open", "")
    page.keyboard.press("Escape")

    ask(page, "settings")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("view=settings"))
    page.wait_for_load_state()  # with its scripts: a key that comes before them is nobody's
    ask(page, "replies")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#set-replies"))


def test_arrows_choose_and_leaving_gives_the_keyboard_back(open_page: Opener, marcus: Lead, sam: User) -> None:
    page = open_page(user=sam)
    page.locator(".row a", has_text="Marcus").click()
    page.get_by_label("Message", exact=True).fill("Half a sen")
    ask(page, "")
    expect(offered(page).first).to_contain_text("Write to Marcus Oyelaran")
    first = offered(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(offered(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.type("no such thing")
    expect(page.get_by_text("Nothing of that name.")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Half a sen")


def test_a_client_is_offered_nothing_they_may_not_do(open_page: Opener, marcus: Lead, pia: User) -> None:
    page = open_page(user=pia)
    page.locator(".row a", has_text="Marcus").click()
    expect(page.get_by_role("region", name="Conversation with Marcus")).to_be_visible()
    page.get_by_role("button", name="Go to, or do").click()
    expect(offered(page).filter(has_text="Search this list")).to_have_count(1)
    expect(offered(page).filter(has_text=re.compile("Write|done|Reopen|draft$|Assign"))).to_have_count(0)
