"""Whose voice speaks: each field falls through by itself, and there is one default."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, transaction

from leads.models import Lead
from tests.factories import leads
from zrg.ai import personas
from zrg.ai.models import AiSettings, Persona
from zrg.workspaces.models import User, Workspace

FIELDS = ("persona_name", "tone", "greeting", "sms_greeting", "signature", "goals")
RUNGS = ("sequence", "campaign", "default", "settings")


def persona(workspace: Workspace, name: str, **fields: Any) -> Persona:
    """A persona that says nothing but what is given."""
    return Persona.objects.create(workspace=workspace, name=name, **{"tone": "", **fields})


def settings_of(workspace: Workspace, **fields: Any) -> None:
    AiSettings.objects.filter(workspace=workspace).update(**{"tone": "", **fields})
    workspace.refresh_from_db()  # it remembers its settings


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("first", range(len(RUNGS)), ids=RUNGS)
def test_each_field_comes_from_the_first_rung_that_has_it(harbor: Workspace, field: str, first: int) -> None:
    said = {rung: {field: f"{rung}'s"} if RUNGS.index(rung) >= first else {} for rung in RUNGS}
    sequence, campaign = (persona(harbor, rung, **said[rung]) for rung in RUNGS[:2])
    persona(harbor, "default", is_default=True, **said["default"])
    settings_of(harbor, **said["settings"])
    assert getattr(personas.voice(harbor, sequence, campaign), field) == f"{RUNGS[first]}'s"


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_one_rung_does_not_bring_its_neighbours_along(harbor: Workspace, field: str) -> None:
    campaign = persona(harbor, "campaign", **{field: "the campaign's"})
    settings_of(harbor, **dict.fromkeys(FIELDS, "the settings'"))
    voice = personas.voice(harbor, None, campaign)
    also = {"sms_greeting"} if field == "greeting" else set()  # an empty SMS greeting is its rung's greeting
    expected = {name: "the campaign's" if name in {field} | also else "the settings'" for name in FIELDS}
    assert {name: getattr(voice, name) for name in FIELDS} == expected


def test_with_nothing_said_anywhere_there_is_still_a_tone(harbor: Workspace) -> None:
    settings_of(harbor)
    assert personas.voice(harbor) == personas.Voice("", "", "friendly-professional", "", "", "", "")


def test_a_default_of_another_workspace_is_not_heard(harbor: Workspace, elsewhere: Workspace) -> None:
    persona(elsewhere, "theirs", is_default=True, greeting="Howdy")
    assert personas.voice(harbor).greeting == ""


def test_the_chain_costs_two_queries(harbor: Workspace, django_assert_max_num_queries: Any) -> None:
    persona(harbor, "default", is_default=True)
    with django_assert_max_num_queries(2):
        personas.voice(harbor, None, None)


@pytest.mark.parametrize(
    "spoken", list(itertools.product([None, "", "Cam"], [None, "", "Dee"], ["", " Sue "])), ids=str
)
def test_who_speaks_to_a_lead_is_who_the_voice_says(
    harbor: Workspace, elsewhere: Workspace, spoken: tuple[str | None, str | None, str]
) -> None:
    in_campaign, in_default, in_settings = spoken
    persona(elsewhere, "theirs", is_default=True, persona_name="Stranger")
    campaign = None if in_campaign is None else persona(harbor, "campaign", persona_name=in_campaign)
    if in_default is not None:
        persona(harbor, "default", is_default=True, persona_name=in_default)
    settings_of(harbor, persona_name=in_settings)
    lead = Lead.objects.annotate(**personas.usual()).get(pk=leads.lead(harbor).pk)
    voice = personas.voice(harbor, campaign)
    assert personas.speaker(lead, campaign) == (voice.persona_name or voice.name)


# ── Variables ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "first_name", "expected"),
    [
        ("Hi {first_name},", "Ann", "Hi Ann,"),
        ("Hi {first_name},", "", "Hi,"),
        ("{first_name}, quick one", "", "quick one"),
        ("Hi { first_name } !", "Ann", "Hi Ann !"),
        ("{persona_name}\n{company}", "", "Nora\nHarbor"),
        ("Best,\n{first_name}\n\n{company}", "", "Best,\n\nHarbor"),
        ("Costs {100}", "Ann", "Costs {100}"),
    ],
)
def test_variables_are_filled_and_leave_no_gaps(text: str, first_name: str, expected: str) -> None:
    values = {"first_name": first_name, "persona_name": "Nora", "company": "Harbor"}
    assert personas.fill(text, values) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hi {first_name}, {persona_name} of {company}", []),
        ("Hi {firstName} and {Name}", ["{firstName}", "{Name}"]),
        ("Hi {first name}", ["{first name}"]),
        ("Hi {first_name", ["{"]),
        ("{{first_name}}", ["{", "}"]),
        ("{}", ["{}"]),
    ],
)
def test_what_is_no_variable_is_named_as_written(text: str, unknown: list[str]) -> None:
    assert personas.unknown_variables(text) == unknown


# ── The default ────────────────────────────────────────────────────────────────
def test_a_second_default_is_refused_by_the_database(harbor: Workspace) -> None:
    persona(harbor, "one", is_default=True)
    with pytest.raises(IntegrityError, match="one_default_persona"), transaction.atomic():
        persona(harbor, "two", is_default=True)


def test_the_default_moves(harbor: Workspace) -> None:
    one, two = persona(harbor, "one", is_default=True), persona(harbor, "two")
    personas.make_default(two)
    one.refresh_from_db()
    assert (one.is_default, two.is_default) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_many_who_make_their_persona_the_default_at_once_leave_one(harbor: Workspace, alice: User) -> None:
    everybody = [persona(harbor, f"p{number}") for number in range(6)]
    failures: list[BaseException] = []
    start = threading.Barrier(len(everybody))

    def choose(mine: Persona) -> None:
        try:
            start.wait(10)
            personas.make_default(mine)
        except BaseException as error:
            failures.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=choose, args=(mine,)) for mine in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert Persona.objects.filter(workspace=harbor, is_default=True).count() == 1
