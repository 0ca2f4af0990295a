"""The setters' pages. `/` is the inbox: every deep link goes there (spec 01)."""

from django.urls import path

from inbox.views import composer, conversation, conversation_list, live, merging

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
    path("inbox/messages/<uuid:message_id>/original", conversation.original, name="original"),
    path("inbox/messages/<uuid:message_id>/undo", composer.undo, name="undo"),
    path("inbox/messages/<uuid:message_id>/retry", composer.retry, name="retry"),
    path("inbox/messages/<uuid:message_id>/sent", composer.mark_sent, name="mark_sent"),
]
