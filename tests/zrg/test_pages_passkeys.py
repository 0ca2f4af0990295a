"""Passkeys: what the pages offer, and that nothing a browser would not send breaks them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD
from zrg.workspaces.accounts import MFAAdapter
from zrg.workspaces.models import User

LOGIN = "/accounts/login/"
BUTTON = 'id="mfa_webauthn_authenticate"'


def sign_in(client: Client, user: User) -> None:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def passkey(user: User, name: str = "Laptop", *, alone: bool = True) -> Authenticator:
    """One as it is kept; nobody can sign in with it."""
    credential = {"clientExtensionResults": {"credProps": {"rk": alone}}}
    data = {"name": name, "credential": credential}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def test_a_new_passkey_signs_in_without_the_password_unless_told_otherwise(client: Client, sam: User) -> None:
    """As the sign-in page offers it: allauth's own default makes one that this page never finds."""
    sign_in(client, sam)
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.context["form"]["passwordless"].value() is True
    assert page.context["form"]["name"].value() == "Passkey"
    assert "Sign in with it alone" in page.content.decode()
    passkey(sam)
    assert MFAAdapter().generate_authenticator_name(sam, "webauthn") == "Passkey 2"


def test_passkeys_are_listed_renamed_and_removed_in_the_look(client: Client, sam: User) -> None:
    sign_in(client, sam)
    first, second = passkey(sam, "Laptop"), passkey(sam, "Old <key>", alone=False)
    listed = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "Laptop" in listed
    assert "Old &lt;key&gt;" in listed
    assert listed.count(">With the password</span>") == 1
    client.post(reverse("mfa_edit_webauthn", args=[first.pk]), {"name": "Phone"})
    first.refresh_from_db()
    assert first.wrap().name == "Phone"
    assert "Old &lt;key&gt;" in client.get(reverse("mfa_remove_webauthn", args=[second.pk])).content.decode()
    client.post(reverse("mfa_remove_webauthn", args=[second.pk]))
    assert Authenticator.objects.filter(type="webauthn").get() == first


@pytest.mark.parametrize("has_key", [True, False])
def test_a_key_is_asked_for_only_where_there_is_one(
    client: Client, sam: User, has_key: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authenticator.objects.create(user=sam, type=Authenticator.Type.TOTP, data={"secret": "x"})
    asked: dict[str, Any] = {"publicKey": {"challenge": "x", "allowCredentials": [{"id": "a"}] if has_key else []}}
    monkeypatch.setattr(auth, "begin_authentication", lambda user=None: asked)
    page = client.post(LOGIN, {"login": sam.email, "password": PASSWORD}, follow=True).content.decode()
    assert "Enter the code of your authenticator app" in page
    assert (BUTTON in page) is has_key


@pytest.mark.parametrize(
    "sent",
    [[], {}, "x", 1, None, {"id": "x"}, {"id": "x", "rawId": "x"}, {"id": "eA", "rawId": "eA", "response": []},
     {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": 5}}],
)  # fmt: skip
def test_what_is_no_credential_is_refused_and_nothing_breaks(client: Client, sam: User, sent: object) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(sent)})
    assert (answer.status_code, answer.headers.get("Location")) == (302, LOGIN)
    sign_in(client, sam)
    given = {"name": "x", "passwordless": "on", "credential": json.dumps(sent)}
    assert client.post(reverse("mfa_add_webauthn"), given).context["form"].errors


def test_a_passkey_that_does_not_work_is_told(client: Client, sam: User) -> None:
    assert "zrg/passkeys.js" in client.get(LOGIN).content.decode()


def test_the_first_recovery_codes_are_not_said_to_replace_others(client: Client, sam: User) -> None:
    sign_in(client, sam)
    Authenticator.objects.create(user=sam, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "stop working" not in client.get(reverse("mfa_generate_recovery_codes")).content.decode()
    made = client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    assert "10 of 10 left." in made
    assert "old ones" not in made
    assert "The 10 you have stop working." in client.get(reverse("mfa_generate_recovery_codes")).content.decode()
