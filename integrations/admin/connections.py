"""Connections: accounts at providers, their state, their addresses, what is missing (spec 01)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from integrations import accounts, connecting, health, remedies
from integrations.addresses import webhook_url
from integrations.admin.connection_form import ConnectionForm
from integrations.completeness import lacking
from integrations.models import Connection, EmailBisonHost, WebhookEvent
from integrations.providers import adapter_class
from integrations.providers.base import Health
from zrg.web.admin_actions import confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin, OutsideTransaction
from zrg.web.admin_display import ago, list_url, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter

log = structlog.get_logger(__name__)

Status = Connection.Status
TONES = {Status.OK: "ok", Status.FAILING: "danger", Status.DISCONNECTED: "danger", Status.UNCHECKED: "warn"}


def status_pill(connection: Connection) -> SafeString:
    """The connection's state in a word."""
    return pill(connection.get_status_display(), TONES[Status(connection.status)])


class DownFilter(AnswerFilter):
    """Those somebody has to look after."""

    title = "whether it works"
    parameter_name = "down"
    ANSWERS = {
        "yes": ("Down", Q(status__in=[Status.FAILING, Status.DISCONNECTED])),
        "errors": ("Had errors in the last hour", lambda: Q(last_error_at__gt=timezone.now() - timedelta(hours=1))),
        "no": ("Works", Q(status=Status.OK)),
    }


