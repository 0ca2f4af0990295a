"""What lies in the database and needs a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from integrations import remedies, resealing
from integrations.models import Connection, Provider
from zrg import health
from zrg.doctor.findings import Finding, warning
from zrg.jobs import queues, schedules

_SHOWN = 10


def schedule() -> Iterator[Finding]:
    """Every default schedule is there and on."""
    for function in schedules.missing():
        yield Finding(
            f"The schedule “{function}” was deleted or switched off: it never runs.",
            "Bring it back with `python manage.py doctor --restore-schedules`, or switch it on in the admin.",
        )


def queue_ages() -> Iterator[Finding]:
    """Nothing waits for a worker that is not there."""
    if problem := health.queue_ages():
        yield Finding(problem, "Start a worker for it, or look at what it is busy with.")


def dead_letters() -> Iterator[Finding]:
    """What has failed for good."""
    for trouble in queues.troubles():
        if trouble.failed:
            yield warning(
                f"{trouble.failed} rows of {trouble.label} have failed for good.",
                "Look at them in the admin (status Failed) and retry them.",
            )


def connections() -> Iterator[Finding]:
    """Credentials that no longer open or no longer work."""
    locked = 0
    rows = Connection.objects.select_related("workspace")
    for row in rows.iterator(chunk_size=500):
        locked += not _opens(row)
    if locked:
        yield Finding(
            f"The credentials of {locked} connections fit none of CREDENTIALS_KEYS.",
            "Put the key they were written with back at the end of CREDENTIALS_KEYS.",
        )
    if not locked and (old := resealing.count_old()):
        yield warning(
            f"The credentials of {old} connections still need an old one of CREDENTIALS_KEYS.",
            "Encrypt them with the newest: `python manage.py doctor --reseal`. Then the old keys may go.",
        )
    for row in rows.filter(status__in=[Connection.Status.FAILING, Connection.Status.DISCONNECTED])[:_SHOWN]:
        yield warning(
            f"{row} is {row.get_status_display().lower()}.",
            "Test it on the workspace's connections page, renew the key.",
        )


def webhooks() -> Iterator[Finding]:
    """What comes in is let in."""
    for row in remedies.standing().select_related("workspace")[:_SHOWN]:
        told = remedies.told(row, timezone.get_current_timezone())
        whose = f" for {row.workspace.name}" if row.workspace else ""
        yield warning(f"{row.get_provider_display()}{whose}: {told.what} {told.why}", told.to_do)


def linkedin() -> Iterator[Finding]:
    """What LinkedIn needs from the installation, once a workspace is connected to it."""
    if not Connection.objects.filter(provider=Provider.UNIPILE).exists():
        return
    needed = {"UNIPILE_API_KEY": settings.UNIPILE_API_KEY, "UNIPILE_WEBHOOK_SECRET": settings.UNIPILE_WEBHOOK_SECRET}
    needed["UNIPILE_DSN"] = settings.UNIPILE_DSN or settings.UNIPILE_BASE_URL
    for name, value in needed.items():
        if not value:
            what = "received" if name == "UNIPILE_WEBHOOK_SECRET" else "sent"
            yield Finding(
                f"{name} is not set: nothing is {what} on LinkedIn.", f"Set {name} (.env.example says to what)."
            )


def _opens(row: Connection) -> bool:
    try:
        row.credentials.get("")
    except ImproperlyConfigured:
        return False
    return True
