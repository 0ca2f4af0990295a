"""allauth's forms in our words: a label says what goes in, one line of help where it is needed, nothing said twice."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django.conf import settings

# What no browser sends is refused like a key that does not fit; allauth would fail on it with one of these.
_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError)
_NEW = {
    "password1": ("New password", f"At least {settings.PASSWORD_LENGTH} characters, and nothing easily guessed."),
    "password2": ("The same again", ""),
}


class OurWords:
    """Puts `words` (label and help by field) over a form's own, and drops the placeholders that repeat the labels."""

    words: ClassVar[dict[str, tuple[str, str]]]

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        fields = self.fields  # type: ignore[attr-defined]
        for name, (label, about) in self.words.items():
            fields[name].label, fields[name].help_text = label, about
            fields[name].widget.attrs.pop("placeholder", None)
            if name == "code":
                fields[name].widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    words = {"oldpassword": ("Current password", ""), **_NEW}


class SetPasswordForm(OurWords, account.SetPasswordForm):
    words = _NEW


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    words = _NEW


class PasswordAgainForm(OurWords, account.ReauthenticateForm):
    words = {"password": ("Password", "")}


class CodeForm(OurWords, mfa.AuthenticateForm):
    words = {"code": ("Code", "")}


class CodeAgainForm(OurWords, mfa.ReauthenticateForm):
    words = {"code": ("Code", "")}


class SetUpAppForm(OurWords, ActivateTOTPForm):
    words = {"code": ("Code", "Six digits, new ones every 30 seconds.")}


class AddPasskeyForm(OurWords, webauthn.AddWebAuthnForm):
    """Signs in alone unless one says otherwise: that is what the page promises."""

    words = {
        "name": ("Name", "How you tell it from your other ones."),
        "passwordless": (
            "Sign in with it alone",
            "Without the password. Leave it out for an old security key that has no PIN.",
        ),
    }

    def __init__(self, *args: Any, **given: Any) -> None:
        given["initial"] = {"passwordless": True} | (given.get("initial") or {})
        super().__init__(*args, **given)

    def clean(self) -> Any:
        try:
            return super().clean()
        except _UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class NamePasskeyForm(OurWords, webauthn.EditWebAuthnForm):
    words = {"name": ("Name", "How you tell it from your other ones.")}


class _Credential:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(_Credential, webauthn.LoginWebAuthnForm):
    """Signs in without the password."""


class SecondPasskeyForm(_Credential, webauthn.AuthenticateWebAuthnForm):
    """Behind the password."""


class PasskeyAgainForm(_Credential, webauthn.ReauthenticateWebAuthnForm):
    """Before something that matters is changed."""
