"""What a caller of the control API (or a form of the page) asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox import accounts
from integrations.sandbox.accounts import Account


class BadOrder(ValueError):
    """The caller asked for something that makes no sense; the message says what to give."""


@dataclass(frozen=True)
class Given:
    """The fields of one order. JSON sends types, forms send text; both are read the same way."""

    fields: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """A text, `default` when absent or empty."""
        value = self.fields.get(name)
        return default if value is None or value == "" else str(value)

    def needed(self, name: str) -> str:
        """A text that must be there."""
        if not (value := self.text(name).strip()):
            raise BadOrder(f"{name} is missing.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch; a form sends `on`."""
        value = self.fields.get(name)
        if value is None:
            return default
        return value is True or str(value).lower() in {"1", "true", "on", "yes"}

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number, `default` when absent or empty."""
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise BadOrder(f"{name} must be a whole number, not {value!r}.") from None

    def seconds(self, name: str) -> float | None:
        """A duration in seconds, None when absent or empty."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise BadOrder(f"{name} must be a number of seconds, not {value!r}.") from None

    def moment(self, name: str) -> datetime | None:
        """A time in ISO 8601 with its zone, None when absent or empty."""
        raw = self.text(name)
        if not raw:
            return None
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            raise BadOrder(f"{name} must be a time like 2026-03-01T09:30:00+00:00, not {raw!r}.") from None
        if moment.tzinfo is None:
            raise BadOrder(f"{name} needs a time zone, as in 2026-03-01T09:30:00+00:00.")
        return moment.astimezone(UTC)

    def words(self, name: str) -> list[str]:
        """A list of texts; a form sends them separated by commas."""
        value = self.fields.get(name) or []
        parts = value.split(",") if isinstance(value, str) else value
        return [str(part).strip() for part in parts if str(part).strip()]

    def table(self, name: str) -> dict[str, Any]:
        """An object, {} when absent."""
        value = self.fields.get(name) or {}
        if not isinstance(value, dict):
            raise BadOrder(f"{name} must be an object.")
        return value

    def account(self, provider: str) -> Account:
        """The account meant: `7` or `emailbison:7`; may be left out when the provider has only one."""
        name = self.text("account")
        if not name:
            mine = [account for account in accounts.every() if account.provider == provider]
            if len(mine) != 1:
                raise BadOrder(f"account is missing, and {provider} has {len(mine)} accounts.")
            return mine[0]
        found = accounts.get(name if name.startswith(f"{provider}:") else f"{provider}:{name}")
        if found is None:
            raise BadOrder(f"There is no account {name!r} at {provider}. Create it: POST /control/accounts.")
        return found
