"""How allauth behaves here: accounts are made by people of the team, nobody signs up alone (spec 01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    # One sentence whether the account exists or not (spec 01).
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail and password do not match.",
        "invalid_login": "E-mail and password do not match.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up alone."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Accounts have no user name besides the e-mail."""
