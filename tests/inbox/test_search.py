"""The list's search: how far it looks where no index helps, what a narrow setter may find, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox import selectors
from inbox.narrowing import Narrowing
from inbox.selectors import Viewer, list_page
from leads.models import Lead
from tests.factories import leads
from tests.factories.conversations import conversation
from zrg.workspaces.models import User, Workspace


def found(user: User, workspace: Workspace, q: str, **narrowed: object) -> list[str]:
    rows = list_page(Viewer.of(user, workspace), Narrowing(q=q, **narrowed)).rows  # type: ignore[arg-type]
    return [row["first_name"] for row in rows]


def at(hours: int) -> dict[str, object]:
    return {"at": timezone.now() - timedelta(hours=hours)}


@pytest.mark.parametrize("q", ["jose", "JOSÉ", "josé ex"])
def test_newest_first_with_and_without_accent(q: str, sam: User, harbor: Workspace) -> None:
    for hours, name in ((2, "José"), (1, "Jose"), (3, "Josė")):
        conversation(harbor, first_name=name, **at(hours))
    assert found(sam, harbor, q) == ["Jose", "José", "Josė"]


@pytest.mark.parametrize("q", ["mü", "ma mü", "%%%", "m_"])
def test_what_no_index_knows_is_looked_for_among_the_newest_of_the_view(
    q: str, sam: User, harbor: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "_UNINDEXED_DEPTH", 2)
    for hours in range(4):
        conversation(harbor, first_name=f"Ma%%%m_ Mu {hours}", company="Kestrel", **at(hours))
    Lead.objects.filter(first_name__endswith="1").update(needs_reply=False)
    assert found(sam, harbor, q) == ["Ma%%%m_ Mu 0", "Ma%%%m_ Mu 1"]
    assert found(sam, harbor, q, view="needs") == ["Ma%%%m_ Mu 0", "Ma%%%m_ Mu 2"]
    assert len(found(sam, harbor, f"{q} kes")) == 4  # one word that is known, and all are found


def test_a_narrow_setter_finds_nobody_elses_leads_by_any_name_of_theirs(
    sam: User, ingo: User, harbor: Workspace
) -> None:
    harbor.setters_see_all = False
    harbor.save()
    for name, assignee in (("José", sam), ("Josė", ingo), ("Jose", None)):
        lead = conversation(harbor, first_name=name, assignee=assignee)
        leads.name(lead, "email", f"zoë{lead.pk.hex}@kestrel.example.com")
    assert set(found(sam, harbor, "jose")) == set(found(sam, harbor, "zoe kestrel")) == {"José", "Jose"}
    assert set(found(ingo, harbor, "jose")) == {"José", "Josė", "Jose"}
