"""Menus open where they can be read, and leaving the search keeps what it says and what the list shows the same."""

from __future__ import annotations

from playwright.sync_api import expect

from leads.models import Lead
from tests.e2e.conftest import Opener
from tests.factories.conversations import conversation
from zrg.workspaces.models import User, Workspace


def test_the_list_of_people_to_assign_opens_below_its_button(open_page: Opener, marcus: Lead, alice: User) -> None:
    page = open_page(user=alice)
    page.locator(".row a", has_text="Marcus").click()
    button = page.locator(".assign-menu summary")
    button.click()
    menu, opener = page.locator(".assign-menu .menu-in").bounding_box(), button.bounding_box()
    assert menu is not None
    assert opener is not None
    assert menu["y"] >= opener["y"] + opener["height"]
    assert menu["height"] > opener["height"]


def test_escape_leaves_the_search_with_its_words_and_the_list_they_found(
    open_page: Opener, marcus: Lead, sam: User, harbor: Workspace
) -> None:
    conversation(harbor, "Not now.", first_name="Priya", last_name="Raman", email="priya@coastline.example.com")
    page = open_page(user=sam)
    search = page.get_by_label("Search names, e-mails, phones")
    search.fill("fenwick")
    expect(page.locator("#rows > .row")).to_have_count(1)
    search.press("Escape")
    expect(search).not_to_be_focused()
    expect(search).to_have_value("fenwick")
    expect(page.locator("#rows > .row")).to_have_count(1)
