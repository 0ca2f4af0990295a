"""Signing in, second factor, password reset, the person's own pages, and the pages shown when something is wrong."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from structlog.testing import capture_logs

from tests.conftest import PASSWORD
from zrg.workspaces.accounts import CHANGES
from zrg.workspaces.models import User, Workspace

LOGIN = "/accounts/login/"


def sign_in(client: Client, user: User) -> None:
    """Sign in and show once more that it is you, as changing an account asks for."""
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_the_right_password_opens_the_inbox(client: Client, sam: User) -> None:
    assert client.get(LOGIN).status_code == 200
    answer = client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("email", ["sam@example.com", "nobody@example.com"])
def test_a_failed_sign_in_never_tells_whether_the_account_exists(client: Client, sam: User, email: str) -> None:
    html = client.post(LOGIN, {"login": email, "password": "wrong"}).content.decode()
    assert "E-mail and password do not match." in html
    assert 'aria-invalid="true"' in html


def test_nobody_signs_up_alone(client: Client, db: None) -> None:
    html = client.get("/accounts/signup/").content.decode()
    assert "Accounts are by invitation" in html
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": "a long enough one"})
    assert not User.objects.filter(email="new@example.com").exists()
    assert "/signup" not in client.get(LOGIN).content.decode()


def test_a_password_is_set_anew_by_mail(client: Client, sam: User) -> None:
    answer = client.post("/accounts/password/reset/", {"email": sam.email}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    new = {"password1": "another long password", "password2": "another long password"}
    done = client.post(form.request["PATH_INFO"], new, follow=True)
    assert "Password saved" in done.content.decode()
    assert client.post(LOGIN, {"login": sam.email, "password": "another long password"})["Location"] == "/"
    assert "does not work any more" in client.get(link[1], follow=True).content.decode()


@override_settings(PUBLIC_URL="https://zrg.example.com", ALLOWED_HOSTS=["testserver", "internal"])
def test_mails_lead_to_the_public_address_in_our_words(client: Client, sam: User) -> None:
    """Whatever host the request named: behind a proxy it may be one that nobody outside can reach."""
    client.post("/accounts/password/reset/", {"email": sam.email}, headers={"Host": "internal"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, headers={"Host": "internal"})
    sign_in(client, sam)
    client.post("/accounts/email/", {"action_add": "", "email": "sam2@example.com"}, headers={"Host": "internal"})
    reset, unknown, added = mail.outbox
    assert reset.subject == "Your new password for ZRG"
    assert "\nhttps://zrg.example.com/accounts/password/reset/key/" in reset.body
    assert unknown.subject == "No account with this address at ZRG"
    assert "sign up" not in unknown.body
    assert added.subject == "Is this your address?"
    assert "\nhttps://zrg.example.com/accounts/confirm-email/" in added.body
    for message in mail.outbox:
        assert "internal" not in message.body
        assert message.body.rstrip().endswith("ZRG\nhttps://zrg.example.com")


@override_settings(PUBLIC_URL="https://zrg.example.com")
def test_whoever_changes_how_one_signs_in_its_owner_is_told(client: Client, sam: User) -> None:
    sign_in(client, sam)
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    client.post("/accounts/password/change/", new, headers={"User-Agent": "Firefox <3>"})
    [told] = mail.outbox
    assert (told.to, told.subject) == ([sam.email], "Your password was changed")
    assert "UTC, from 127.0.0.1 (Firefox <3>)." in told.body
    assert "\nhttps://zrg.example.com/accounts/password/reset/\n" in told.body
    assert "\nhttps://zrg.example.com/accounts/sessions/\n" in told.body


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Where somebody takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("is_silent", [False, True])
def test_a_change_stands_though_nobody_can_be_told(
    client: Client, sam: User, silent_port: int, is_silent: bool
) -> None:
    sign_in(client, sam)
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    assert settings.EMAIL_TIMEOUT
    away = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": silent_port if is_silent else 1,
        "EMAIL_TIMEOUT": 0.2,
    }
    with override_settings(**away), capture_logs() as logs:
        assert client.post("/accounts/password/change/", new).status_code == 302
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["security_mail_not_sent"]
    assert client.post(LOGIN, {"login": sam.email, "password": "another long password"})["Location"] == "/"


def test_there_are_words_for_every_change_that_is_told() -> None:
    """allauth names its changes by the templates it has for them."""
    theirs = Path(allauth.__file__).parent / "templates"
    names = {
        path.name.removesuffix("_message.txt")
        for app in ("account", "mfa")
        for path in (theirs / app / "email").glob("*_message.txt")
        if "base_notification" in path.read_text()
    }
    assert names == set(CHANGES)


def test_an_added_address_is_confirmed_by_the_link_of_its_mail(client: Client, sam: User) -> None:
    sign_in(client, sam)
    client.post("/accounts/email/", {"action_add": "", "email": "sam2@example.com"})
    link = re.search(r"/accounts/confirm-email/\S+", str(mail.outbox[-1].body))
    assert link
    assert "Is this your address?" in client.get(link[0]).content.decode()
    client.post(link[0])
    assert EmailAddress.objects.get(email="sam2@example.com").verified
    assert "does not work any more" in client.get("/accounts/confirm-email/nonsense/").content.decode()


def test_each_address_has_only_the_buttons_that_do_something(client: Client, sam: User) -> None:
    sign_in(client, sam)
    for email, verified, primary in (("sam@example.com", True, True), ("b@example.com", True, False)):
        EmailAddress.objects.create(user=sam, email=email, verified=verified, primary=primary)
    page = client.get("/accounts/email/").content.decode()
    assert page.count('name="action_primary"') == page.count('name="action_remove"') == 1
    assert 'name="action_send"' not in page
    client.post("/accounts/email/", {"email": "b@example.com", "action_primary": ""})
    assert EmailAddress.objects.get(primary=True).email == "b@example.com"
    client.post("/accounts/email/", {"email": "sam@example.com", "action_remove": ""})
    assert EmailAddress.objects.get().email == "b@example.com"


def test_too_many_attempts_are_told_in_the_look(client: Client, sam: User) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"reset_password": "1/m/ip"}):
        answers = [client.post("/accounts/password/reset/", {"email": sam.email}) for _ in range(2)]
    assert answers[1].status_code == 429
    assert "Wait a few minutes" in answers[1].content.decode()
    assert "zrg/app.css" in answers[1].content.decode()


def test_a_wrong_field_says_why_and_keeps_its_help(client: Client, sam: User) -> None:
    sign_in(client, sam)
    given = {"oldpassword": "wrong", "password1": "abc", "password2": "abc"}
    html = client.post(reverse("account_change_password"), given).content.decode()
    assert "That is not your current password." in html
    assert f"At least {settings.PASSWORD_LENGTH} characters" in html
    told = set(re.findall(r'aria-describedby="([^"]+)"', html))
    assert told
    assert {name for names in told for name in names.split()} <= set(re.findall(r'id="([^"]+)"', html))


def test_what_is_no_address_is_refused_where_one_resets_and_where_one_adds_one(client: Client, sam: User) -> None:
    for given in ("nonsense", ""):
        assert 'id="wrong" role="alert"' in client.post("/accounts/password/reset/", {"email": given}).content.decode()
    sign_in(client, sam)
    refused = client.post("/accounts/email/", {"action_add": "", "email": "nonsense"}).content.decode()
    assert 'value="nonsense"' in refused
    assert 'id="wrong" role="alert"' in refused


def test_a_reset_for_an_unknown_address_looks_the_same(client: Client, db: None) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert "Look into your mail" in answer.content.decode()


def test_an_authenticator_app_is_set_up_and_asked_for(client: Client, sam: User) -> None:
    sign_in(client, sam)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=sam, type="totp").exists()
    assert "Switch off" in client.get(reverse("mfa_index")).content.decode()
    other = Client()
    answer = other.post(LOGIN, {"login": sam.email, "password": PASSWORD}, follow=True)
    assert "Second factor" in answer.content.decode()
    assert other.get("/").status_code == 302
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200


def test_a_recovery_code_lets_in_once(client: Client, sam: User) -> None:
    sign_in(client, sam)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    shown = client.get(reverse("mfa_view_recovery_codes"))
    code = shown.context["unused_codes"][0]
    for expected in ("/", ""):
        other = Client()
        other.post(LOGIN, {"login": sam.email, "password": PASSWORD})
        assert other.post(reverse("mfa_authenticate"), {"code": code}).headers.get("Location", "") == expected


def test_who_reads_the_mailbox_has_not_shown_to_be_the_person(client: Client, sam: User) -> None:
    EmailAddress.objects.update_or_create(user=sam, email=sam.email, defaults={"verified": True, "primary": True})
    client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert asked.request["PATH_INFO"] == reverse("account_reauthenticate")
    assert reverse("account_request_reauthentication_code") not in asked.content.decode()
    assert client.get(reverse("account_request_reauthentication_code")).status_code == 403
    assert client.get(reverse("account_confirm_reauthentication_code")).status_code == 403
    assert mail.outbox == []


@pytest.mark.parametrize(
    "name",
    [
        "web:profile",
        "account_email",
        "account_change_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_generate_recovery_codes",
        "account_email_verification_sent",
        "account_inactive",
        "usersessions_list",
        "account_logout",
        "account_reauthenticate",
    ],
)
def test_every_account_page_wears_the_look(client: Client, sam: User, name: str) -> None:
    sign_in(client, sam)
    answer = client.get(reverse(name), follow=True)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "zrg/app.css" in html
    assert "<h1>" in html
    assert "Menu:" not in html


def test_the_name_is_changed(client: Client, sam: User) -> None:
    client.force_login(sam)
    client.post("/me/", {"name": "Samuel <b>Adeyemi</b>"})
    sam.refresh_from_db()
    assert sam.name == "Samuel <b>Adeyemi</b>"
    assert "<b>Adeyemi" not in client.get("/me/").content.decode()


def test_other_sessions_are_ended(sam: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    assert "Sign out everywhere else" in here.get(reverse("usersessions_list")).content.decode()
    here.post(reverse("usersessions_list"))
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


@pytest.mark.parametrize(("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("<script>", "")])
def test_the_theme_is_kept_in_a_cookie(client: Client, harbor: Workspace, sam: User, chosen: str, kept: str) -> None:
    client.force_login(sam)
    client.post("/me/theme", {"theme": chosen})
    html = client.get("/").content.decode()
    assert ('data-theme="' in html) == bool(kept)
    assert not kept or f'data-theme="{kept}"' in html


@pytest.mark.parametrize("address", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", ""])
def test_choosing_a_theme_leads_nowhere_else(client: Client, db: None, address: str) -> None:
    assert client.post("/me/theme", {"theme": "dark", "next": address})["Location"] == "/"


def test_theme_cookie_of_another_hand_is_never_markup(client: Client, db: None) -> None:
    client.cookies["theme"] = '"><script>alert(1)</script>'
    assert "<script>alert" not in client.get(LOGIN).content.decode()


def test_machines_are_told_in_json(client: Client, sam: User) -> None:
    for path in ("/api/v1/nothing", "/api/webhooks/nobody"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing at this address."})


def test_a_missing_page_says_so_with_a_reference(client: Client, sam: User) -> None:
    client.force_login(sam)
    answer = client.get("/nowhere", headers={"X-Correlation-Id": "abc-12345"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "Reference abc-12345" in answer.content.decode()


def test_a_failure_shows_a_page_of_its_own_without_the_database(sam: User, harbor: Workspace, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("The database of Harbor is away: secret-detail")

    monkeypatch.setattr("inbox.views.conversation_list.choose", broken)
    client = Client(raise_request_exception=False)
    client.force_login(sam)
    answer = client.get("/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "it is our fault" in html
    assert answer["X-Correlation-Id"] in html
    assert "secret-detail" not in html


def test_a_form_from_elsewhere_is_refused_in_the_look(sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    answer = client.post("/me/", {"name": "X"})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


PAGE = {"Accept": "text/html", "Referer": "http://testserver/?view=inbox&list=mine"}


@pytest.mark.parametrize(
    ("sent_from", "again"), [(PAGE["Referer"], "/?view=inbox&list=mine"), ("https://evil.example.com/x", "/")]
)
def test_the_way_back_leads_to_the_page_of_the_form(sam: User, sent_from: str, again: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)
    html = client.post("/me/", {"name": "X"}, headers=PAGE | {"Referer": sent_from}).content.decode()
    assert f'href="{again.replace("&", "&amp;")}">Load it again' in html


def test_an_address_that_only_acts_is_no_blank_page(client: Client, sam: User) -> None:
    client.force_login(sam)
    answer = client.get("/me/theme", headers=PAGE)
    assert answer.status_code == 405
    assert "There is nothing to see here" in answer.content.decode()


def test_whoever_was_signed_out_comes_back_to_the_page_and_not_to_its_button(client: Client, harbor: Workspace) -> None:
    button = f"/inbox/{harbor.pk}/done"
    answer = client.post(button, headers=PAGE)
    assert answer["Location"] == "/accounts/login/?next=/%3Fview%3Dinbox%26list%3Dmine"
    by_script = {"HX-Request": "true", "HX-Current-URL": PAGE["Referer"]}
    for answer in (client.post(button, headers=by_script), client.get(button, headers=by_script)):
        assert answer["HX-Redirect"] == "/accounts/login/?next=/%3Fview%3Dinbox%26list%3Dmine"
        assert not answer.content


@override_settings(ALLOWED_HOSTS=["testserver"])
def test_a_bad_host_is_a_400_in_the_look(client: Client, db: None) -> None:
    answer = client.get("/", headers={"Host": "evil.example.com"})
    assert answer.status_code == 400
    assert "was not understood" in answer.content.decode()


def test_pages_forbid_inline_script_and_frames(client: Client, harbor: Workspace, sam: User) -> None:
    client.force_login(sam)
    for address in ("/", "/me/", LOGIN):
        answer = client.get(address, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        html = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
        assert not re.search(r"\son\w+=", html)
