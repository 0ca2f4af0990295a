"""EmailBison's addresses under `/emailbison/`."""

from __future__ import annotations

from django.urls import path, re_path

from integrations.sandbox.emailbison import leads_api as leads
from integrations.sandbox.emailbison import replies_api as replies
from integrations.sandbox.emailbison import workspace_api as workspace
from integrations.sandbox.emailbison.answers import BISON
from integrations.sandbox.gate import by_method

_MARKS = "mark-as-(?:interested|not-interested|read-or-unread|automated-or-not-automated)"

urlpatterns = [
    path("api/users", by_method(BISON, GET=workspace.user)),
    path("api/campaigns", by_method(BISON, GET=workspace.campaigns)),
    path("api/campaigns/<int:campaign_id>", by_method(BISON, GET=workspace.campaign)),
    path("api/campaigns/<int:campaign_id>/leads/stop-future-emails", by_method(BISON, POST=leads.stop_future_emails)),
    path("api/sender-emails", by_method(BISON, GET=workspace.senders)),
    path("api/sender-emails/<str:sender_id>", by_method(BISON, GET=workspace.sender)),
    path("api/scheduled-emails/<int:mail_id>", by_method(BISON, GET=workspace.scheduled_email)),
    path("api/webhook-url", by_method(BISON, GET=workspace.webhooks, POST=workspace.create_webhook)),
    path(
        "api/webhook-url/<int:webhook_id>",
        by_method(BISON, GET=workspace.webhook, PUT=workspace.update_webhook, DELETE=workspace.delete_webhook),
    ),
    path("api/webhook-events/event-types", by_method(BISON, GET=workspace.event_types)),
    path("api/webhook-events/sample-payload", by_method(BISON, GET=workspace.sample_payload)),
    path("api/webhook-events/test-event", by_method(BISON, POST=workspace.test_event)),
    path("api/replies", by_method(BISON, GET=replies.replies)),
    path("api/replies/new", by_method(BISON, POST=replies.send_new)),
    path("api/replies/<int:reply_id>", by_method(BISON, GET=replies.reply)),
    path("api/replies/<int:reply_id>/conversation-thread", by_method(BISON, GET=replies.thread)),
    path("api/replies/<int:reply_id>/reply", by_method(BISON, POST=replies.send_reply)),
    path("api/replies/<int:reply_id>/unsubscribe", by_method(BISON, PATCH=replies.unsubscribe)),
    path("api/replies/<int:reply_id>/attach-scheduled-email-to-reply", by_method(BISON, POST=replies.attach)),
    re_path(rf"^api/replies/(?P<reply_id>\d+)/(?P<action>{_MARKS})$", by_method(BISON, PATCH=replies.mark)),
    path("api/leads", by_method(BISON, GET=leads.leads, POST=leads.create)),
    path("api/leads/multiple", by_method(BISON, POST=leads.create_many)),
    path("api/leads/create-or-update/<str:name>", by_method(BISON, POST=leads.create_or_update)),
    path("api/leads/<str:name>", by_method(BISON, GET=leads.lead, PATCH=leads.patch, PUT=leads.put)),
    path("api/leads/<str:name>/replies", by_method(BISON, GET=leads.replies_of)),
    re_path(
        r"^api/leads/(?P<name>[^/]+)/(?P<which>sent-emails|scheduled-emails)$", by_method(BISON, GET=leads.mails_of)
    ),
    path("api/leads/<str:name>/unsubscribe", by_method(BISON, PATCH=leads.unsubscribe)),
    path("api/leads/<str:name>/update-status", by_method(BISON, PATCH=leads.update_status)),
    path("api/leads/<str:name>/blacklist", by_method(BISON, POST=leads.blacklist)),
    path("api/custom-variables", by_method(BISON, GET=leads.variables, POST=leads.create_variable)),
    path("api/blacklisted-emails", by_method(BISON, POST=leads.blacklist_address)),
    path("api/blacklisted-domains", by_method(BISON, POST=leads.blacklist_domain)),
]
