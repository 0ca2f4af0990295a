"""One form for every provider: its fields come from integrations/account_fields.py, its rules from connecting.py.

Secrets are written, never read: their inputs are always empty, and empty means "keep what is there".
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError

from integrations import connecting
from integrations.account_fields import COLUMNS, FIELDS, Field
from integrations.completeness import readable_secrets
from integrations.connecting import Given, NeedsConfirmation
from integrations.credentials import hint
from integrations.models import EMAIL_PLATFORMS, Connection, EmailBisonHost, Provider
from integrations.providers.base import Health
from zrg.web import forms as web_forms
from zrg.workspaces.models import User, Workspace

SWITCH = "switch"  # a field's name
FORGET = "forget_"  # and the name of a secret that an account may do without


class AccountForm(forms.Form):
    """A workspace's account at one provider, new or known."""

    def __init__(self, *args: Any, workspace: Workspace, kind: Provider, connection: Connection | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.workspace, self.kind, self.connection = workspace, kind, connection
        secrets = readable_secrets(connection) if connection else {}
        for told in FIELDS[kind]:
            self.fields[told.name] = self._secret(told, secrets) if told.is_secret else self._plain(told)
            if told.is_secret and not told.is_needed and (secrets or {}).get(told.name):
                label = f"Remove the {told.label.lower()}"
                self.fields[FORGET + told.name] = _switch(label, "Webhooks are then taken without one.")
        if old := self._other_platform():
            self.fields[SWITCH] = _switch(
                f"Remove {old.get_provider_display()}",
                "A workspace sends e-mail through one platform. Its credentials go, conversations stay.",
            )

    def _secret(self, told: Field, secrets: dict[str, str] | None) -> forms.CharField:
        shown = "cannot be read" if secrets is None else hint(secrets.get(told.name, ""))
        attrs = {"autocomplete": "new-password", "spellcheck": "false", "placeholder": shown}
        kept = f"Now: {shown}. Leave empty to keep it. " if secrets is None or secrets.get(told.name) else ""
        return forms.CharField(
            label=told.label, required=False, help_text=kept + told.help, widget=forms.PasswordInput(attrs=attrs)
        )

    def _plain(self, told: Field) -> forms.Field:
        now = getattr(self.connection, told.name) if self.connection else ""
        given: dict[str, Any] = {"label": told.label, "required": False, "help_text": told.help, "initial": now}
        if told.name != "host":
            return forms.CharField(max_length=120, **given)
        hosts = EmailBisonHost.objects.values_list("host", flat=True)[:500]
        return forms.ChoiceField(choices=[("", "Choose"), *((host, host) for host in hosts)], **given)

    def _other_platform(self) -> Connection | None:
        old = connecting.email_platform(self.workspace) if self.kind in EMAIL_PLATFORMS else None
        return old if old and old.provider != self.kind else None

    def connect(self, *, by: User) -> Health | None:
        """Save and test: what was found. None where something is wrong, which is then said beside its field. Raises
        NotAllowed."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        try:
            _, found = connecting.connect_and_test(
                workspace=self.workspace,
                provider=self.kind,
                given=self._given(),
                by=by,
                confirmed=bool(given.get(SWITCH)),
            )
        except NeedsConfirmation as needs:
            self.add_error(SWITCH if SWITCH in self.fields else None, str(needs))
        except ValidationError as error:
            self._tell(error)
        except ImproperlyConfigured as error:
            self.add_error(None, str(error))
        else:
            return found
        return None

    def _given(self) -> Given:
        given = self.cleaned_data
        return Given(
            **{name: given[name] for name in COLUMNS if name in given},
            secrets={told.name: given[told.name] for told in FIELDS[self.kind] if told.is_secret},
            forget=[name.removeprefix(FORGET) for name in given if name.startswith(FORGET) and given[name]],
        )

    def _tell(self, error: ValidationError) -> None:
        by_field = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        for name, said in by_field.items():
            self.add_error(name if name in self.fields else None, said)


def _switch(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, help_text=help_text, widget=forms.CheckboxInput(attrs=web_forms.SWITCH)
    )
