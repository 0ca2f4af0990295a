"""A platform marks a lead interested right after the reply; what the reply meant is read some seconds later."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction
from django.utils import timezone

from leads import statuses
from leads.models import Lead, Tag
from tests.factories import leads
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("order", list(permutations(range(2))), ids=["reading first", "platform first"])
@pytest.mark.parametrize(
    ("read", "stands"),
    [
        (Tag.MEETING_REQUESTED, Tag.MEETING_REQUESTED),
        (Tag.CALL_REQUESTED, Tag.CALL_REQUESTED),
        (Tag.INFORMATION_REQUESTED, Tag.INFORMATION_REQUESTED),
        (Tag.OBJECTION, Tag.INTERESTED),
    ],
)
def test_the_stronger_tag_stands_whichever_is_learned_first(
    harbor: Workspace, order: tuple[int, ...], read: Tag, stands: Tag
) -> None:
    lead, now = leads.lead(harbor), timezone.now()
    learned = [(read, now - timedelta(seconds=5), "tag:1"), (Tag.INTERESTED, now, f"{statuses.INTERESTED_KEY}1")]
    for place in order:
        tag, at, key = learned[place]
        with transaction.atomic():
            locked = Lead.objects.select_for_update().get(pk=lead.pk)
            if tag == Tag.INTERESTED and locked.tag in statuses.STRONGER_THAN_INTERESTED:
                continue  # as inbox/markings.py does
            statuses.set_tag(locked, tag=tag, by=None, why="", at=at, dedupe_key=key)
    assert Lead.objects.get(pk=lead.pk).tag == stands


def test_what_a_person_decided_later_stays(harbor: Workspace) -> None:
    lead, now = leads.lead(harbor), timezone.now()
    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(pk=lead.pk)
        statuses.set_tag(locked, tag=Tag.NOT_INTERESTED, by=harbor.owner, why="")
        statuses.set_tag(locked, tag=Tag.MEETING_REQUESTED, by=None, why="", at=now - timedelta(seconds=5))
    assert Lead.objects.get(pk=lead.pk).tag == Tag.NOT_INTERESTED
