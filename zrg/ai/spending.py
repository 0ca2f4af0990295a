"""A workspace's monthly AI budget (spec 05): what was spent, whether it is reached. Months are those of UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from zrg.ai.models import AiSettings, AiSpend, BudgetAlert
from zrg.workspaces.models import Workspace

WARNS_AT = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Month:
    """Spent since the first of the month, and the budget (None: no limit), in US dollars."""

    spent: Decimal
    budget: Decimal | None

    @property
    def is_reached(self) -> bool:
        return self.budget is not None and self.spent >= self.budget

    @property
    def is_near(self) -> bool:
        """80 % are spent, or more."""
        return self.budget is not None and self.spent >= self.budget * WARNS_AT


def this_month(workspace: Workspace) -> Month:
    """One query, besides the settings."""
    first = first_of_month()
    spent = AiSpend.objects.filter(workspace=workspace, day__gte=first).aggregate(all=Sum("cost_usd"))["all"]
    return Month(spent or Decimal(0), workspace.ai_settings.monthly_budget_usd)


def is_reached(workspace: Workspace) -> bool:
    """Machines stop, people don't. No query where there is no budget."""
    return workspace.ai_settings.monthly_budget_usd is not None and this_month(workspace).is_reached


def first_of_month() -> date:
    """The first day of this month, in UTC."""
    return timezone.now().astimezone(UTC).date().replace(day=1)


def note_marks() -> int:
    """Keep that 80 % or all of a budget is spent, once a month each; how many were passed now. Run by the sweep, not by
    the calls: whoever acts asks `is_reached`."""
    month = first_of_month()
    before = BudgetAlert.objects.filter(month=month).count()
    for settings in AiSettings.objects.select_related("workspace"):
        budget = settings.monthly_budget_usd
        if budget is None:
            continue
        settings.workspace.ai_settings = settings
        spending = this_month(settings.workspace)
        passed = [(BudgetAlert.Mark.NEAR, spending.is_near), (BudgetAlert.Mark.REACHED, spending.is_reached)]
        BudgetAlert.objects.bulk_create(
            [
                BudgetAlert(
                    workspace=settings.workspace,
                    month=month,
                    mark=mark,
                    spent_usd=spending.spent,
                    budget_usd=budget,
                )
                for mark, is_passed in passed
                if is_passed
            ],
            ignore_conflicts=True,
        )
    return BudgetAlert.objects.filter(month=month).count() - before


def tell_marks(say: Callable[[str], None], *, limit: int) -> int:
    """Tell what was not told yet by `say`; how many. What `say` raises leaves the rest for the next time."""
    told = 0
    for alert in BudgetAlert.objects.filter(told_at=None).select_related("workspace").order_by("pk")[:limit]:
        what = "is used up: ZRG sends nothing by itself there" if alert.mark == 100 else "is spent to 80 %"
        say(f"The AI budget of {alert.workspace} for {alert.month:%B} (${alert.budget_usd}) {what}.")
        BudgetAlert.objects.filter(pk=alert.pk).update(told_at=timezone.now())
        told += 1
    return told
