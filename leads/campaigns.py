"""What the sending platform knows of a campaign: webhooks create and rename it, nothing else (spec 06)."""

from __future__ import annotations

from integrations.events import CampaignRef
from leads.models import Campaign
from zrg.workspaces.models import Workspace


def seen(ref: CampaignRef | None, *, workspace: Workspace) -> Campaign | None:
    """The campaign an event names, made or renamed as needed; None where it names none. One query when nothing changed."""
    if ref is None or not ref.external_id:
        return None
    name = ref.name.strip()[:300]
    key = {"workspace": workspace, "provider": ref.provider, "external_id": ref.external_id[:160]}
    campaign = Campaign.objects.filter(**key).first()
    if campaign is None:
        campaign, _ = Campaign.objects.get_or_create(**key, defaults={"name": name})
    if name and campaign.name != name:
        campaign.name = name
        campaign.save(update_fields=["name"])
    return campaign
