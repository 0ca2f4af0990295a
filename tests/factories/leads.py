"""Leads and their names."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from leads.models import Lead, LeadIdentity
from zrg.workspaces.models import Workspace

_numbers = itertools.count(1)


def lead(workspace: Workspace, **facts: Any) -> Lead:
    """A lead with a primary e-mail (and phone, if given), as matching would have made it."""
    number = next(_numbers)
    facts.setdefault("first_name", "Ann")
    facts.setdefault("email", f"ann{number}@buyer.example.com")
    made = Lead.objects.create(workspace=workspace, **facts)
    for kind in ("email", "phone"):
        if facts.get(kind):
            name(made, kind, facts[kind], primary=True)
    return made


def name(lead: Lead, kind: str, value: str, *, primary: bool = False) -> LeadIdentity:
    """One more name of a lead."""
    return LeadIdentity.objects.create(
        workspace_id=lead.workspace_id, lead=lead, kind=kind, value=value, primary=primary, source="test"
    )


def ago(**delta: float) -> Any:
    """A time before now."""
    return timezone.now() - timedelta(**delta)
