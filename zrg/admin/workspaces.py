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
from integrations.models import Connection, IgnoredDeliveries
from leads.models import AssignmentSettings, PrivacySettings
from notifications.models import NotificationSettings
from zrg import checklist
from zrg.ai.models import AiSettings, QualificationQuestion
from zrg.checklist import About, Line
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
        more = {"checklist": checked(workspace), "workspace": workspace} if workspace else {}
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
def checked(workspace: Workspace) -> list[tuple[Line, str]]:
    """Each line with where it is put right, empty where that is not here."""
    return [(line, _href(line, workspace)) for line in checklist.lines(workspace)]


def _href(line: Line, workspace: Workspace) -> str:
    match line.about:
        case About.CONNECTION:
            own = next((one for one in workspace.connections.all() if one.provider == line.provider), None)
            return change_url(own, own.pk) if own else _add(workspace)
        case About.PLATFORM:
            return _add(workspace)
        case About.TURNED_AWAY:
            return list_url(IgnoredDeliveries, workspace__id__exact=workspace.pk)
        case _:
            return ""


def _add(workspace: Workspace) -> str:
    return f"{reverse('admin:integrations_connection_add')}?workspace={workspace.pk}"
