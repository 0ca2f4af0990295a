"""A real browser against the pages: Chromium of the machine, headless, speaking only to this machine."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from leads.models import Lead
from tests.conftest import PASSWORD
from tests.driving import eventually
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
WAIT_MS = 30_000
"""What waits ends when it happens: a busy machine must not fail a test, and nobody waits in vain often."""
expect.set_options(timeout=WAIT_MS)


class Tabs:
    """The pages of one test. The first is the run's own, emptied after each test, for a new one costs a process;
    more than one person, a phone or a browser without script takes pages of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._kept: Page | None = None
        self._is_taken = False
        self._others: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, *, viewport: dict[str, int], own: bool = False, **options: Any) -> Page:
        if own or options or self._is_taken:
            page = self._new(viewport=viewport, **options)
            self._others.append(page.context)
            return page
        if self._kept is None or self._kept.is_closed():
            self._kept = self._new(viewport=viewport)
        self._is_taken = True
        self._kept.set_viewport_size(viewport)  # type: ignore[arg-type]
        return self._kept

    def leave(self) -> None:
        """Nothing of this test is there for the next one."""
        for context in self._others:
            context.close()
        self._others.clear()
        if self._is_taken and self._kept and not self._kept.is_closed():
            self._empty(self._kept)
        self._is_taken = False

    def close(self) -> None:
        """The run's own page goes, and with it the line that the server keeps for it."""
        if self._kept:
            self._kept.context.close()

    def _empty(self, page: Page) -> None:
        page.unroute_all(behavior="ignoreErrors")
        page.context.set_offline(False)
        page.goto("about:blank")
        page.emulate_media(color_scheme="light")
        page.context.clear_cookies()
        cdp = page.context.new_cdp_session(page)
        cdp.send("Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": "local_storage"})
        cdp.detach()

    def _new(self, **options: Any) -> Page:
        # Nothing moves: what is looked at, or measured by axe, is never half-way between two colours.
        context = self._browser.new_context(base_url=self._url, reduced_motion="reduce", **options)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture(scope="session")
def tabs(
    browser: Browser, live_server: LiveServer, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Tabs]:
    opened = Tabs(browser, live_server.url)
    yield opened
    opened.close()
    with django_db_blocker.unblock():  # the server's threads end with their lines; then the database may be dropped
        eventually(_is_alone, what="the end of the server's sessions")
        connection.close()  # within Playwright's loop it is another one than outside, which nobody else would close


def _is_alone() -> bool:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"{others} AND backend_type = 'client backend'")
        return cursor.fetchone() == (0,)


class Requests:
    """Those the server of the tests is still working on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0

    def begin(self, **_: object) -> None:
        with self._changed:
            self._running += 1

    def end(self, **_: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()

    def wait_for_all(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._running <= 0, timeout=WAIT_MS / 1000)


@pytest.fixture(scope="session")
def requests() -> Iterator[Requests]:
    counted = Requests()
    request_started.connect(counted.begin)
    request_finished.connect(counted.end)
    yield counted
    request_started.disconnect(counted.begin)
    request_finished.disconnect(counted.end)


@pytest.fixture
def open_page(tabs: Tabs, requests: Requests, live_server: LiveServer) -> Iterator[Opener]:
    """Open a page; what the browser complains about (errors, refused scripts) fails the test."""
    tabs.complaints.clear()

    def opened(*, user: User | None = None, **options: Any) -> Page:
        page = tabs.open(viewport=options.pop("viewport", {"width": 1440, "height": 900}), **options)
        if user:
            page.context.add_cookies([_session_of(user) | {"url": live_server.url}])
            page.goto("/")
        return page

    yield opened
    tabs.leave()
    requests.wait_for_all()  # what a page asked last must not write into tables that are being emptied
    unexpected = [
        text for text in tabs.complaints if not re.search(r"status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED", text)
    ]
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
