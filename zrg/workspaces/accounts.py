"""What signing in says (settings: ACCOUNT_ADAPTER)."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    # One sentence whether the account exists or not (spec 01).
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail and password do not match.",
        "invalid_login": "E-mail and password do not match.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }
