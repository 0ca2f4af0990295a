"""A workspace's own prompt texts: refused with names, kept as versions, taken back."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections

from zrg.ai import overrides, overriding, prompts, running
from zrg.ai.models import PromptOverride
from zrg.ai.prompts import Prompt, Snippet
from zrg.workspaces.models import User, Workspace

KEY = "draft.email.write.v1"


@pytest.fixture
def default() -> str:
    return prompts.get(KEY).text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda text: text + " {{ nonsense }} {{ other }}", "nonsense, other"),
        (lambda text: text + " {{> nowhere }}", "nowhere"),
        (lambda text: text.replace("{{ greeting }}", "Hello"), "{{ greeting }}"),
        (lambda text: text.replace("{{> honesty }}", ""), "{{> honesty }}"),
        (lambda text: text + " {{", "double braces"),
        (lambda _: "   ", "Write the text"),
        (lambda text: text + "x" * overrides.LONGEST, "longer than"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_naming_what_is_wrong(
    harbor: Workspace, alice: User, default: str, change: object, named: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        overrides.save(harbor, KEY, text=change(default), by=alice)  # type: ignore[operator]
    assert named in refused.value.messages[0]
    assert not PromptOverride.objects.exists()


def test_a_snippet_whose_variables_the_prompt_is_not_given_is_refused(harbor: Workspace, alice: User) -> None:
    verifier = prompts.get("draft.email.verify.v1")
    with pytest.raises(ValidationError, match="voice"):
        overrides.save(harbor, verifier.key, text=f"{verifier.text} {{{{> voice }}}}", by=alice)


@pytest.mark.parametrize("prompt", prompts.known().values(), ids=lambda prompt: prompt.key)
def test_every_default_text_can_be_said_again(harbor: Workspace, alice: User, prompt: Prompt) -> None:
    assert overrides.save(harbor, prompt.key, text=prompt.text, by=alice).version == 1


@pytest.mark.parametrize("snippet", prompts.snippets().values(), ids=lambda snippet: snippet.key)
def test_every_snippet_too(harbor: Workspace, alice: User, snippet: Snippet) -> None:
    assert overrides.save_snippet(harbor, snippet.key, text=snippet.text, by=alice).active


def test_what_is_saved_is_used_at_once_and_reverting_brings_the_default_back(
    harbor: Workspace, elsewhere: Workspace, alice: User, default: str
) -> None:
    given = dict.fromkeys([*prompts.get(KEY).variables, *prompts.get(KEY).data], "x")
    compose = running.compose
    before = compose(KEY, workspace=harbor, variables=given)
    overrides.save(harbor, KEY, text=f"{default}\nBe brief.", by=alice, model="gpt-9", effort="high")
    after = compose(KEY, workspace=harbor, variables=given)
    assert (after.version, after.model, after.effort) == (1, "gpt-9", "high")
    assert "Be brief." in after.instructions
    assert compose(KEY, workspace=elsewhere, variables=given).version == 0
    assert overrides.revert(harbor, KEY)
    assert not overrides.revert(harbor, KEY)
    assert compose(KEY, workspace=harbor, variables=given).instructions == before.instructions


def test_versions_are_kept_and_an_older_one_can_be_used_again(harbor: Workspace, alice: User, default: str) -> None:
    first = overrides.save(harbor, KEY, text=f"{default} One.", by=alice, note="Why")
    second = overrides.save(harbor, KEY, text=f"{default} Two.", by=alice)
    overrides.activate(first)
    rows = PromptOverride.objects.filter(workspace=harbor).order_by("version")
    assert [(row.version, row.active, row.created_by) for row in rows] == [(1, True, alice), (2, False, alice)]
    assert overriding.active(harbor).prompts[KEY].pk == first.pk
    assert second.text.endswith("Two.")


def test_a_version_that_no_longer_fits_is_not_used_again(harbor: Workspace, alice: User) -> None:
    old = PromptOverride.objects.create(workspace=harbor, prompt_key=KEY, version=1, text="{{ gone }}", active=False)
    with pytest.raises(ValidationError, match="gone"):
        overrides.activate(old)
    old.refresh_from_db()
    assert not old.active


def test_a_snippet_changes_every_prompt_that_uses_it(harbor: Workspace, alice: User) -> None:
    snippet = prompts.snippets()["honesty"]
    overrides.save_snippet(harbor, "honesty", text=f"{snippet.text} Swear it.", by=alice)
    given = dict.fromkeys([*prompts.get(KEY).variables, *prompts.get(KEY).data], "x")
    assert "Swear it." in running.compose(KEY, workspace=harbor, variables=given).instructions
    overrides.revert_snippet(harbor, "honesty")
    assert "Swear it." not in running.compose(KEY, workspace=harbor, variables=given).instructions


@pytest.mark.django_db(transaction=True)
def test_many_who_save_at_once_each_get_a_version_and_one_is_used(harbor: Workspace, alice: User, default: str) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(5)

    def save(number: int) -> None:
        try:
            start.wait(10)
            mine = Workspace.objects.get(pk=harbor.pk)
            overrides.save(mine, KEY, text=f"{default} {number}", by=alice)
        except BaseException as error:
            failures.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    rows = PromptOverride.objects.filter(workspace=harbor)
    assert sorted(rows.values_list("version", flat=True)) == [1, 2, 3, 4, 5]
    assert rows.filter(active=True).count() == 1
