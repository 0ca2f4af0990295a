"""How allauth behaves here: accounts are made by people of the team, nobody signs up alone (spec 01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

if TYPE_CHECKING:
    from django.http import HttpRequest

_TOO_MANY = "Too many attempts. Wait a few minutes, then try again."


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

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up alone."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Accounts have no user name besides the e-mail."""


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
