"""The form of a connection: a thin coat around integrations.connecting, so that admin, pages and API follow one rule.

Secrets are written, never read: their inputs are always empty, and empty means "keep what is there".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from integrations import connecting
from integrations.account_fields import FIELDS, Field
from integrations.completeness import readable_secrets
from integrations.connecting import Given, NeedsConfirmation
from integrations.credentials import hint
from integrations.models import EMAIL_PLATFORMS, Connection, EmailBisonHost, Provider
from integrations.providers.base import Health

_SECRET = {"autocomplete": "new-password", "spellcheck": "false"}
SECRETS = ("api_key", "webhook_secret")
FORGET = "forget_webhook_secret"
VALUES = ("host", "external_id", *SECRETS)


class ConnectionForm(forms.ModelForm):
    """Adding: workspace and provider too. Valid, it has saved: `instance` is the connection, `found` how it is."""

    found: Health | None = None

    api_key = forms.CharField(label="API key", required=False, widget=UnfoldAdminPasswordWidget(attrs=_SECRET))
    webhook_secret = forms.CharField(
        label="Webhook secret", required=False, widget=UnfoldAdminPasswordWidget(attrs=_SECRET)
    )
    forget_webhook_secret = forms.BooleanField(
        label="Remove the webhook secret", required=False, help_text="Webhooks are then taken without one."
    )
    host = forms.ChoiceField(label="Host", required=False, widget=UnfoldAdminSelectWidget())
    external_id = forms.CharField(label="Account id", required=False, widget=UnfoldAdminTextInputWidget())
    switch = forms.BooleanField(
        label="Remove the other e-mail platform",
        required=False,
        help_text="A workspace sends e-mail through one platform. Tick this to remove the one it has, with its "
        "credentials; conversations stay.",
    )

    class Meta:
        model = Connection
        fields = ("workspace", "provider")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance._state.adding
        kinds = FIELDS if self.is_new else {Provider(self.instance.provider): ()}
        if "provider" in self.fields:
            self.fields["provider"].choices = [("", "Choose"), *((kind.value, kind.label) for kind in kinds)]
            self.fields["provider"].widget.attrs["data-fields"] = json.dumps(_fields_by_provider())  # zrg/admin.js
        self.fields["host"].choices = [("", "Choose"), *((host, host) for host in self._hosts())]
        if self.is_new:
            self.fields.pop(FORGET)
        else:
            self._fit_to_provider()

    def _hosts(self) -> list[str]:
        wanted = self.is_new or self.instance.provider == Provider.EMAILBISON
        return list(EmailBisonHost.objects.values_list("host", flat=True)[:500]) if wanted else []

    def _fit_to_provider(self) -> None:
        """Only this provider's fields, with its own labels, and a hint of what is configured."""
        known = {field.name: field for field in FIELDS.get(Provider(self.instance.provider), ())}
        secrets = readable_secrets(self.instance)
        self.order_fields((*VALUES, FORGET))
        for name in (*VALUES, "switch"):
            if name not in known:
                self.fields.pop(name, None)
            elif name in self.fields:
                self._describe(known[name], secrets)
        secret = known.get("webhook_secret")
        if secret is None or secret.is_needed or not (secrets or {}).get("webhook_secret"):
            self.fields.pop(FORGET)

    def _describe(self, told: Field, secrets: dict[str, str] | None) -> None:
        field = self.fields[told.name]
        field.label, field.help_text = told.label, told.help
        if not told.is_secret:
            field.initial = getattr(self.instance, told.name)
            return
        shown = "cannot be read (check CREDENTIALS_KEYS)" if secrets is None else hint(secrets.get(told.name, ""))
        field.widget.attrs["placeholder"] = shown
        if secrets is None or secrets.get(told.name):
            field.help_text = f"Now: {shown}. Leave empty to keep it. {told.help}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            self._connect(given)
        return given

    def _connect(self, given: dict[str, Any]) -> None:
        """Save here, where what is wrong can still be said beside its field. In no transaction: providers are called
        (OutsideTransaction)."""
        workspace = given.get("workspace") or self.instance.workspace
        provider = given.get("provider") or self.instance.provider
        if self.is_new and Connection.objects.filter(workspace=workspace, provider=provider).exists():
            self.add_error("provider", "This workspace is connected to it already: open that connection to change it.")
            return
        own = {field.name for field in FIELDS[Provider(provider)]}
        entered = Given(
            external_id=given.get("external_id", ""),
            host=given.get("host", "") if "host" in own else "",
            secrets={name: given.get(name, "") for name in SECRETS if name in own},
            forget=["webhook_secret"] if given.get(FORGET) else [],
        )
        try:
            self.instance, self.found = connecting.connect_and_test(
                workspace=workspace,
                provider=provider,
                given=entered,
                by=None,  # staff with the permission; the history knows who
                confirmed=bool(given.get("switch")),
            )
        except NeedsConfirmation as needs:
            self.add_error("switch", str(needs))
        except ValidationError as error:
            self._tell(error)
        except ImproperlyConfigured as error:
            self.add_error(None, str(error))

    def _tell(self, error: ValidationError) -> None:
        by_field = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        for name, messages in by_field.items():
            self.add_error(name if name in self.fields else None, messages)

    def _post_clean(self) -> None:
        """`connect` has validated and saved already."""

    def save(self, commit: bool = True) -> Connection:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing of the kind."""


def _fields_by_provider() -> dict[str, dict[str, dict[str, str]]]:
    """Which inputs of the form each provider has, and what they are called there."""
    return {kind.value: {**_inputs(fields), **_switch(kind)} for kind, fields in FIELDS.items()}


def _inputs(fields: Sequence[Field]) -> dict[str, dict[str, str]]:
    return {field.name: {"label": field.label, "help": field.help} for field in fields}


def _switch(kind: Provider) -> dict[str, dict[str, str]]:
    return {"switch": {}} if kind in EMAIL_PLATFORMS else {}
