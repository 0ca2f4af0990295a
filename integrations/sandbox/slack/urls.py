"""Slack's addresses under `/slack/`."""

from __future__ import annotations

from django.urls import path

from integrations.sandbox.gate import by_method
from integrations.sandbox.slack import web_api
from integrations.sandbox.slack.answers import GATE

_METHODS = {
    "auth.test": web_api.auth_test,
    "conversations.list": web_api.list_channels,
    "users.lookupByEmail": web_api.lookup_by_email,
    "conversations.open": web_api.open_conversation,
    "chat.postMessage": web_api.post_message,
    "chat.update": web_api.update_message,
}

urlpatterns = [
    *(path(f"api/{name}", by_method(GATE.dialect, GET=view, POST=view)) for name, view in _METHODS.items()),
    path("services/<str:team>/<str:service>/<str:secret>", by_method(GATE.dialect, POST=web_api.incoming_webhook)),
]
