"""The order of the qualification questions (spec 01, 11)."""

from __future__ import annotations

from django.db import transaction

from zrg.ai.models import QualificationQuestion
from zrg.workspaces.models import Workspace


@transaction.atomic
def put_in_order(workspace: Workspace, *, move: int | None = None, by: int = 0) -> None:
    """Number the questions 1, 2, 3 … as they stand; `move` (an id) goes `by` places: -1 up, 1 down."""
    found = QualificationQuestion.objects.select_for_update().filter(workspace=workspace)
    questions = list(found.order_by("order", "id"))
    at = next((place for place, question in enumerate(questions) if question.pk == move), None)
    if at is not None:
        questions.insert(min(max(at + by, 0), len(questions) - 1), questions.pop(at))
    for place, question in enumerate(questions, start=1):
        if question.order != place:
            question.order = place
            question.save(update_fields=["order"])
