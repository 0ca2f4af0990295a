"""Rows written and read past the ORM are what the ORM would have written and read (zrg/lib/rows.py)."""

from __future__ import annotations

import pghistory.models
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from inbox.models import Delivery, Message, SentBy
from integrations.models import Connection
from leads.models import ChannelKind, Direction, Lead, LeadStatus
from zrg.lib import rows
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def fields_of(row: Model, *, but: tuple[str, ...] = ()) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in but}


def a_lead(workspace: Workspace) -> Lead:
    return Lead(workspace=workspace, first_name="Ånn 'quoted' %s", status=LeadStatus.QUALIFIED)


def a_message(lead: Lead, key: str = "k") -> Message:
    return Message(
        workspace=lead.workspace,
        lead=lead,
        channel=ChannelKind.EMAIL,
        direction=Direction.IN,
        body="Two\nlines and a \\ backslash, a % and a 😀",
        to=[{"email": "sam@sender.example.com", "name": "Sam"}],
        thread={"provider": "emailbison", "n": [1, None]},
        sent_by=SentBy.LEAD,
        delivery=Delivery.RECEIVED,
        emailbison_reply_id=key,
        dedupe_key=key,
    )


def test_what_is_inserted_is_what_the_orm_inserts(harbor: Workspace) -> None:
    ours, theirs = a_lead(harbor), a_lead(harbor)
    rows.insert(ours)
    theirs.save(force_insert=True)
    but = ("id", "created_at", "updated_at")
    assert fields_of(Lead.objects.get(pk=ours.pk), but=but) == fields_of(Lead.objects.get(pk=theirs.pk), but=but)
    assert not ours._state.adding
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(ours)


def test_json_texts_and_choices_survive_the_way_there_and_back(harbor: Workspace) -> None:
    lead = Lead.objects.create(workspace=harbor)
    message = a_message(lead)
    assert rows.insert_once(message)
    assert fields_of(Message.objects.get(pk=message.pk)) == fields_of(message)


def test_the_same_again_is_not_inserted_whichever_key_says_so(harbor: Workspace) -> None:
    lead = Lead.objects.create(workspace=harbor)
    assert rows.insert_once(a_message(lead))
    again = a_message(lead)
    assert not rows.insert_once(again)
    assert again._state.adding
    again.dedupe_key = "another"  # the provider's id is known still
    assert not rows.insert_once(again)
    assert Message.objects.count() == 1


def test_an_update_writes_the_named_columns_only_and_the_time(harbor: Workspace) -> None:
    lead = Lead.objects.create(workspace=harbor, first_name="Ann")
    before = timezone.now()
    lead.first_name, lead.last_name, lead.has_email = "Bea", "Lee", True
    rows.update(lead, {"first_name", "has_email", "updated_at"})
    kept = Lead.objects.get(pk=lead.pk)
    assert (kept.first_name, kept.last_name, kept.has_email) == ("Bea", "", True)
    assert kept.updated_at > before


def test_a_column_that_is_not_there_is_named(harbor: Workspace) -> None:
    with pytest.raises(ValueError, match=r"leads\.Lead has no column nickname"):
        rows.update(Lead.objects.create(workspace=harbor), {"nickname"})


def test_what_is_read_is_what_the_orm_reads(harbor: Workspace) -> None:
    lead = Lead.objects.create(workspace=harbor, first_name="Ann", last_message_at=timezone.now())
    [(read, more)] = rows.read(Lead, "SELECT {columns}, 7 FROM leads_lead WHERE id = %s", [lead.pk], more=1)
    assert more == 7
    assert fields_of(read, but=("search_text",)) == fields_of(Lead.objects.get(pk=lead.pk), but=("search_text",))
    read.first_name = "Bea"
    read.save(update_fields=["first_name"])  # it is an object like any other
    assert Lead.objects.get(pk=lead.pk).first_name == "Bea"


def test_some_columns_are_read_as_a_queryset_reads_them(harbor: Workspace) -> None:
    lead = Lead.objects.create(workspace=harbor, first_name="Ann", company="Fenwick")
    [(found,)] = rows.read(Lead, "SELECT {columns} FROM leads_lead WHERE id = %s", [lead.pk], only=("company",))
    assert (found.pk, found.company) == (lead.pk, "Fenwick")
    assert "first_name" in found.get_deferred_fields()
    assert found.first_name == "Ann"


@pytest.mark.parametrize("threshold", [5, None])
def test_a_hot_statement_is_prepared_once_unless_that_is_switched_off(threshold: int | None, harbor: Workspace) -> None:
    """DATABASE_PREPARE=off is None here: behind some poolers a prepared statement is on another connection."""
    lead = Lead.objects.create(workspace=harbor)
    raw = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, threshold
    try:
        for number in range(3):
            lead.preview = f"Line {number}"
            rows.update(lead, {"preview"})
    finally:
        raw.prepare_threshold = before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ['%SET "preview" = $1%'])
        found = cursor.fetchone()[0]
    assert Lead.objects.get(pk=lead.pk).preview == "Line 2"
    assert (found == 1) or threshold is None


def test_an_escaped_percent_sign_is_one_and_no_value(harbor: Workspace) -> None:
    with rows.prepared() as cursor:
        cursor.execute("SELECT %s::text || '%%s' || %s::text || '100 %%%%'", ["a", "b%s"])
        assert cursor.fetchone() == ("a%sb%s100 %%",)
        cursor.execute("SELECT '50 % of %s'")  # without values nothing is read into it
        assert cursor.fetchone() == ("50 % of %s",)


def test_what_a_person_changes_in_the_admin_is_kept_with_who_it_was(harbor: Workspace) -> None:
    """django-pghistory puts a statement of its own before ours, which then cannot be prepared."""
    lead = Lead.objects.create(workspace=harbor)
    lead.status = LeadStatus.QUALIFIED
    with pghistory.context(staff="7"):
        rows.update(lead, {"status"})
    [event] = pghistory.models.Events.objects.tracks(lead)
    assert event.pgh_context["staff"] == "7"


def test_a_model_whose_columns_must_be_translated_is_refused() -> None:
    with pytest.raises(TypeError, match="config"):
        rows.read(Connection, "SELECT {columns} FROM integrations_connection", [])
