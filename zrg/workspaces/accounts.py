"""What signing in says, and where its mails lead (settings: ACCOUNT_ADAPTER, MFA_ADAPTER)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)

_TOO_MANY = "Too many attempts. Wait a few minutes, then try again."


# What is told of a change to how one signs in, by the name allauth has for it.
CHANGES = {
    "password_changed": "Your password was changed",
    "password_reset": "Your password was set anew, by a mailed link",
    "password_set": "Your account has a password now",
    "email_changed": "Your address was changed from {from_email} to {to_email}",
    "email_deleted": "The address {deleted_email} was removed from your account",
    "email_confirm": "Your address was confirmed",
    "totp_activated": "An authenticator app was set up",
    "totp_deactivated": "Your authenticator app was removed",
    "recovery_codes_generated": "New recovery codes were made",
    "webauthn_added": "A passkey was added",
    "webauthn_removed": "A passkey was removed",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        # One sentence whether the account exists or not (spec 01).
        "email_password_mismatch": "E-mail and password do not match.",
        "invalid_login": "E-mail and password do not match.",
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
        "cannot_remove_primary_email": "The primary address stays. Make another one primary first.",
        "duplicate_email": "This address is yours already.",
        "enter_current_password": "That is not your current password.",
        "incorrect_password": "That is not your password.",
        "max_email_addresses": "There is room for %d addresses. Remove one first.",
        "unverified_primary_email": "Only a verified address can be the primary one.",
    }

    # ── Mails: their links lead to PUBLIC_URL, whatever host the request named ────
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Its texts are in templates/account/email/."""
        super().send_mail(template_prefix, email, context | {"home": settings.PUBLIC_URL})

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner how signing in was changed: that is done by then, and stands with or without the mail."""
        name = template_prefix.rpartition("/")[2]
        what = CHANGES.get(name, "How you sign in was changed").format(**context or {})
        try:
            super().send_notification_mail("account/email/changed", user, {"what": what}, email)
        except OSError as error:  # whatever the way to the mail server, or the server, says
            log.warning("security_mail_not_sent", change=template_prefix, error=type(error).__name__)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The page where a new password is chosen."""
        return _public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The page where an address is confirmed."""
        return _public(super().get_email_confirmation_url(request, emailconfirmation))


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "With a second factor, no address can be added. Switch it off for that moment.",
        "cannot_generate_recovery_codes": "Recovery codes belong to a second factor. Set one up first.",
        "incorrect_code": "That code is wrong, or it was used already.",
        "unverified_email": "First verify your addresses, or remove the one you do not need: under E-mail.",
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new passkey is called until its owner names it."""
        number = user.authenticator_set.filter(type=type).count() + 1
        return f"Passkey {number}" if number > 1 else "Passkey"


def _public(url: str) -> str:
    return f"{settings.PUBLIC_URL}{urlsplit(url).path}"
