"""What a button in Slack carries: ids and versions of a draft, signed by us (spec 06). A button's value passes through
the reader's client, so nothing in it counts that we did not sign."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.core import signing

APPROVE = "approve_send"
DASHBOARD = "view_dashboard"
_SALT = "zrg.slack.review"


class BadButton(ValueError):
    """The value is not one of ours, or was changed."""


@dataclass(frozen=True, slots=True)
class ReviewButton:
    """Which draft a click approves, as its reader saw it: `version` of the draft, `thread_version` of its lead."""

    draft_id: UUID
    lead_id: UUID
    workspace_id: UUID
    version: int
    thread_version: int

    def sealed(self) -> str:
        """As a button's value; far below Slack's 2,000 characters."""
        plain = {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}
        return signing.dumps(plain, salt=_SALT)


def read(value: str) -> ReviewButton:
    """The button a value was made for. Raises BadButton."""
    try:
        fields: dict[str, Any] = signing.loads(value, salt=_SALT)
        ids = {name: UUID(fields[name]) for name in ("draft_id", "lead_id", "workspace_id")}
        return ReviewButton(**ids, version=int(fields["version"]), thread_version=int(fields["thread_version"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise BadButton("The button's value was not signed by ZRG.") from None
