"""What the sending platform knows of a campaign: webhooks create and rename it, nothing else (spec 06)."""

from __future__ import annotations

import time
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from integrations.events import CampaignRef
from leads.models import Campaign
from zrg.workspaces.models import Workspace

REMEMBERED_S = 5.0  # a burst names one campaign ten thousand times
_LARGEST_MEMORY = 2_000

_Key = tuple[UUID, str, str]

_remembered: dict[_Key, tuple[float, object, Campaign]] = {}


def seen(ref: CampaignRef | None, *, workspace: Workspace) -> Campaign | None:
    """The campaign an event names, made or renamed as needed; None where it names none. No query for one that was seen
    under this name within a few seconds (was it deleted meanwhile, the event fails and finds that out on its retry)."""
    if ref is None or not ref.external_id:
        return None
    name, key = ref.name.strip()[:300], (workspace.pk, ref.provider, ref.external_id[:160])
    at, session, campaign = _remembered.get(key, (0.0, None, None))
    is_old = time.monotonic() - at > REMEMBERED_S or session is not connection.connection
    if campaign is None or is_old or (name and campaign.name != name):
        campaign = _looked_up(workspace, *key[1:], name=name)
        transaction.on_commit(partial(_remember, key, campaign))
    return campaign


def _remember(key: _Key, campaign: Campaign) -> None:
    """Only once it is committed, and for this session of the database: what is rolled back, or lost in a crash (ADR 9),
    is not there for the next event."""
    if len(_remembered) >= _LARGEST_MEMORY:
        _remembered.clear()
    _remembered[key] = (time.monotonic(), connection.connection, campaign)


def _looked_up(workspace: Workspace, provider: str, external_id: str, *, name: str) -> Campaign:
    key = {"workspace": workspace, "provider": provider, "external_id": external_id}
    campaign = Campaign.objects.filter(**key).first()
    if campaign is None:
        campaign, _ = Campaign.objects.get_or_create(**key, defaults={"name": name})
    if name and campaign.name != name:
        campaign.name = name
        campaign.save(update_fields=["name"])
    return campaign
