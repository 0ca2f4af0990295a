"""axe-core finds nothing serious on any page, in light and dark, on a desk, a tablet and a phone (spec 07)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from inbox.models import Message
from leads import timeline
from leads.models import Campaign, Lead, SuppressionEntry
from tests.conftest import PASSWORD, person
from tests.e2e.axe import PHONE, TABLET, assert_nothing_serious
from tests.e2e.conftest import Opener, sign_in
from tests.factories import leads
from tests.factories.conversations import accounts, conversation, message
from tests.sandbox_server import SandboxServer
from zrg.ai.models import AiSpend, KnowledgeAsset, Persona, QualificationQuestion
from zrg.workspaces.models import User, Workspace


@pytest.fixture
def everything(harbor: Workspace, marcus: Lead, sam: User, ingo: User) -> Lead:
    """Rows and messages in every state there is."""
    states = {
        "send_failed": {"send_failed": True},
        "blacklisted": {"status": "blacklisted", "tag": "blacklist", "blacklist_reason": "opt_out"},
        "booked": {"tag": "meeting_booked", "assignee": ingo, "needs_reply": False},
        "later": {"tag": "follow_up", "unclassified": False},
        "objection": {"tag": "objection", "is_unread": False},
    }
    for name, facts in states.items():
        lead = conversation(harbor, f"State {name}", first_name=name, company="Kestrel Foods")
        Lead.objects.filter(pk=lead.pk).update(**facts)
    for delivery in ("failed", "unconfirmed", "held", "sending", "queued"):
        message(
            marcus, f"This is {delivery}", inbound=False, delivery=delivery, look_ups=3, error="The carrier refused it."
        )
    message(marcus, "A bounce", automated="bounce")
    message(
        marcus,
        "On my way",
        channel="sms",
        attachments=[{"name": "a.pdf", "url": "https://x.example.com/a.pdf", "size": 9}],
    )
    leads.name(marcus, "email", "elise@fenwick.example.com")
    for tone in ("plain", "ok", "warn", "danger", "ai"):
        timeline.record(marcus, kind="note", text=f"Event {tone}", why="Because", did="That", tone=tone)
    SuppressionEntry.objects.create(
        workspace=harbor, lead=marcus, family="sms", value="+13135550163", reason="sms_stop"
    )
    Message.objects.filter(lead=marcus, direction="out", delivery="sent").update(opened_at="2026-02-27T10:00Z")
    return marcus


def test_list_conversation_and_lead(open_page: Opener, everything: Lead, ingo: User) -> None:
    page = open_page(user=ingo)
    assert_nothing_serious(page)
    page.locator(".row a", has_text="Marcus").click()
    expect(page.get_by_role("region", name="Conversation with Marcus")).to_be_visible()
    for summary in page.locator(".event summary").all():
        summary.click()
    assert_nothing_serious(page)
    page.locator(".assign-menu > summary").click()
    assert_nothing_serious(page, within=".assign-menu")
    page.keyboard.press("Escape")
    page.locator(".edit > summary").first.click()
    page.set_viewport_size({"width": TABLET, "height": 1024})
    page.locator(".to-lead").click()
    expect(page.locator("#lead")).to_be_visible()
    assert_nothing_serious(page, within="#lead")
    page.locator(".close-lead").click()
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.locator("[data-back]").click()
    page.locator(".me-menu > summary").click()
    assert_nothing_serious(page, within=".me-menu")
    page.keyboard.press("Escape")
    page.locator(".filter-menu > summary").click()
    assert_nothing_serious(page, within=".filter-menu")


def test_pages_before_one_is_signed_in(open_page: Opener, harbor: Workspace, sam: User) -> None:
    page = open_page()
    for name in ("login", "reset_password", "reset_password_done", "signup", "inactive", "email_verification_sent"):
        page.goto(reverse(f"account_{name}"))
        assert_nothing_serious(page)
    page.goto("/nowhere")
    assert_nothing_serious(page)
    Client().post(reverse("account_reset_password"), {"email": sam.email})
    page.goto(str(mail.outbox[0].body).split(settings.PUBLIC_URL)[1].split()[0])
    for field in ("New password", "The same again"):
        page.get_by_label(field).fill("short")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_nothing_serious(page)


def test_pages_about_oneself(open_page: Opener, harbor: Workspace, sam: User) -> None:
    EmailAddress.objects.filter(user=sam).update(verified=True, primary=True)
    EmailAddress.objects.create(user=sam, email="sam.with.quite.a.long.address@harbor-payroll.example.com")
    page = open_page()
    sign_in(page, sam)
    for address in ("/me/", *map(reverse, ("account_email", "account_change_password", "mfa_index"))):
        page.goto(address)
        assert_nothing_serious(page)
    page.goto(reverse("usersessions_list"))
    expect(page.get_by_text("This one")).to_be_visible()
    assert_nothing_serious(page)
    EmailAddress.objects.filter(user=sam, verified=False).delete()  # while there is one, no second factor is set up
    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_have_text("That is not your password.")
    assert_nothing_serious(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("The app takes no picture").click()
    assert_nothing_serious(page)


def test_the_read_only_page_and_empty_views(open_page: Opener, marcus: Lead, pia: User) -> None:
    page = open_page(user=pia)
    assert_nothing_serious(page)
    page.goto(f"/?leadId={marcus.pk}&list=mine")
    assert_nothing_serious(page)
    page.keyboard.press("?")
    assert_nothing_serious(page, within="#keys")


def test_settings_and_campaigns(open_page: Opener, harbor: Workspace, alice: User, pia: User) -> None:
    accounts(harbor)
    nora = Persona.objects.create(workspace=harbor, name="Nora", greeting="Hi {first_name},", is_default=True)
    asset = KnowledgeAsset.objects.create(workspace=harbor, name="Prices", content="40 dollars", tokens=3)
    QualificationQuestion.objects.create(workspace=harbor, text="How many people?")
    AiSpend.objects.create(workspace=harbor, day=timezone.now().date(), feature="draft", calls=3, cost_usd="0.4")
    Campaign.objects.create(workspace=harbor, provider="emailbison", external_id="12", name="Midwest")
    below = f"/settings/{harbor.pk}"
    tabs = [f"/?view=settings&settingsTab={tab}" for tab in ("general", "integrations", "ai")]
    pages = [*tabs, "/campaigns/", f"{below}/ai/knowledge/{asset.pk}"]
    admins = ("integrations/emailbison", f"ai/personas/{nora.pk}", "ai/prompts/draft.sms.v1", "ai/snippets/voice")
    for user, addresses in ((alice, [*pages, *(f"{below}/{address}" for address in admins)]), (pia, pages)):
        page = open_page(user=user)
        for address in addresses:
            page.goto(address)
            assert_nothing_serious(page)
            # Nothing lies outside the frame that a link to a section could scroll into view instead of the section.
            assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0, address


def test_forms_of_the_settings_that_were_refused(open_page: Opener, harbor: Workspace, alice: User) -> None:
    accounts(harbor)
    Campaign.objects.create(workspace=harbor, provider="emailbison", external_id="12", name="Midwest")
    page = open_page(user=alice)
    page.goto("/?view=settings")
    page.get_by_label("Time zone").fill("Mars/Base")
    page.get_by_role("button", name="Save workspace").click()
    expect(page.get_by_text("Not saved.")).to_be_visible()
    assert_nothing_serious(page, within="#set-workspace")
    page.goto(f"/settings/{harbor.pk}/integrations/smartlead")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_label("Remove EmailBison")).to_be_visible()
    assert_nothing_serious(page)
    page.goto("/campaigns/")
    page.get_by_label("Choose Midwest").check()
    page.locator("#bulk select").first.select_option("AI_AUTO_SEND")
    assert_nothing_serious(page, within=".card")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("button", name="Change 1 campaign")).to_be_visible()
    assert_nothing_serious(page)


def test_where_there_is_nothing_yet(open_page: Opener, harbor: Workspace, alice: User, mallory: User) -> None:
    for user in (alice, mallory):
        assert_nothing_serious(open_page(user=user))


def test_the_admin(open_page: Opener, marcus: Lead) -> None:
    page = open_page(user=person("Olga Ops", is_staff=True, is_superuser=True))
    for address in (reverse("admin:index"), reverse("admin:leads_lead_changelist")):
        page.goto(address)
        assert_nothing_serious(page)
    page.goto(reverse("admin:leads_lead_change", args=[marcus.pk]))
    expect(page.get_by_role("combobox", name="Assignee")).to_be_visible()


def test_the_sandbox(open_page: Opener) -> None:
    page = open_page()
    with SandboxServer() as sandbox:  # of its own: in the one that all share are hundreds of accounts to look at
        for address in ("/", "/nothing"):
            page.goto(sandbox.url(address))
            assert_nothing_serious(page)
        account = sandbox.account("emailbison", 70_707, name="Harbor")["key"]
        lead = {"account": account, "email": "ann@buyer.example.com", "first_name": "Ann"}
        sandbox.control("emailbison/lead", lead)
        sandbox.control("emailbison/campaign-send", {"account": account, "lead_email": lead["email"]})
        page.goto(sandbox.url(f"/?lead={account}/{lead['email']}"))
        expect(page.get_by_role("button", name="Send e-mail")).to_be_visible()
        assert_nothing_serious(page)
        page.goto("about:blank")  # it looks for news every few seconds
