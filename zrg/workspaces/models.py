"""People and tenants (spec 01): User, Workspace, Membership."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from zrg.lib.ids import uuid7

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; the e-mail is trimmed and lower-cased, no password means it cannot be used to sign in."""
        if not email.strip():
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account of the ops staff that sees every workspace."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, error_messages={"unique": "Somebody with this e-mail has an account."})
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("may open the admin", default=False)
    is_active = models.BooleanField(default=True, help_text="Switch off instead of deleting: their history stays.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email_whatever_its_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        parts = self.name.split() or [self.email]
        return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else parts[0][1:2])).upper()


def validate_timezone(value: str) -> None:
    """Raise ValidationError unless `value` is an IANA time zone."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a time zone. Use a name like America/New_York or Europe/Berlin.")


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def for_user(self, user: User | AnonymousUser) -> Self:
        """Workspaces this person may open: owned or member of; a superuser all. Archived ones are hidden (spec 01)."""
        if not user.is_authenticated:
            return self.none()
        live = self.filter(archived_at=None)
        if user.is_superuser:
            return live
        return live.filter(
            models.Q(owner=user) | models.Exists(Membership.objects.filter(workspace=models.OuterRef("pk"), user=user))
        )


@pghistory.track()
class Workspace(models.Model):
    """One client of the agency: the tenant boundary. Webhook URLs call its id `clientId`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_workspaces")
    timezone = models.CharField(max_length=64, default="America/New_York", validators=[validate_timezone])
    phone_region = models.CharField(
        max_length=2, default="US", help_text="How phone numbers without a country code are read, as in US, GB or DE."
    )
    setters_see_all = models.BooleanField(
        default=True, help_text="Off: setters see the leads assigned to them and the unassigned ones."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(Lower("name"), name="workspace_by_lower_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def tzinfo(self) -> zoneinfo.ZoneInfo:
        """The workspace's own time zone."""
        return zoneinfo.ZoneInfo(self.timezone)


class Role(models.TextChoices):
    ADMIN = "ADMIN", "Admin"
    INBOX_MANAGER = "INBOX_MANAGER", "Inbox manager"
    SETTER = "SETTER", "Setter"
    PORTAL = "PORTAL", "Client portal"


@pghistory.track()
class Membership(models.Model):
    """What a person is in a workspace. OWNER is not stored: it is `Workspace.owner`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_person_and_workspace"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} as {self.get_role_display()}"
