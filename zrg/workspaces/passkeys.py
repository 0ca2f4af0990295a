"""Forms of passkeys: how allauth's are different here."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

# What no browser sends is refused like a key that does not fit; the library would fail on it with one of these.
_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError)


class AddPasskeyForm(forms.AddWebAuthnForm):
    """A passkey signs in without the password unless told otherwise: that is what the sign-in page offers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.initial, alone.label = True, "Sign in with it alone"
        alone.help_text = "Off: it is only asked for behind the password, as old security keys need it."

    def clean(self) -> Any:
        try:
            return super().clean()
        except _UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class _Unreadable:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class LoginForm(_Unreadable, forms.LoginWebAuthnForm):
    pass


class AuthenticateForm(_Unreadable, forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticateForm(_Unreadable, forms.ReauthenticateWebAuthnForm):
    pass
