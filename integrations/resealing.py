"""Rotating the keys of stored credentials (spec 01): with a new key first in CREDENTIALS_KEYS, all that is stored is
encrypted anew with it; then the old keys may go. `manage.py doctor --reseal` calls it, and the doctor counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from integrations.credentials import Secrets, is_under_newest, reseal
from integrations.models import Connection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many connections got the newest key, and how many no key opens."""

    done: int = 0
    locked: int = 0


def reseal_all() -> Resealed:
    """Encrypt all stored credentials with the newest key. Safe while the product runs, and to repeat: what somebody
    changes meanwhile is already under the newest key and left alone."""
    done = locked = 0
    for pk, secrets in _under_older_keys():
        try:
            renewed = Secrets(reseal(secrets.sealed))
        except ImproperlyConfigured:
            locked += 1
            continue
        mine = Connection.objects.filter(pk=pk, credentials=secrets)
        done += mine.update(credentials=renewed, updated_at=timezone.now())
    log.info("credentials_resealed", done=done, locked=locked)
    return Resealed(done, locked)


def count_old() -> int:
    """How many connections' credentials the newest key does not open."""
    return sum(1 for _ in _under_older_keys())


def _under_older_keys() -> Iterator[tuple[UUID, Secrets]]:
    rows = Connection.objects.order_by("pk").values_list("pk", "credentials")
    for pk, secrets in rows.iterator(chunk_size=500):
        if secrets and not is_under_newest(secrets.sealed):
            yield pk, secrets
