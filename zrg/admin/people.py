"""Accounts and groups. Who may make whom powerful: only superusers give staff, groups and permissions."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from zrg.groups import GROUPS
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import ago, pill
from zrg.web.admin_filters import AnswerFilter
from zrg.workspaces.models import Membership, User

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class MembershipsInline(TabularInline):
    model = Membership
    autocomplete_fields = ("workspace",)
    fields = ("workspace", "role")
    extra = 0
    tab = True
    hide_title = True
    verbose_name_plural = "Workspaces"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("workspace")


class KindFilter(AnswerFilter):
    title = "kind of account"
    parameter_name = "kind"
    ANSWERS = {
        "staff": ("Ops staff", Q(is_staff=True)),
        "super": ("Superusers", Q(is_superuser=True)),
        "off": ("Switched off", Q(is_active=False)),
    }


@admin.register(User)
class UserAdmin(OpsAdmin, DjangoUserAdmin):
    form = ModelForm  # without the password: not even its hash is shown
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "kind", "seen", "joined")
    list_filter = (KindFilter,)
    search_fields = ("email", "name")
    search_help_text = "An e-mail address or a name."
    ordering = ("email",)
    readonly_fields = ("set_password", "second_factor", "last_login", "date_joined")
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    inlines = (MembershipsInline,)
    fieldsets = (
        (None, {"fields": ("email", "name", "is_active", "set_password", "second_factor")}),
        ("The admin", {"fields": ("is_staff", "is_superuser", "groups")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else (*own, *(name for name in POWERS if name != "user_permissions"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody takes over an account that is more powerful than their own."""
        if obj is not None and (obj.is_superuser or obj.is_staff) and not request.user.is_superuser:
            return bool(obj.pk == request.user.pk and super().has_change_permission(request, obj))
        return super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    @display(description="Password")
    def set_password(self, user: User) -> SafeString | str:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="zrg-link" href="{}">Set a new one</a>', url)

    @display(description="Second factor")
    def second_factor(self, user: User) -> SafeString:
        return pill("Set up", "ok") if is_mfa_enabled(user) else pill("None", "warn" if user.is_staff else "plain")

    @display(description="Account")
    def kind(self, user: User) -> SafeString:
        if not user.is_active:
            return pill("Switched off", "plain")
        return (
            pill("Superuser", "warn") if user.is_superuser else pill("Staff", "info") if user.is_staff else pill("User")
        )

    @display(description="Last sign-in", ordering="last_login")
    def seen(self, user: User) -> SafeString | str:
        return ago(user.last_login)

    @display(description="Since", ordering="date_joined")
    def joined(self, user: User) -> SafeString | str:
        return ago(user.date_joined)


# allauth's own pages: they show second factors' secrets, and let sessions be read.
for _model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(_model)
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(OpsAdmin, DjangoGroupAdmin):
    """ZRG's own three groups are set back to their table (zrg/groups.py) with every `migrate`; others are yours."""

    list_display = ("name", "whose")
    search_fields = ("name",)
    ordering = ("name",)
    can_delete = True
    filter_horizontal = ("permissions",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser and not (obj is not None and obj.name in GROUPS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @display(description="")
    def whose(self, group: Group) -> SafeString:
        return pill("ZRG's own", "info") if group.name in GROUPS else pill("Yours")
