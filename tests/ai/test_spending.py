"""A workspace's monthly budget: when it stops machines, and that its marks are told once (spec 05)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from zrg.ai import spending
from zrg.ai.models import AiSpend, BudgetAlert
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(harbor: Workspace) -> Workspace:
    harbor.ai_settings.monthly_budget_usd = Decimal(10)
    harbor.ai_settings.save()
    return harbor


def spent(workspace: Workspace, amount: str, *, feature: str = "draft", months_ago: int = 0) -> None:
    day = spending.first_of_month() - timedelta(days=31 * months_ago)
    AiSpend.objects.create(workspace=workspace, day=day, feature=feature, calls=1, cost_usd=Decimal(amount))


def marks() -> list[int]:
    return list(BudgetAlert.objects.order_by("mark").values_list("mark", flat=True))


@pytest.mark.parametrize(
    ("amount", "reached", "passed"),
    [("7.99", False, []), ("8", False, [80]), ("9.99", False, [80]), ("10", True, [80, 100])],
)
def test_marks_are_passed_at_80_percent_and_at_all_of_it(
    budget: Workspace, amount: str, reached: bool, passed: list[int]
) -> None:
    spent(budget, amount)
    assert spending.note_marks() == len(passed)
    assert marks() == passed
    assert spending.is_reached(budget) is reached


def test_what_was_spent_last_month_does_not_count_and_features_add_up(budget: Workspace) -> None:
    spent(budget, "50", months_ago=1)
    spent(budget, "4")
    spent(budget, "4.5", feature="sentiment")
    assert spending.this_month(budget).spent == Decimal("8.5")
    spending.note_marks()
    assert marks() == [80]


def test_a_mark_is_kept_and_told_once_a_month(budget: Workspace) -> None:
    spent(budget, "9")
    said: list[str] = []
    for _ in range(3):
        spending.note_marks()
        spending.tell_marks(said.append, limit=10)
    assert said == [f"The AI budget of Harbor for {spending.first_of_month():%B} ($10.00) is spent to 80 %."]


def test_what_could_not_be_told_is_told_the_next_time(budget: Workspace) -> None:
    spent(budget, "9")
    spending.note_marks()

    def away(_: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        spending.tell_marks(away, limit=10)
    said: list[str] = []
    assert spending.tell_marks(said.append, limit=10) == 1
    assert len(said) == 1


def test_without_a_budget_nothing_is_ever_reached(harbor: Workspace) -> None:
    spent(harbor, "1000")
    assert spending.note_marks() == 0
    assert not spending.is_reached(harbor)
