"""What the workspace's people must know whichever conversation is open: accounts that do not work (spec 01, Health)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from inbox.selectors import Viewer
from integrations.models import Connection
from zrg.web import times
from zrg.workspaces.access import can
from zrg.workspaces.capabilities import Capability

_DOWN = (Connection.Status.FAILING, Connection.Status.DISCONNECTED)
_ASK = "Ask somebody who may change this workspace's settings to mend it. Sends through it are refused; texts are kept."
_MEND = "Mend it there, then press “Test connection”. Until then sends through it are refused."


@dataclass(frozen=True, slots=True)
class Banner:
    """One, however many accounts are down: `title` names them, `why` is the first one's error, `todo` what to do."""

    title: str
    why: str
    todo: str
    href: str = ""


def disconnected(viewer: Viewer, accounts: Iterable[Connection], *, now: datetime) -> Banner | None:
    """The banner of those accounts that fail; None while all work. The link is for those who can follow it."""
    failing = [account for account in accounts if account.status in _DOWN]
    down = sorted(failing, key=lambda account: account.last_error_at or now)  # the longest first
    if not down:
        return None
    names = " and ".join(connection.get_provider_display() for connection in down)
    verb = "is" if len(down) == 1 else "are"
    what = "disconnected" if all(one.status == Connection.Status.DISCONNECTED for one in down) else "not working"
    since = down[0].last_error_at
    when = f" since {times.full(since, viewer.workspace.tzinfo, now=now)}" if since else ""
    may_mend = can(viewer.user, Capability.CHANGE_SETTINGS, viewer.workspace)
    href = reverse("connections:account", args=[viewer.workspace.pk, down[0].provider]) if may_mend else ""
    return Banner(
        title=f"{names} {verb} {what}{when}.",
        why=down[0].last_error if may_mend else "",
        todo=_MEND if may_mend else _ASK,
        href=href,
    )
