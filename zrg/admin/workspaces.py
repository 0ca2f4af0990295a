"""A workspace on one page: its settings of each domain as tabs, its connections, its people (spec 01)."""

from __future__ import annotations

from typing import Any

import pghistory.core
from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.enums import ActionVariant

from booking.models import BookingSettings
from followups.models import FollowUpSettings
from inbox.models import ReplySettings
from integrations.addresses import webhook_url
from integrations.completeness import lacking, readable_secrets
from integrations.models import EMAIL_PLATFORMS, Connection, IgnoredDeliveries, Provider
from leads.models import AssignmentSettings, PrivacySettings
from notifications.models import NotificationSettings
from zrg.ai.models import AiSettings, QualificationQuestion
from zrg.web.admin_actions import confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin, ReadOnlyInline, SettingsInline
from zrg.web.admin_display import ago, change_url, copyable, link, list_url, pill, short
from zrg.web.admin_filters import AnswerFilter
from zrg.workspaces import archiving
from zrg.workspaces.models import Membership, Workspace

_TONES = {"ok": "ok", "failing": "danger", "disconnected": "danger", "unchecked": "warn"}


class MembersInline(TabularInline):
    model = Membership
    autocomplete_fields = ("user",)
    fields = ("user", "role")
    extra = 0
    tab = True
    hide_title = True
    verbose_name_plural = "Members"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user")


class ConnectionsInline(ReadOnlyInline):
    """Looked at here, changed on their own pages, where secrets are write-only."""

    model = Connection
    fields = ("account", "state", "external_id", "address", "last_success", "error_line")
    readonly_fields = fields
    verbose_name_plural = "Connections"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.may_see_address = request.user.has_perm("integrations.change_connection")
        return super().get_formset(request, obj, **kwargs)

    @display(description="Provider")
    def account(self, connection: Connection) -> SafeString | str:
        return link(connection, connection.get_provider_display())

    @display(description="State")
    def state(self, connection: Connection) -> SafeString:
        return pill(connection.get_status_display(), _TONES[connection.status])

    @display(description="Webhook address")
    def address(self, connection: Connection) -> SafeString | str:
        url = webhook_url(connection) if self.may_see_address else ""
        return copyable(url) if url else "–"

    @display(description="Last success")
    def last_success(self, connection: Connection) -> SafeString | str:
        return ago(connection.last_success_at)

    @display(description="Last error")
    def error_line(self, connection: Connection) -> SafeString | str:
        return short(connection.last_error, 60)


class QuestionsInline(TabularInline):
    model = QualificationQuestion
    fields = ("order", "text", "required", "active")
    extra = 0
    tab = True
    hide_title = True
    verbose_name_plural = "Questions"


def _settings(of: type[Model], title: str, **more: Any) -> type[SettingsInline]:
    given = {"model": of, "verbose_name": title, "verbose_name_plural": title}
    return type(f"{of.__name__}Inline", (SettingsInline,), {**given, **more})


SETTINGS = (
    _settings(AiSettings, "AI"),
    _settings(ReplySettings, "Replies", autocomplete_fields=("reviewers",)),
    _settings(AssignmentSettings, "Assignment", exclude=("last_index",)),
    _settings(BookingSettings, "Booking"),
    _settings(FollowUpSettings, "Follow-ups"),
    _settings(NotificationSettings, "Notifications"),
    _settings(PrivacySettings, "Privacy"),
)


class ArchivedFilter(AnswerFilter):
    title = "whether it is archived"
    parameter_name = "archived"
    ANSWERS = {"no": ("Live", Q(archived_at=None)), "yes": ("Archived", Q(archived_at__isnull=False))}


