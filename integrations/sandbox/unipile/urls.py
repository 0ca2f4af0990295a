"""Unipile's addresses under `/unipile/api/v1/`."""

from __future__ import annotations

from django.urls import include, path

from integrations.sandbox.gate import by_method
from integrations.sandbox.unipile import api
from integrations.sandbox.unipile.answers import DIALECT

_v1 = [
    path("accounts", by_method(DIALECT, GET=api.all_accounts)),
    path("accounts/<str:account_id>", by_method(DIALECT, GET=api.account)),
    path("chats", by_method(DIALECT, GET=api.chats, POST=api.begin)),
    path("chats/<str:chat_id>", by_method(DIALECT, GET=api.chat)),
    path("chats/<str:chat_id>/attendees", by_method(DIALECT, GET=api.attendees)),
    path("chats/<str:chat_id>/messages", by_method(DIALECT, GET=api.chat_messages, POST=api.say)),
    path("messages", by_method(DIALECT, GET=api.messages)),
    path("users/me", by_method(DIALECT, GET=api.me)),
    path("users/invite", by_method(DIALECT, POST=api.invite)),
    path("users/invite/sent", by_method(DIALECT, GET=api.invitations)),
    path("users/invite/sent/<str:invitation_id>", by_method(DIALECT, DELETE=api.withdraw)),
    path("users/relations", by_method(DIALECT, GET=api.relations)),
    path("users/<str:identifier>", by_method(DIALECT, GET=api.profile)),
]
urlpatterns = [path("api/v1/", include(_v1))]
