"""What is remembered of campaigns is what is there."""

from __future__ import annotations

import pytest
from django.db import transaction

from integrations.events import CampaignRef
from leads import campaigns
from leads.models import Campaign
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


class Undone(Exception):
    """The transaction comes to nothing."""


def test_a_campaign_of_an_undone_transaction_is_not_remembered(harbor: Workspace) -> None:
    ref = CampaignRef("emailbison", "12", "Q1")

    with pytest.raises(Undone), transaction.atomic():
        campaigns.seen(ref, workspace=harbor)
        assert campaigns.seen(ref, workspace=harbor) == Campaign.objects.get()
        raise Undone
    campaign = campaigns.seen(ref, workspace=harbor)

    assert campaign == Campaign.objects.get()


def test_a_name_of_an_undone_transaction_is_not_remembered(harbor: Workspace) -> None:
    campaigns.seen(CampaignRef("emailbison", "12", "Q1"), workspace=harbor)
    renamed = CampaignRef("emailbison", "12", "Q2")

    with pytest.raises(Undone), transaction.atomic():
        campaigns.seen(renamed, workspace=harbor)
        raise Undone
    campaigns.seen(renamed, workspace=harbor)

    assert Campaign.objects.get().name == "Q2"


def test_a_burst_asks_once_for_its_campaign(harbor: Workspace, django_assert_num_queries) -> None:
    ref = CampaignRef("emailbison", "12", "Q1")
    first = campaigns.seen(ref, workspace=harbor)

    with django_assert_num_queries(0):
        assert campaigns.seen(ref, workspace=harbor) is first
