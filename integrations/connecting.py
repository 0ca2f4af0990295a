"""Connecting a workspace to a provider's account, changing and ending it (spec 01). Forms, API and admin call these.

Secrets come in and never go out: an empty one means "keep what is there". The rules the database holds (one e-mail
platform per workspace, one workspace per account) come back as messages a person understands. What has to be tried
before it is saved (Slack's token) is tried here, in no transaction and under no lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from integrations import accounts, health, transport
from integrations.account_fields import COLUMNS, FIELDS, missing
from integrations.errors import NeedsAttention, ProviderError, Refused
from integrations.models import (
    EMAIL_PLATFORMS,
    Connection,
    EmailBisonHost,
    Provider,
    new_webhook_token,
)
from integrations.providers import adapter_class, provider_for
from integrations.providers.base import Health
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


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody entered about an account. `secrets` by the names of integrations/account_fields.py; empty ones are
    kept as they are, those in `forget` removed (where nothing new is given for them). White space around is dropped."""

    external_id: str = ""
    host: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    forget: Collection[str] = ()

    @property
    def new_secrets(self) -> dict[str, str]:
        """Those that hold something."""
        return {name: value.strip() for name, value in self.secrets.items() if value.strip()}


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

    What may be given: see Given. New credentials of a provider that wants them tried first (`Provider.is_tried_first`)
    are saved only once it has accepted them, and the connection is healthy then; otherwise it is unchecked: health.test
    says whether it works. Not to be called in a transaction for those: the provider may take its time.
    Conversations stay when the account is another one, but only what came through the one connected can be answered.
    Raises NotAllowed, ValidationError (messages by field), NeedsConfirmation (another e-mail platform is connected).
    """
    given = Given(external_id, host, secrets or {}, forget)
    connection, _ = _connect(workspace, provider, given, by=by, confirmed=confirmed)
    return connection


def connect_and_test(
    *, workspace: Workspace, provider: str, given: Given, by: User | None, confirmed: bool = False
) -> tuple[Connection, Health]:
    """As `connect`; then one harmless real call says how it is, unless the provider was asked already."""
    connection, found = _connect(workspace, provider, given, by=by, confirmed=confirmed)
    return connection, found or health.test(connection)


def _connect(
    workspace: Workspace, provider: str, given: Given, *, by: User | None, confirmed: bool
) -> tuple[Connection, Health | None]:
    _check_may(by, workspace)
    kind = _known(provider)
    found = _tried(workspace, kind, given)
    with transaction.atomic(), pghistory.context(action="connect", user=str(by.pk) if by else ""):
        _make_room(workspace, kind, confirmed=confirmed)
        connection = _account(workspace, kind, is_locked=True)
        before = accounts.place_of(connection)
        _fill(connection, given)
        accounts.settle(connection, before=before)
        if found:
            _note_accepted(connection, found)
        _save(connection)
    if found:
        health.note_success(connection)
    return connection, found


def disconnect(connection: Connection, *, by: User | None) -> None:
    """Remove a connection with its credentials and webhook address. Messages and deliveries stay."""
    _check_may(by, connection.workspace)
    with pghistory.context(action="disconnect", user=str(by.pk) if by else ""):
        connection.delete()


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


def _account(workspace: Workspace, kind: Provider, *, is_locked: bool = False) -> Connection:
    """The one the workspace has, else a new one that is not saved."""
    known = Connection.objects.select_for_update() if is_locked else Connection.objects.all()
    mine = known.filter(workspace=workspace, provider=kind).first()
    return mine or Connection(workspace=workspace, provider=kind)


# ── Trying credentials before they are saved (spec 01) ─────────────────────────
def _tried(workspace: Workspace, kind: Provider, given: Given) -> Health | None:
    """What the provider says to new credentials; None where it is not asked. Raises ValidationError: it refuses them,
    or cannot be asked now. Then nothing is saved: what is there keeps working, and a token nobody has proved would only
    fail later, when a message waits for it."""
    adapter = adapter_class(kind)
    if adapter is None or not adapter.is_tried_first or not given.new_secrets:
        return None
    with transaction.atomic(durable=True):  # proves that no transaction is open while the provider thinks
        candidate = _account(workspace, kind)
    _fill(candidate, given)
    name = next(iter(given.new_secrets))
    try:
        return provider_for(candidate).health()
    except (NeedsAttention, Refused) as error:
        raise ValidationError({name: f"{error} Nothing was saved."}) from None
    except ProviderError as error:
        why = f"{error} Nothing was saved: enter it again in a minute."
        raise ValidationError({name: why}) from None


def _note_accepted(connection: Connection, found: Health) -> None:
    connection.checked_at = timezone.now()
    connection.config = {**connection.config, **found.facts}


# ── What may be saved ──────────────────────────────────────────────────────────
def _fill(connection: Connection, given: Given) -> None:
    fields = FIELDS[Provider(connection.provider)]
    known = {field.name for field in fields}
    if foreign := sorted(set(given.secrets) - (known - set(COLUMNS))):
        raise ValidationError({"secrets": f"{connection.get_provider_display()} has no field {', '.join(foreign)}."})
    old = connection.credentials.as_dict() if connection.credentials else {}
    kept = {name: value for name, value in old.items() if name not in given.forget}
    secrets = {**kept, **given.new_secrets}
    connection.external_id = given.external_id.strip() or connection.external_id
    connection.host = _allowed_host(given.host) if given.host.strip() else connection.host
    if "host" not in known:
        connection.host = ""
    connection.credentials = secrets
    connection.status, connection.last_error = Connection.Status.UNCHECKED, ""
    _check_complete(connection, secrets)
    _check_keys(given.new_secrets)


def _check_keys(secrets: Mapping[str, str]) -> None:
    """A key travels in a header, which holds no other characters: "xoxb-…" was copied from where it is cut short."""
    if not transport.is_sendable(secrets.get("api_key", "")):
        raise ValidationError(
            {"api_key": "No key has such characters in it. Copy it again, from where it stands whole."}
        )


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
