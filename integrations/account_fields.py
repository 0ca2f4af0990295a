"""What a connection to each provider is made of: the fields of its form, API and check-list (spec 01). Pure.

Secrets go into Connection.credentials under `name`, encrypted and never shown again. The account's id and the host are
columns of the connection; their `name` is the column's.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.models import Provider

COLUMNS = ("external_id", "host")


@dataclass(frozen=True, slots=True)
class Field:
    """One input: its key, its label, one line of help."""

    name: str
    label: str
    help: str
    is_secret: bool = False
    is_needed: bool = True


_REQUIRED_HELP = "Sent by the provider with every webhook; webhooks without it are refused."


def _optional_secret(help_text: str) -> Field:
    return Field("webhook_secret", "Webhook secret", help_text, is_secret=True, is_needed=False)


FIELDS: dict[Provider, tuple[Field, ...]] = {
    Provider.EMAILBISON: (
        Field("host", "Host", "The instance this workspace's account is on."),
        Field(
            "external_id",
            "Workspace id",
            "The number of the workspace at EmailBison. With another host or number it is another account: "
            "conversations stay, but only mails of the account connected here can be answered.",
        ),
        Field("api_key", "API key", "A key of the kind api-user, made inside that workspace.", is_secret=True),
        _optional_secret(
            "Leave it empty: EmailBison cannot send one, and webhooks without it would be refused. Only for a proxy of "
            "yours that adds the header X-Webhook-Secret."
        ),
    ),
    Provider.GHL: (
        Field("external_id", "Location id", "Settings → Business Profile of the sub-account shows it."),
        Field(
            "api_key",
            "Private integration key",
            "Settings → Private Integrations of the sub-account; begins with pit-.",
            is_secret=True,
        ),
        _optional_secret(
            "Optional. Webhooks without it are then refused: send it as the custom data “secret” or as the header "
            "X-Webhook-Secret."
        ),
    ),
    Provider.SMARTLEAD: (
        Field("api_key", "API key", "Settings → SmartLead API key.", is_secret=True),
        Field("webhook_secret", "Webhook secret", _REQUIRED_HELP, is_secret=True),
    ),
    Provider.INSTANTLY: (
        Field(
            "api_key",
            "API key",
            "Settings → Integrations → API keys (version 2), with the scopes all:all, or emails, leads, webhooks and "
            "block lists.",
            is_secret=True,
        ),
        Field(
            "external_id",
            "Workspace id",
            "Optional: the test then notices a key of another Instantly workspace.",
            is_needed=False,
        ),
        Field("webhook_secret", "Webhook secret", _REQUIRED_HELP, is_secret=True),
    ),
    Provider.SLACK: (
        Field("api_key", "Bot token", "OAuth & Permissions of the Slack app; begins with xoxb-.", is_secret=True),
    ),
    Provider.UNIPILE: (Field("external_id", "Account id", "The id of the LinkedIn account in the Unipile dashboard."),),
}


def missing(provider: str, *, external_id: str, host: str, secrets: dict[str, str]) -> list[Field]:
    """The needed fields that have no value yet: what the set-up check-list and the forms ask for."""
    values = {**secrets, "external_id": external_id, "host": host}
    fields = FIELDS.get(Provider(provider), ())
    return [field for field in fields if field.is_needed and not values.get(field.name, "").strip()]
