"""The setters' pages. `/` is the inbox: every deep link goes there (spec 01)."""

from django.urls import path

from inbox.views import composer, conversation, conversation_list, drafts, lead_panel, live, merging, reply_settings

app_name = "inbox"

urlpatterns = [
    path("", conversation_list.inbox, name="inbox"),
    path("live", live.live, name="live"),
    path("inbox/refresh", live.refresh, name="refresh"),
    path("inbox/<uuid:lead_id>/read", conversation.read, name="read"),
    path("inbox/<uuid:lead_id>/done", conversation.done, name="done"),
    path("inbox/<uuid:lead_id>/reopen", conversation.reopen, name="reopen"),
    path("inbox/<uuid:lead_id>/assign", conversation.assign, name="assign"),
    path("inbox/<uuid:lead_id>/promote", conversation.promote, name="promote"),
    path("inbox/<uuid:lead_id>/merge/<int:suggestion_id>", merging.merge, name="merge"),
    path("inbox/<uuid:lead_id>/dismiss/<int:suggestion_id>", merging.dismiss, name="dismiss"),
    path("inbox/<uuid:lead_id>/unmerge/<uuid:merge_id>", merging.unmerge, name="unmerge"),
    path("inbox/<uuid:lead_id>/reply", composer.send, name="reply"),
    path("inbox/<uuid:lead_id>/composer", drafts.composer, name="composer"),
    path("inbox/<uuid:lead_id>/draft", drafts.again, name="draft_again"),
    path("inbox/<uuid:lead_id>/sentiment", lead_panel.sentiment, name="sentiment"),
    path("inbox/<uuid:lead_id>/memory", lead_panel.memory, name="memory"),
    path("inbox/drafts/<uuid:draft_id>/approve", drafts.approve, name="draft_approve"),
    path("inbox/drafts/<uuid:draft_id>/reject", drafts.reject, name="draft_reject"),
    path("inbox/drafts/<uuid:draft_id>/hold", drafts.hold, name="draft_hold"),
    path("settings/<uuid:workspace_id>/replies", reply_settings.replies, name="settings_replies"),
    path("inbox/messages/<uuid:message_id>/original", conversation.original, name="original"),
    path("inbox/messages/<uuid:message_id>/undo", composer.undo, name="undo"),
    path("inbox/messages/<uuid:message_id>/retry", composer.retry, name="retry"),
    path("inbox/messages/<uuid:message_id>/sent", composer.mark_sent, name="mark_sent"),
]
