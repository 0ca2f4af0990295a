"""Webhook addresses, below /api/webhooks/. A trailing slash is taken too: it is easily typed."""

from django.urls import re_path

from integrations.webhooks import WebhookView

_ENDPOINTS = {
    "ghl/sms": "ghl",
    "email": "emailbison",
    "smartlead": "smartlead",
    "instantly": "instantly",
    "linkedin": "unipile",
}

app_name = "webhooks"
urlpatterns = [
    re_path(rf"^{path}(?:/(?P<token>[^/]+))?/?$", WebhookView.as_view(provider=provider), name=provider)
    for path, provider in _ENDPOINTS.items()
] + [
    # One address for the whole app: the button says which workspace it is for.
    re_path(r"^slack/interactions/?$", WebhookView.as_view(provider="slack"), name="slack"),
]
