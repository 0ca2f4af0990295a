"""The ops staff's groups and what each may do: one table, written to the database with every `migrate` (spec 15).

They are ZRG's own: each deployment sets them back to this table. To differ, make a group of your own. Nobody outside of
superusers gives permissions away, so `auth` is in none of them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

OPS, SUPPORT, ENGINEERING = "Ops", "Support", "Engineering"

# What there is to look at, by app.
SEEN = ("workspaces", "jobs", "ai", "integrations", "notifications", "leads", "inbox", "booking", "followups")

# (app, model) → verbs beyond seeing. `change` on a read-only history means acting on it: retry, replay, merge, lift.
_SETTINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("workspaces", "workspace"): ("add", "change"),
    ("workspaces", "user"): ("add", "change"),
    ("workspaces", "membership"): ("add", "change", "delete"),
    ("integrations", "connection"): ("add", "change"),
    ("integrations", "emailbisonhost"): ("add", "change", "delete"),
    ("ai", "aisettings"): ("change",),
    ("ai", "persona"): ("add", "change", "delete"),
    ("ai", "knowledgeasset"): ("change", "delete"),
    ("ai", "qualificationquestion"): ("add", "change", "delete"),
    ("ai", "promptoverride"): ("change",),
    ("ai", "promptsnippetoverride"): ("change",),
    ("inbox", "replysettings"): ("change",),
    ("leads", "assignmentsettings"): ("change",),
    ("leads", "privacysettings"): ("change",),
    ("booking", "bookingsettings"): ("change",),
    ("followups", "followupsettings"): ("change",),
    ("notifications", "notificationsettings"): ("change",),
    ("leads", "campaign"): ("change",),
}
_PEOPLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("leads", "lead"): ("change",),
    ("leads", "suppressionentry"): ("add", "change"),
    ("leads", "mergesuggestion"): ("change",),
    ("leads", "merge"): ("add", "change"),
    ("followups", "task"): ("change",),
}
_WORK: dict[tuple[str, str], tuple[str, ...]] = {
    ("integrations", "webhookevent"): ("change",),
    ("inbox", "messagejob"): ("change",),
    ("ai", "knowledgejob"): ("change",),
    ("inbox", "message"): ("change",),
    ("jobs", "functionrun"): ("change",),
    ("jobs", "dispatchwindow"): ("change",),
}
_SCHEDULES: dict[tuple[str, str], tuple[str, ...]] = {
    ("django_celery_beat", model): ("view", "add", "change", "delete")
    for model in ("periodictask", "intervalschedule", "crontabschedule")
}

GROUPS: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {
    OPS: {**_SETTINGS, **_PEOPLE, **_WORK},
    SUPPORT: {},
    ENGINEERING: {**_SETTINGS, **_WORK, **_SCHEDULES},
}


def provide(using: str = "default", **_: Any) -> None:
    """Make the groups and give each what the table says. Receiver of post_migrate: permissions are there by then.
    A dozen queries; changes nothing where nothing differs."""
    for name, verbs in GROUPS.items():
        group, _made = Group.objects.using(using).get_or_create(name=name)
        wanted = set(Permission.objects.using(using).filter(_which(verbs)).values_list("pk", flat=True))
        if wanted != set(group.permissions.using(using).values_list("pk", flat=True)):
            group.permissions.set(wanted)


def _which(verbs: dict[tuple[str, str], tuple[str, ...]]) -> Q:
    """Seeing everything of the house, and the verbs."""
    wanted = Q(content_type__app_label__in=SEEN, codename__startswith="view_")
    wanted |= Q(content_type__app_label="django_celery_beat", codename__startswith="view_")
    for (app, model), names in verbs.items():
        wanted |= Q(content_type__app_label=app, codename__in=[f"{name}_{model}" for name in names])
    return wanted
