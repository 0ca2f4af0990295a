"""GoHighLevel's addresses under `/ghl/`; collections answer with and without the last slash."""

from __future__ import annotations

from django.urls import path, re_path

from integrations.sandbox.gate import by_method
from integrations.sandbox.ghl import contacts_api as contacts
from integrations.sandbox.ghl import conversations_api as conversations
from integrations.sandbox.ghl.answers import HIGH_LEVEL

urlpatterns = [
    re_path(r"^contacts/?$", by_method(HIGH_LEVEL, POST=contacts.create)),
    path("contacts/upsert", by_method(HIGH_LEVEL, POST=contacts.upsert)),
    path("contacts/search", by_method(HIGH_LEVEL, POST=contacts.search)),
    path("contacts/search/duplicate", by_method(HIGH_LEVEL, GET=contacts.search_duplicate)),
    path(
        "contacts/<str:contact_id>",
        by_method(HIGH_LEVEL, GET=contacts.contact, PUT=contacts.update, DELETE=contacts.delete),
    ),
    path("contacts/<str:contact_id>/tags", by_method(HIGH_LEVEL, POST=contacts.tag, DELETE=contacts.tag)),
    path("locations/<str:location_id>", by_method(HIGH_LEVEL, GET=contacts.location)),
    path("locations/<str:location_id>/customFields", by_method(HIGH_LEVEL, GET=contacts.custom_fields)),
    re_path(r"^conversations/?$", by_method(HIGH_LEVEL, POST=conversations.create)),
    path("conversations/search", by_method(HIGH_LEVEL, GET=conversations.search)),
    path("conversations/messages", by_method(HIGH_LEVEL, POST=conversations.send)),
    path("conversations/messages/export", by_method(HIGH_LEVEL, GET=conversations.export)),
    path("conversations/messages/<str:message_id>", by_method(HIGH_LEVEL, GET=conversations.message)),
    path("conversations/messages/<str:message_id>/status", by_method(HIGH_LEVEL, PUT=conversations.set_status)),
    path("conversations/<str:conversation_id>/messages", by_method(HIGH_LEVEL, GET=conversations.messages)),
]
