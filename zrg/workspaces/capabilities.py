"""Which role may do what: the one table of spec 01, used by pages, API and admin alike."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """What somebody is in a workspace; OWNER and superusers count as ADMIN."""

    ADMIN = "ADMIN"
    INBOX_MANAGER = "INBOX_MANAGER"
    SETTER = "SETTER"
    PORTAL = "PORTAL"


class Capability(StrEnum):
    SEE_LEADS = "see conversations, leads and appointments"
    SEE_ANALYTICS = "see analytics"
    REPLY = "reply, schedule, approve and reject drafts"
    BOOK = "book, move and cancel meetings"
    WORK_TASKS = "tasks, notes and snooze"
    EDIT_LEADS = "edit a lead"
    MANAGE_LEADS = "reassign, bulk actions, merge and undo a merge"
    MOVE_DATA = "import and export leads"
    OVERRULE = "overrule a disqualification"
    SEE_SETTINGS = "see settings"
    CHANGE_SETTINGS = "change settings"
    MANAGE_TEAM = "manage the team"
    HANDLE_PERSONAL_DATA = "export or erase personal data, lift a suppression"
    OPERATE = "replay and retry"


_EVERYONE = frozenset(Standing)
_WORKERS = frozenset({Standing.ADMIN, Standing.INBOX_MANAGER, Standing.SETTER})
_MANAGERS = frozenset({Standing.ADMIN, Standing.INBOX_MANAGER})
_ADMINS = frozenset({Standing.ADMIN})

WHO_MAY: dict[Capability, frozenset[Standing]] = {
    Capability.SEE_LEADS: _EVERYONE,
    Capability.SEE_ANALYTICS: _EVERYONE,
    Capability.REPLY: _WORKERS,
    Capability.BOOK: _WORKERS,
    Capability.WORK_TASKS: _WORKERS,
    Capability.EDIT_LEADS: _WORKERS,
    Capability.MANAGE_LEADS: _MANAGERS,
    Capability.MOVE_DATA: _MANAGERS,
    Capability.OVERRULE: _MANAGERS,
    Capability.SEE_SETTINGS: _EVERYONE,
    Capability.CHANGE_SETTINGS: _ADMINS,
    Capability.MANAGE_TEAM: _ADMINS,
    Capability.HANDLE_PERSONAL_DATA: _ADMINS,
    Capability.OPERATE: _ADMINS,
}
