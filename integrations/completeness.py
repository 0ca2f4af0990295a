"""What a saved connection still lacks: for check-lists and panels, which open also while its secrets cannot be read."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from integrations.account_fields import Field, missing
from integrations.models import Connection


def readable_secrets(connection: Connection) -> dict[str, str] | None:
    """Its secrets, to hint at or to mask; None where no key of CREDENTIALS_KEYS fits."""
    try:
        return connection.credentials.as_dict() if connection.credentials else {}
    except ImproperlyConfigured:
        return None


def lacking(connection: Connection) -> list[Field]:
    """The needed fields without a value; secrets that cannot be read count as there."""
    secrets = readable_secrets(connection)
    fields = missing(
        connection.provider, external_id=connection.external_id, host=connection.host, secrets=secrets or {}
    )
    return [field for field in fields if secrets is not None or not field.is_secret]
