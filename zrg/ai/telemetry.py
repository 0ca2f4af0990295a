"""What a call cost and how it went, kept for the workspace (spec 05, "Telemetry").."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from zrg.ai.budgets import Usage
from zrg.ai.models import AIInteraction, Outcome
from zrg.lib.ids import uuid7
from zrg.lib.logs import current_correlation_id
from zrg.lib.metrics import AI_CALLS, AI_COST, AI_SECONDS
from zrg.workspaces.models import Workspace

# The interaction and the day's sum in one statement: seven calls to a reply, one trip to the database each.
_KEPT = """
WITH spent AS (
    INSERT INTO ai_aispend AS spent (workspace_id, day, feature, calls, failures, tokens_in, tokens_out, cost_usd)
    VALUES (%s, %s, %s, 1, %s, %s, %s, %s)
    ON CONFLICT (workspace_id, day, feature) DO UPDATE SET calls = spent.calls + 1,
        failures = spent.failures + excluded.failures, tokens_in = spent.tokens_in + excluded.tokens_in,
        tokens_out = spent.tokens_out + excluded.tokens_out, cost_usd = spent.cost_usd + excluded.cost_usd
)
INSERT INTO ai_aiinteraction ({columns}) VALUES ({places})
"""


@dataclass(slots=True)
class Call:
    """What is known of a call while it goes on."""

    workspace: Workspace
    lead_id: UUID | None
    feature: str
    prompt_key: str
    prompt_version: int = 0
    model: str = ""
    effort: str = ""
    source: str = ""
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal = Decimal(0)
    request_id: str = ""
    prompt_text: str = ""
    answer_text: str = ""


def record(
    call: Call, *, outcome: Outcome, detail: str, latency_s: float, knowledge: Sequence[str] = ()
) -> AIInteraction:
    """Keep the interaction and add to the day's spending; the row."""
    store = call.workspace.ai_settings.store_ai_text
    row = AIInteraction(
        id=uuid7(),
        workspace=call.workspace,
        lead_id=call.lead_id,
        feature=call.feature,
        prompt_key=call.prompt_key,
        prompt_version=call.prompt_version,
        model=call.model[:80],
        effort=call.effort,
        source=call.source[:40],
        status=outcome,
        error=detail[:300],
        attempts=call.attempts,
        latency_ms=round(latency_s * 1000),
        tokens_in=call.usage.tokens_in,
        tokens_cached=call.usage.cached,
        tokens_reasoning=call.usage.reasoning,
        tokens_out=call.usage.out,
        cost_usd=call.cost,
        request_id=call.request_id[:120],
        correlation_id=current_correlation_id(),
        knowledge=list(knowledge),
        prompt_text=call.prompt_text if store else "",
        answer_text=call.answer_text if store else "",
    )
    if call.attempts:
        _keep_with_the_day(row, call, failed=outcome != Outcome.OK)
        AI_SECONDS.observe(latency_s, feature=call.feature)
    else:
        row.save(force_insert=True)
    AI_CALLS.count(feature=call.feature, outcome=str(outcome))
    return row


def _keep_with_the_day(row: AIInteraction, call: Call, *, failed: bool) -> None:
    day = timezone.now().astimezone(UTC).date()
    usage = call.usage
    spent: list[Any] = [call.workspace.pk, day, call.feature, int(failed), usage.tokens_in, usage.out, call.cost]
    fields = AIInteraction._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    statement = _KEPT.format(columns=columns, places=", ".join(["%s"] * len(fields)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*spent, *values])
    AI_COST.add(float(call.cost), feature=call.feature)
