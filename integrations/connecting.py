"""Connecting a workspace to a provider's account, changing and ending it (spec 01). Forms, API and admin call these.

Secrets come in and never go out: an empty one means "keep what is there". The rules the database holds (one e-mail
platform per workspace, one workspace per account) come back as messages a person understands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from integrations import accounts
from integrations.account_fields import COLUMNS, FIELDS, missing
from integrations.models import (
    EMAIL_PLATFORMS,
    Connection,
    EmailBisonHost,
    Provider,
    new_webhook_token,
)
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.models import User, Workspace


class NeedsConfirmation(Exception):
    """Going on removes another connection with its credentials; the text says which. Then: `confirmed=True`."""

    def __init__(self, old: Connection, new: Provider) -> None:
        super().__init__(
            f"This workspace sends e-mail through {old.get_provider_display()}. Connecting {new.label} removes that "
            f"connection and its credentials; conversations stay."
        )
        self.old = old


def connect(
    *,
    workspace: Workspace,
    provider: str,
    external_id: str = "",
    host: str = "",
    secrets: Mapping[str, str] | None = None,
    by: User | None,
    confirmed: bool = False,
    forget: Collection[str] = (),
) -> Connection:
    """Make the workspace's connection to a provider, or change the one it has. `by` None: a command of the operator.

    `secrets` by the names of integrations/account_fields.py; empty ones are kept as they are, those in `forget` removed
    (where nothing new is given for them). White space around values is dropped. The connection is then unchecked:
    health.test says whether it works. Conversations stay when the account is another one, but only what came through
    the one connected can be answered.
    Raises NotAllowed, ValidationError (messages by field), NeedsConfirmation (another e-mail platform is connected).
    """
    _check_may(by, workspace)
    kind = _known(provider)
    with transaction.atomic(), pghistory.context(action="connect", user=str(by.pk) if by else ""):
        _make_room(workspace, kind, confirmed=confirmed)
        mine = Connection.objects.select_for_update().filter(workspace=workspace, provider=kind).first()
        connection = mine or Connection(workspace=workspace, provider=kind)
        before = accounts.place_of(connection)
        _fill(connection, external_id=external_id, host=host, secrets=secrets or {}, forget=forget)
        accounts.settle(connection, before=before)
        _save(connection)
    return connection


def disconnect(connection: Connection, *, by: User | None) -> None:
    """Remove a connection with its credentials and webhook address. Messages and deliveries stay."""
    _check_may(by, connection.workspace)
    with pghistory.context(action="disconnect", user=str(by.pk) if by else ""):
        connection.delete()


def clear_email_platform(*, workspace: Workspace, by: User | None) -> None:
    """The choice "none": whichever e-mail platform is connected goes, with its credentials."""
    for connection in Connection.objects.filter(workspace=workspace, provider__in=EMAIL_PLATFORMS):
        disconnect(connection, by=by)


def renew_webhook_token(connection: Connection, *, by: User | None) -> Connection:
    """A new unguessable webhook address; the old one is nobody's from now on."""
    _check_may(by, connection.workspace)
    connection.webhook_token = new_webhook_token()
    connection.save(update_fields=["webhook_token", "updated_at"])
    return connection


def email_platform(workspace: Workspace) -> Connection | None:
    """The workspace's one e-mail platform, None for "none"."""
    return Connection.objects.filter(workspace=workspace, provider__in=EMAIL_PLATFORMS).first()


def _check_may(by: User | None, workspace: Workspace) -> None:
    if by is not None:
        check(by, Capability.CHANGE_SETTINGS, workspace)


def _known(provider: str) -> Provider:
    if provider not in FIELDS:
        raise ValidationError({"provider": "Pick a provider of the list."})
    return Provider(provider)


def _make_room(workspace: Workspace, kind: Provider, *, confirmed: bool) -> None:
    """At most one e-mail platform: another one has to go first, and only with consent."""
    if kind not in EMAIL_PLATFORMS:
        return
    old = email_platform(workspace)
    if old is None or old.provider == kind:
        return
    if not confirmed:
        raise NeedsConfirmation(old, kind)
    old.delete()


def _fill(
    connection: Connection, *, external_id: str, host: str, secrets: Mapping[str, str], forget: Collection[str]
) -> None:
    fields = FIELDS[Provider(connection.provider)]
    known = {field.name for field in fields}
    if foreign := sorted(set(secrets) - (known - set(COLUMNS))):
        raise ValidationError({"secrets": f"{connection.get_provider_display()} has no field {', '.join(foreign)}."})
    given = {name: value.strip() for name, value in secrets.items() if value.strip()}
    old = connection.credentials.as_dict() if connection.credentials else {}
    kept = {name: value for name, value in old.items() if name not in forget}
    connection.external_id = external_id.strip() or connection.external_id
    connection.host = _allowed_host(host) if host.strip() else connection.host
    if "host" not in known:
        connection.host = ""
    connection.credentials = {**kept, **given}
    connection.status, connection.last_error = Connection.Status.UNCHECKED, ""
    _check_complete(connection, {**kept, **given})


def _allowed_host(host: str) -> str:
    """One of the list, as the list spells it: no call ever goes to a host somebody typed in."""
    found = EmailBisonHost.objects.filter(host__iexact=host.strip()).values_list("host", flat=True).first()
    if found is None:
        raise ValidationError({"host": "Pick a host of the list. An operator can add yours in the admin."})
    return found


def _check_complete(connection: Connection, secrets: dict[str, str]) -> None:
    lacking = missing(connection.provider, external_id=connection.external_id, host=connection.host, secrets=secrets)
    if lacking:
        raise ValidationError({field.name: f"{field.label} is needed. {field.help}" for field in lacking})


def _save(connection: Connection) -> None:
    """Raises ValidationError with the constraint's own message; also where somebody else was quicker."""
    connection.full_clean(validate_unique=False, validate_constraints=True)
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError:
        connection.validate_constraints()
        raise