@admin.register(Connection)
class ConnectionAdmin(OpsAdmin, OutsideTransaction):
    form = ConnectionForm
    list_display = ("provider", "workspace", "state", "external_id", "last_success", "last_error_line")
    list_select_related = ("workspace",)
    list_filter = (
        DownFilter,
        ("status", ChoicesDropdownFilter),
        ("provider", ChoicesDropdownFilter),
        ("workspace", AutocompleteFilter),
    )
    search_fields = ("external_id", "workspace__name")
    search_help_text = "The account's id at the provider, or the workspace's name."
    ordering = ("workspace__name", "provider")
    autocomplete_fields = ("workspace",)
    actions = ("test_connections", "renew_address", "disconnect")
    actions_detail = ("renew_address_this", "disconnect_this")
    change_form_outer_before_template = "admin/integrations/connection/panel.html"
    fieldsets = ((None, {"fields": ("host", "external_id", "api_key", "webhook_secret")}),)
    add_fieldsets = (
        (None, {"fields": ("workspace", "provider", "host", "external_id", "api_key", "webhook_secret", "switch")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        return (
            () if self.has_change_permission(request, obj) or obj is None else ("workspace", "provider", "external_id")
        )

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        """Of an existing one only its provider's fields; secrets only for who may write them."""
        if obj is None:
            return self.add_fieldsets
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("workspace", "provider", "host", "external_id")}),)
        fields = [name for name in ConnectionForm(instance=obj).fields if name not in {"workspace", "provider"}]
        return ((None, {"fields": fields}),)

    def get_form(self, request: HttpRequest, obj: Connection | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form's own fields are declared: Django need not find them on the model."""
        if obj is not None and self.has_change_permission(request, obj):
            kwargs["fields"] = ()
        elif obj is None:
            kwargs["fields"] = ("workspace", "provider")
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:
        """The form has saved it, through `connect`; what the provider said is told."""
        if form.found is not None:
            self._tell(request, obj, form.found)

    # ── The panel above the form ───────────────────────────────────────────────
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        connection = self.get_object(request, object_id)
        panel = self._panel(request, connection) if connection else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **panel})

    def _panel(self, request: HttpRequest, connection: Connection) -> dict[str, Any]:
        may_operate = self.has_operate_permission(request)
        mine = Q(workspace=connection.workspace_id) | Q(workspace=None)  # of no workspace: a signature did not fit
        away = remedies.standing(provider=connection.provider).filter(mine)
        return {
            "connection": connection,
            "state": status_pill(connection),
            "webhook_url": webhook_url(connection) if may_operate else "",
            "may_operate": may_operate,
            "may_test": may_operate and adapter_class(connection.provider) is not None,
            "test_url": reverse("admin:integrations_connection_test", args=[connection.pk]),
            "missing": lacking(connection),
            "turned_away": [remedies.told(row, timezone.get_current_timezone()) for row in away[:5]],
            "deliveries_url": list_url(
                WebhookEvent, workspace__id__exact=connection.workspace_id, provider__exact=connection.provider
            ),
            "others": accounts.others_of(connection),
            "last_success": ago(connection.last_success_at),
            "last_error": ago(connection.last_error_at) if connection.last_error else "",
        }

    # ── Testing ────────────────────────────────────────────────────────────────
    def get_custom_urls(self) -> tuple[Any, ...]:
        return (("<uuid:pk>/test/", "integrations_connection_test", self.test_view),)

    def test_view(self, request: HttpRequest, pk: Any, **_: Any) -> HttpResponse:
        """One harmless real call, outside of any transaction; only by POST."""
        connection = self.get_object(request, str(pk))
        if connection is None or request.method != "POST" or not self.has_operate_permission(request):
            raise Http404
        self._test(request, connection)
        return HttpResponseRedirect(reverse("admin:integrations_connection_change", args=[pk]))

    def _test(self, request: HttpRequest, connection: Connection) -> bool:
        found = health.test(connection)
        log.info("connection_tested", connection=str(connection.pk), ok=found.is_ok, by=str(request.user.pk))
        self._tell(request, connection, found)
        return found.is_ok

    def _tell(self, request: HttpRequest, connection: Connection, found: Health) -> None:
        if found.is_ok:
            messages.success(request, f"{connection}: it works. {found.text}")
        else:
            messages.error(request, f"{connection}: {found.text}")

    @confirmed(
        "Test",
        explain="Each provider gets one harmless call with the credentials we have. It may take some seconds each.",
        submit="Test",
        at_most=10,
    )
    def test_connections(self, request: HttpRequest, ids: list[Any]) -> str:
        chosen = list(self.get_queryset(request).filter(pk__in=ids).select_related("workspace"))
        works = sum(self._test(request, connection) for connection in chosen)
        return f"{works} of {count_of(len(chosen), 'connection')} work."

    # ── Changing ───────────────────────────────────────────────────────────────
    @confirmed(
        "New webhook address",
        explain="The old address is dead at once: deliveries to it are turned away until the new one is entered at the "
        "provider. Do this when the address has leaked.",
        submit="Make a new address",
        danger=True,
        at_most=50,
    )
    def renew_address(self, request: HttpRequest, ids: list[Any]) -> str:
        for connection in self.get_queryset(request).filter(pk__in=ids):
            connecting.renew_webhook_token(connection, by=None)
        return f"{count_of(len(ids), 'new address', 'new addresses')}. Enter it at the provider now."

    @confirmed(
        "Disconnect",
        explain="The connection, its credentials and its webhook address are removed; conversations stay.",
        submit="Disconnect",
        danger=True,
        at_most=50,
    )
    def disconnect(self, request: HttpRequest, ids: list[Any]) -> str:
        for connection in self.get_queryset(request).filter(pk__in=ids):
            connecting.disconnect(connection, by=None)
        return f"{count_of(len(ids), 'connection')} removed."

    renew_address_this = for_one("renew_address", "New webhook address", icon="key")
    disconnect_this = for_one("disconnect", "Disconnect", icon="link_off", variant=ActionVariant.DANGER)

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="State", ordering="status")
    def state(self, connection: Connection) -> SafeString:
        return status_pill(connection)

    @display(description="Last success", ordering="last_success_at")
    def last_success(self, connection: Connection) -> SafeString | str:
        return ago(connection.last_success_at)

    @display(description="Last error", ordering="last_error_at")
    def last_error_line(self, connection: Connection) -> SafeString | str:
        return short(connection.last_error)


class HostForm(forms.ModelForm):
    """Another name for an instance moves its accounts along, so it must not be that of accounts we know."""

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"])
        if not self.instance._state.adding and "host" in self.changed_data and accounts.is_known_host(host):
            raise ValidationError(
                "There are accounts at this host already: it is another instance. Add it to the list."
            )
        return host


@admin.register(EmailBisonHost)
class EmailBisonHostAdmin(OpsAdmin):
    """The allow-list: no provider call ever goes to a host that is not on it."""

    form = HostForm
    list_display = ("host", "note")
    search_fields = ("host", "note")
    can_delete = True

    def save_model(self, request: HttpRequest, obj: EmailBisonHost, form: Any, change: bool) -> None:
        """Under its new name the instance stays the one it is."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and "host" in form.changed_data:
                accounts.rename_host(form.initial["host"], obj.host)
