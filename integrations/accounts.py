"""The accounts a workspace was connected with or heard from, and the namespace of each (integrations/namespaces.py).

One account of a provider is connected at a time, but another one may speak: the former one, whose leads still answer,
or the next one, whose webhooks were set up first. What it says goes by numbers of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from integrations.models import Account, Connection, EmailBisonHost, WebhookEvent
from integrations.providers import adapter_class
from integrations.routing import Found
from zrg.workspaces.models import Workspace

Holder = Connection | Found  # who has an account: the connection itself, or what a delivery's look-up knows of it


class Place(NamedTuple):
    """Where at its provider an account is."""

    host: str
    external_id: str


def place_of(holder: Holder) -> Place:
    """Of the account it has at this moment."""
    return Place(holder.host, holder.external_id)


def settle(connection: Connection, *, before: Place) -> None:
    """Give a connection about to be saved the namespace of its account; `before`: the account it had, as far as it had
    one. In the transaction that saves it."""
    adapter, now = adapter_class(connection.provider), place_of(connection)
    if adapter is None or not adapter.counts_per_account or not now.external_id:
        return
    known = _locked(connection)
    if before.external_id and before not in known:
        known[before] = _make(connection, before, connection.namespace)
    if now not in known and before in known and not _has_spoken(known[before]):  # a slip, put right
        mistaken = known.pop(before)
        mistaken.host, mistaken.external_id = now
        mistaken.save(update_fields=["host", "external_id"])
        known[now] = mistaken
    connection.namespace = _namespace(known, connection, now)


def met(found: Found, *, host: str, external_id: str) -> str:
    """The namespace for what another account than the connection's says it sent: its own, from now on. Where it may be
    the same account it is the connection's: of this number, at a host that is none of the list (an instance may have
    several names; those of the list are as many instances)."""
    wanted = Place(host, external_id)
    if account := _accounts(found).filter(**wanted._asdict()).first():
        return account.namespace
    if external_id == found.external_id and not EmailBisonHost.objects.filter(host=host).exists():
        return found.namespace
    with transaction.atomic():
        known = _locked(found)
        if (mine := place_of(found)) not in known:
            known[mine] = _make(found, mine, found.namespace)
        return _namespace(known, found, wanted)


def others_of(connection: Connection) -> list[Account]:
    """The workspace's other accounts at this provider, for the page that explains their numbers."""
    return list(_accounts(connection).exclude(namespace=connection.namespace))


def rename_host(old: str, new: str) -> None:
    """An instance has another name: its accounts are the ones they were. In a transaction of the caller's."""
    for model in (Account, Connection):
        model._default_manager.filter(host=old).update(host=new)


def is_known_host(host: str) -> bool:
    """Whether there is an account at this host, now or earlier."""
    return any(model._default_manager.filter(host=host).exists() for model in (Account, Connection))


def _locked(holder: Holder) -> dict[Place, Account]:
    """One at a time gives out namespaces. (Who only refers to the workspace does not wait.)"""
    Workspace.objects.select_for_update(of=("self",), no_key=True).get(pk=holder.workspace_id)
    return {Place(row.host, row.external_id): row for row in _accounts(holder)}


def _accounts(holder: Holder) -> QuerySet[Account]:
    return Account.objects.filter(workspace_id=holder.workspace_id, provider=holder.provider)


def _namespace(known: dict[Place, Account], holder: Holder, wanted: Place) -> str:
    if wanted not in known:
        used = [int(account.namespace or 1) for account in known.values()]
        known[wanted] = _make(holder, wanted, str(max(used) + 1) if used else "")
    return known[wanted].namespace


def _make(holder: Holder, place: Place, namespace: str) -> Account:
    return Account.objects.create(
        workspace_id=holder.workspace_id, provider=holder.provider, namespace=namespace, **place._asdict()
    )


def _has_spoken(account: Account) -> bool:
    """Nothing that is kept goes by its numbers before its first delivery."""
    said = WebhookEvent.objects.filter(workspace_id=account.workspace_id, provider=account.provider)
    return said.filter(namespace=account.namespace).exists()
