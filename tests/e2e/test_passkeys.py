"""A passkey is added, signs in without a password, and says so where it does not work."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD
from tests.e2e.axe import assert_nothing_serious
from tests.e2e.conftest import Opener, sign_in
from zrg.workspaces.models import User, Workspace

FINGER = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


@pytest.fixture
def page(open_page: Opener, harbor: Workspace, sam: User) -> Page:
    """The page of somebody whose laptop reads fingerprints."""
    EmailAddress.objects.filter(user=sam).update(verified=True)
    page = open_page(own=True)
    machine = page.context.new_cdp_session(page)
    machine.send("WebAuthn.enable")
    options = FINGER | {"isUserVerified": True, "automaticPresenceSimulation": True}
    machine.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_signs_in_alone(page: Page, sam: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("there is no passkey of ZRG here")

    sign_in(page, sam)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    assert_nothing_serious(page)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_nothing_serious(page)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator(".rows-of-keys b")).to_have_text("Passkey")
    assert_nothing_serious(page)

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_title("All · Harbor · ZRG")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page).to_have_title("All · Harbor · ZRG")
