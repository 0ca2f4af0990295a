"""What signing in says (settings: ACCOUNT_ADAPTER)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    # One sentence whether the account exists or not (spec 01).
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail and password do not match.",
        "invalid_login": "E-mail and password do not match.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    # ── Mails: their links lead to PUBLIC_URL, whatever host the request named ────
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Its texts are in templates/account/email/."""
        super().send_mail(template_prefix, email, context | {"home": settings.PUBLIC_URL})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The page where a new password is chosen."""
        return _public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The page where an address is confirmed."""
        return _public(super().get_email_confirmation_url(request, emailconfirmation))


class SecondFactorAdapter(DefaultMFAAdapter):
    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey is called unless its owner says otherwise."""
        others = user.authenticator_set.filter(type=type).count()
        return f"Passkey {others + 1}" if others else "Passkey"


def _public(url: str) -> str:
    return f"{settings.PUBLIC_URL}{urlsplit(url).path}"
