"""The walker of test_isolation.py sees the whole site, and refuses what it cannot fill."""

from __future__ import annotations

import pytest

from tests.architecture import site_map, tenants
from tests.architecture.site_map import Place
from zrg.workspaces.models import User, Workspace

MARKER = "zzforeignzz"


def test_the_walker_sees_the_whole_site_and_every_text(db: None, mallory: User, elsewhere: Workspace) -> None:
    names = {place.name for place in site_map.places()}
    assert {
        "inbox:inbox",
        "inbox:reply",
        "leads:facts",
        "account_login",
        "admin:index",
        "webhooks:ghl",
        "cron:start",
    } <= names
    tenants.furnish(elsewhere, by=mallory, number=2)
    marked = tenants.mark(elsewhere, mallory, MARKER)
    assert {"leads.Lead.first_name", "inbox.Message.body", "inbox.Message.raw_html", "leads.TimelineEvent.why"} <= set(
        marked
    )


def test_a_pattern_nobody_knows_how_to_fill_is_refused(db: None, harbor: Workspace, alice: User) -> None:
    tenant = tenants.furnish(harbor, by=alice, number=1)
    place = Place(name="new:thing", template="things/{thing_id}", route="things/<int:thing_id>")
    with pytest.raises(site_map.Unknown, match="thing_id"):
        site_map.fill(place, given=tenants.values_of(tenant), row_of=tenant.row_of)
