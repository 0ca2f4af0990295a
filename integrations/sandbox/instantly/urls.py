"""Instantly's addresses under `/instantly/`."""

from __future__ import annotations

from django.urls import path

from integrations.sandbox.gate import by_method
from integrations.sandbox.instantly import emails_api as emails
from integrations.sandbox.instantly import leads_api as leads
from integrations.sandbox.instantly import workspace_api as workspace
from integrations.sandbox.instantly.answers import INSTANTLY

urlpatterns = [
    path("api/v2/workspaces/current", by_method(INSTANTLY, GET=workspace.workspace)),
    path("api/v2/accounts", by_method(INSTANTLY, GET=workspace.accounts)),
    path("api/v2/campaigns", by_method(INSTANTLY, GET=workspace.campaigns)),
    path("api/v2/campaigns/<str:campaign_id>", by_method(INSTANTLY, GET=workspace.campaign)),
    path("api/v2/webhooks", by_method(INSTANTLY, GET=workspace.webhooks, POST=workspace.create_webhook)),
    path("api/v2/webhooks/event-types", by_method(INSTANTLY, GET=workspace.event_types)),
    path(
        "api/v2/webhooks/<str:webhook_id>",
        by_method(INSTANTLY, GET=workspace.webhook, PATCH=workspace.update_webhook, DELETE=workspace.delete_webhook),
    ),
    path("api/v2/webhooks/<str:webhook_id>/resume", by_method(INSTANTLY, POST=workspace.resume)),
    path("api/v2/emails", by_method(INSTANTLY, GET=emails.emails)),
    path("api/v2/emails/reply", by_method(INSTANTLY, POST=emails.reply)),
    path("api/v2/emails/<str:email_id>", by_method(INSTANTLY, GET=emails.email)),
    path("api/v2/leads/list", by_method(INSTANTLY, POST=leads.search)),
    path("api/v2/leads/update-interest-status", by_method(INSTANTLY, POST=leads.interest)),
    path("api/v2/leads/<str:lead_id>", by_method(INSTANTLY, GET=leads.lead, PATCH=leads.patch)),
    path("api/v2/block-lists-entries", by_method(INSTANTLY, GET=leads.blocked, POST=leads.block)),
]
