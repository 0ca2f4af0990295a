"""Facts of a lead that a person may correct by hand. Addresses and numbers are identities: they go other ways."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField

from leads import timeline
from leads.models import Lead
from zrg.workspaces.models import User, validate_timezone

EDITABLE: dict[str, str] = {
    "first_name": "First name",
    "last_name": "Last name",
    "title": "Title",
    "company": "Company",
    "website": "Website",
    "state": "State",
    "industry": "Industry",
    "headcount": "Head count",
    "timezone": "Time zone",
}


class Unfit(ValueError):
    """The value does not fit; the text says what to enter."""


@transaction.atomic
def edit(lead: Lead, *, values: dict[str, str], by: User) -> Lead:
    """Save facts by hand and note each change on the timeline. Raises Unfit; then nothing is saved."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    changed = []
    for name, raw in values.items():
        value = _fitting(name, raw)
        if value != (before := getattr(lead, name)):
            setattr(lead, name, value)
            changed.append(name)
            _note(lead, name, before, value, by)
    if changed:
        lead.save(update_fields=[*changed, "updated_at"])
    return lead


def check(name: str, value: str) -> None:
    """Raise Unfit where `edit` would."""
    _fitting(name, value)


def limit_of(name: str) -> int:
    """How many characters a fact may have."""
    field = Lead._meta.get_field(name)
    return (field.max_length or 0) if isinstance(field, CharField) else 0


def _fitting(name: str, raw: str) -> str:
    if name not in EDITABLE:
        raise Unfit("This fact cannot be changed here.")
    value = " ".join(raw.replace("\x00", "").split())
    if len(value) > limit_of(name):
        raise Unfit(f"{EDITABLE[name]}: at most {limit_of(name)} characters.")
    if name == "timezone" and value:
        _check_timezone(value)
    if name == "website" and value and ("." not in value or " " in value):
        raise Unfit("Enter an address such as example.com.")
    return value


def _check_timezone(value: str) -> None:
    try:
        validate_timezone(value)
    except ValidationError as error:
        raise Unfit("Enter a zone such as America/New_York or Europe/Berlin.") from error


def _note(lead: Lead, name: str, before: str, after: str, by: User) -> None:
    timeline.record(
        lead,
        kind="fact",
        text=f"{EDITABLE[name]}: {before or '–'} → {after or '–'}",
        by=by,
    )
