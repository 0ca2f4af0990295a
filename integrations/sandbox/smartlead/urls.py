"""SmartLead's addresses under `/smartlead/`."""

from __future__ import annotations

from django.urls import path

from integrations.sandbox.gate import by_method
from integrations.sandbox.smartlead import campaigns_api as campaigns
from integrations.sandbox.smartlead import leads_api as leads
from integrations.sandbox.smartlead.answers import SMART

_ONE = "api/v1/campaigns/<int:campaign_id>"
_LEAD = f"{_ONE}/leads/<int:lead_id>"

urlpatterns = [
    path("api/v1/campaigns/", by_method(SMART, GET=campaigns.campaigns)),
    path(_ONE, by_method(SMART, GET=campaigns.campaign)),
    path(f"{_ONE}/reply-email-thread", by_method(SMART, POST=campaigns.reply)),
    path(_LEAD, by_method(SMART, POST=leads.update)),
    path(f"{_LEAD}/message-history", by_method(SMART, GET=campaigns.history)),
    path(f"{_LEAD}/category", by_method(SMART, POST=leads.set_category)),
    path("api/v1/email-accounts/", by_method(SMART, GET=campaigns.mailboxes)),
    path("api/v1/leads/", by_method(SMART, GET=leads.lead)),
    path("api/v1/leads/fetch-categories", by_method(SMART, GET=leads.categories)),
    path("api/v1/leads/add-domain-block-list", by_method(SMART, POST=leads.block)),
    path("api/v1/leads/get-domain-block-list", by_method(SMART, GET=leads.blocked)),
    path("api/v1/leads/<int:lead_id>/unsubscribe", by_method(SMART, POST=leads.unsubscribe)),
    path("api/v1/master-inbox/inbox-replies", by_method(SMART, POST=leads.inbox)),
]