@admin.register(Workspace)
class WorkspaceAdmin(OpsAdmin):
    list_display = ("name", "owner", "state", "connected", "timezone", "created")
    list_select_related = ("owner",)
    list_filter = (ArchivedFilter,)
    search_fields = ("name", "owner__email", "id__iexact")
    search_help_text = "A workspace's name, its owner's e-mail, or its id (the clientId of webhook URLs)."
    ordering = ("name",)
    autocomplete_fields = ("owner",)
    inlines = (MembersInline, ConnectionsInline, *SETTINGS, QuestionsInline)
    actions = ("archive", "restore")
    actions_detail = ("archive_this", "restore_this")
    change_form_outer_before_template = "admin/workspaces/workspace/checklist.html"
    fieldsets = (
        (None, {"fields": ("name", "owner", ("timezone", "phone_region"), "setters_see_all")}),
        ("About", {"fields": ("client_id", "state", "archived_at", "created_at", "updated_at")}),
    )
    add_fieldsets = ((None, {"fields": ("name", "owner", ("timezone", "phone_region"), "setters_see_all")}),)
    readonly_fields = ("client_id", "state", "archived_at", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("connections")

    def get_inlines(self, request: HttpRequest, obj: Workspace | None) -> Any:
        """A new one gets its settings with its first save; then they are edited."""
        return self.inlines if obj else (MembersInline,)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        workspace = self.get_object(request, object_id)
        more = {"checklist": checklist(workspace), "workspace": workspace} if workspace else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def history_sources(self, obj: Model) -> list[tuple[type[Model], Q]]:
        """With the settings, members and connections: one thinks of them as of one thing."""
        parts = [model for model in _tracked_parts() if pghistory.core.event_models(tracks_model=model)]
        return [*super().history_sources(obj), *((model, Q(workspace_id=obj.pk)) for model in parts)]

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="State", ordering="archived_at")
    def state(self, workspace: Workspace) -> SafeString:
        return pill("Archived", "plain") if workspace.archived_at else pill("Live", "ok")

    @display(description="Connections")
    def connected(self, workspace: Workspace) -> SafeString | str:
        pills = [
            pill(connection.get_provider_display(), _TONES[connection.status])
            for connection in workspace.connections.all()
        ]
        return format_html(" ".join(["{}"] * len(pills)), *pills) if pills else "none"

    @display(description="Made", ordering="created_at")
    def created(self, workspace: Workspace) -> SafeString | str:
        return ago(workspace.created_at)

    @display(description="Id (clientId)")
    def client_id(self, workspace: Workspace) -> SafeString:
        return copyable(str(workspace.pk))

    # ── Actions ────────────────────────────────────────────────────────────────
    @confirmed(
        "Archive",
        explain="Archived workspaces are hidden from their people, their webhooks are answered and ignored, and "
        "nothing is sent. They can be restored as they were.",
        submit="Archive",
        danger=True,
        at_most=100,
    )
    def archive(self, request: HttpRequest, ids: list[Any]) -> str:
        done = sum(archiving.archive(workspace, by=request.user) for workspace in Workspace.objects.filter(pk__in=ids))
        return f"{count_of(done, 'workspace')} archived."

    @confirmed("Restore", explain="They are as they were before they were archived.", submit="Restore", at_most=100)
    def restore(self, request: HttpRequest, ids: list[Any]) -> str:
        done = sum(archiving.restore(workspace, by=request.user) for workspace in Workspace.objects.filter(pk__in=ids))
        return f"{count_of(done, 'workspace')} restored."

    archive_this = for_one("archive", "Archive", icon="archive", variant=ActionVariant.DANGER)
    restore_this = for_one("restore", "Restore", icon="unarchive")

    def fitting(self, obj: Workspace) -> tuple[str, ...]:
        """Of archive and restore the one that applies."""
        return ("restore_this",) if obj.archived_at else ("archive_this",)


def _tracked_parts() -> list[type[Model]]:
    return [Membership, Connection, QualificationQuestion, *(inline.model for inline in SETTINGS)]


# ── The set-up checklist ───────────────────────────────────────────────────────
def checklist(workspace: Workspace) -> list[dict[str, Any]]:
    """What each feature still needs here: (title, done, what to do, where), by the functions that gate the features."""
    connections = {connection.provider: connection for connection in workspace.connections.all()}
    lines = [_platform(connections, workspace)]
    lines += [_complete(connection) for connection in connections.values()]
    lines += [_ignored(row) for row in IgnoredDeliveries.objects.filter(workspace=workspace).order_by("-last_at")[:5]]
    lines.append(_people(workspace))
    return lines


def _line(title: str, *, done: bool, to_do: str = "", url: str = "") -> dict[str, Any]:
    return {"title": title, "done": done, "to_do": to_do, "url": url}


def _platform(connections: dict[str, Connection], workspace: Workspace) -> dict[str, Any]:
    platform = next((kind for kind in EMAIL_PLATFORMS if kind in connections), None)
    if platform:
        return _line(f"E-mail through {Provider(platform).label}", done=True)
    add = f"{reverse('admin:integrations_connection_add')}?workspace={workspace.pk}"
    return _line("E-mail", done=False, to_do="No e-mail platform is connected: e-mails cannot be answered.", url=add)


def _complete(connection: Connection) -> dict[str, Any]:
    name, url = connection.get_provider_display(), change_url(connection, connection.pk)
    if readable_secrets(connection) is None:
        return _line(name, done=False, to_do="Its secrets cannot be read: check CREDENTIALS_KEYS.", url=url)
    if fields := lacking(connection):
        return _line(name, done=False, to_do=f"Missing: {', '.join(field.label for field in fields)}.", url=url)
    if connection.status in {Connection.Status.FAILING, Connection.Status.DISCONNECTED}:
        return _line(name, done=False, to_do=connection.last_error or "It does not work: test it.", url=url)
    if connection.status == Connection.Status.UNCHECKED:
        return _line(name, done=False, to_do="Not tested yet: open it and press “Test connection”.", url=url)
    return _line(f"{name} works", done=True, url=url)


def _ignored(row: IgnoredDeliveries) -> dict[str, Any]:
    told = f"{row.count} deliveries turned away: {row.reason}."
    return _line(row.get_provider_display(), done=False, to_do=told, url=list_url(IgnoredDeliveries))


def _people(workspace: Workspace) -> dict[str, Any]:
    if workspace.memberships.exists():
        return _line("Somebody besides the owner works here", done=True)
    return _line("People", done=False, to_do="Only the owner has access: add members below.")
