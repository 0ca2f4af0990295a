"""What the list shows: view, filters, search words and the place in it, read from and written to the address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

from leads.models import ChannelKind, LeadStatus

VIEWS = ("needs", "drafts", "review", "mine", "all")
SEARCH_LENGTH = 120
SHORTEST_SEARCH = 2


@dataclass(frozen=True)
class Narrowing:
    """Unknown values of an address mean "not narrowed by this"."""

    view: str = "all"
    channel: str = ""
    status: str = ""
    unread: bool = False
    draft: bool = False
    q: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        def known(name: str, values: object) -> str:
            value = query.get(name, "")
            return value if value in values else ""  # type: ignore[operator]

        return cls(
            view=known("list", VIEWS) or "all",
            channel=known("channel", ChannelKind.values),
            status=known("status", LeadStatus.values),
            unread=query.get("unread") == "1",
            draft=query.get("draft") == "1",
            q=query.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH],
        )

    @property
    def search(self) -> str:
        """The words to look for; empty while there are too few letters."""
        return self.q if len(self.q) >= SHORTEST_SEARCH else ""

    @property
    def filters(self) -> int:
        """How many filters (not view, not search) are set."""
        return sum(map(bool, (self.channel, self.status, self.unread, self.draft)))

    @property
    def labels(self) -> list[str]:
        """What narrows the list, in words."""
        words = [ChannelKind(self.channel).label if self.channel else ""]
        words += [LeadStatus(self.status).label if self.status else "", "Unread" if self.unread else ""]
        words += ["Has a draft" if self.draft else ""]
        return [str(word) for word in (*words, f"“{self.search}”" if self.search else "") if word]

    def without_filters(self) -> Narrowing:
        return replace(self, channel="", status="", unread=False, draft=False, q="")

    def address(self, workspace_id: uuid.UUID, **more: object) -> str:
        """The page with this narrowing; `more` are further parameters such as leadId and after."""
        given: dict[str, object] = {"view": "inbox", "clientId": workspace_id, "list": self.view}
        given |= {"channel": self.channel, "status": self.status, "unread": "1" if self.unread else ""}
        given |= {"draft": "1" if self.draft else "", "q": self.q}
        return "/?" + urlencode({name: str(value) for name, value in (given | more).items() if value})
