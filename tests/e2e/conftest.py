"""A real browser against the pages: Chromium of the machine, headless, speaking only to this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from leads.models import Lead
from tests.conftest import PASSWORD
from tests.factories.conversations import accounts, conversation, message
from zrg.workspaces.models import User, Workspace

# Playwright runs an event loop in the test's thread; the tests themselves still use the database there, one at a time.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": FLAGS}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def marcus(harbor: Workspace, sam: User) -> Lead:
    """Marcus asked for a price; e-mail and SMS can go out."""
    accounts(harbor)
    lead = conversation(
        harbor,
        "What would it cost for 140 people?",
        first_name="Marcus",
        last_name="Oyelaran",
        company="Fenwick & Rowe",
        title="COO",
        email="marcus@fenwick.example.com",
        phone="+13135550163",
    )
    message(lead, "We do payroll across sites.", inbound=False, sent_by_user=sam)
    message(lead, "Good. Numbers?", raw_text="Good. Numbers?\n\n> We do payroll across sites.")
    return lead


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Opener]:
    """Open a page of one's own; what the browser complains about (errors, refused scripts) fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(*, user: User | None = None, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if user and options.get("java_script_enabled", True):
            context.add_cookies([_session_of(user) | {"url": live_server.url}])
            page.goto("/")
        elif user:
            sign_in(page, user)
        return page

    yield opened
    for context in contexts:
        context.close()
    unexpected = [text for text in complaints if not re.search(r"status of 4\d\d", text)]
    assert unexpected == []


def _session_of(user: User) -> Any:
    """The cookie of somebody who has signed in: two pages fewer for every test. The way in has tests of its own."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def sign_in(page: Page, user: User) -> None:
    """As a person does."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
