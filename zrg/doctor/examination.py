"""All checks in their order; those behind a dead service are left out, because they would only repeat it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from zrg.doctor import content, environment, models, services
from zrg.doctor.findings import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """A question, and the check that must have passed for it to make sense."""

    name: str
    ask: Callable[[], Iterator[Finding]]
    needs: tuple[str, ...] = ()


CHECKS = (
    Check("secrets", environment.secrets),
    Check("secret-key", environment.secret_key),
    Check("credentials-keys", environment.credentials_keys),
    Check("own-secrets", environment.short_secrets),
    Check("public-url", environment.public_url),
    Check("slack", environment.slack),
    Check("production", environment.production),
    Check("model-key", models.key_and_address),
    Check("models", models.of_tasks),
    Check("model-service", models.is_reachable, needs=("model-key",)),
    Check("database", services.database),
    Check("clock", services.clock, needs=("database",)),
    Check("migrations", services.migrations, needs=("database",)),
    Check("broker", services.broker),
    Check("workers", services.workers, needs=("broker",)),
    Check("beat", services.beat, needs=("broker", "database", "migrations")),
    Check("schedules", content.schedule, needs=("database", "migrations")),
    Check("queues", content.queue_ages, needs=("database", "migrations")),
    Check("dead-letters", content.dead_letters, needs=("database", "migrations")),
    Check("models-of-workspaces", models.of_workspaces, needs=("database", "migrations")),
    Check("linkedin", content.linkedin, needs=("database", "migrations")),
    Check("webhooks", content.webhooks, needs=("database", "migrations")),
    Check("connections", content.connections, needs=("database", "migrations", "credentials-keys")),
)


def examine(*, skip: Collection[str] = ()) -> Iterator[tuple[Check, list[Finding]]]:
    """Each check with its findings, as soon as they are known. Raises nothing."""
    failed: set[str] = set()
    for check in CHECKS:
        if check.name in skip or failed.intersection(check.needs):
            continue
        findings = _asked(check)
        if any(finding.is_error for finding in findings):
            failed.add(check.name)
        yield check, findings


def _asked(check: Check) -> list[Finding]:
    try:
        return list(check.ask())
    except services.UNREACHABLE as error:
        return [Finding(f"The question could not be answered ({type(error).__name__}).", "Is the service overloaded?")]
