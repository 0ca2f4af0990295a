"""People as the page shows them: one person may be a lead at EmailBison and a contact at GoHighLevel."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox import accounts
from integrations.sandbox.accounts import Account
from integrations.sandbox.sides import Letter, Person, side_of

_LIMIT = 150


@dataclass
class Someone:
    """One human being of a workspace, with all accounts that know them."""

    known_as: list[Person]

    @property
    def ref(self) -> str:
        """How the page's address names them."""
        return f"{self.known_as[0].account}/{self.known_as[0].id}"

    @property
    def name(self) -> str:
        return self.known_as[0].name

    @property
    def email(self) -> str:
        return next((person.email for person in self.known_as if person.email), "")

    @property
    def phone(self) -> str:
        return next((person.phone for person in self.known_as if person.phone), "")

    @property
    def blocked(self) -> str:
        return ", ".join(person.blocked for person in self.known_as if person.blocked)

    @property
    def channels(self) -> list[str]:
        return [side_of(person.account.partition(":")[0]).channel for person in self.known_as]

    def at(self, provider: str) -> Person | None:
        """The same person as this provider knows them."""
        return next((person for person in self.known_as if person.account.startswith(f"{provider}:")), None)


@dataclass(frozen=True)
class Workspace:
    """Accounts that belong to one client, and the people in them."""

    name: str
    accounts: list[Account]
    people: list[Someone]


def workspaces(search: str = "") -> list[Workspace]:
    """Everybody, grouped by the workspace that the accounts name (or by account)."""
    grouped: dict[str, list[Account]] = {}
    for account in accounts.every():
        if not side_of(account.provider).has_leads:
            continue
        grouped.setdefault(account.workspace or account.name, []).append(account)
    return [Workspace(name, members, _joined(members, search)) for name, members in grouped.items()]


def _joined(members: list[Account], search: str) -> list[Someone]:
    """The people of several accounts, the same e-mail or phone being the same person."""
    found: list[Someone] = []
    by_name: dict[str, Someone] = {}
    for account in members:
        for person in side_of(account.provider).people(account, _LIMIT, search):
            names = [name for name in (person.email, person.phone) if name]
            someone = next((by_name[name] for name in names if name in by_name), None)
            if someone is None or someone.at(account.provider):
                someone = Someone([])
                found.append(someone)
            someone.known_as.append(person)
            by_name.update(dict.fromkeys(names, someone))
    return found


def someone_by(ref: str, groups: list[Workspace]) -> tuple[Workspace, Someone] | None:
    """The person of an address such as `emailbison:7/31`, also when the list does not reach that far."""
    for group in groups:
        for someone in group.people:
            if ref in _refs(someone):
                return group, someone
    return _beyond_list(ref, groups)


def _refs(someone: Someone) -> set[str]:
    """Every way to name them: by the account's id, by e-mail, by phone."""
    return {f"{one.account}/{name}" for one in someone.known_as for name in (one.id, one.email, one.phone) if name}


def _beyond_list(ref: str, groups: list[Workspace]) -> tuple[Workspace, Someone] | None:
    key, _, name = ref.partition("/")
    account = accounts.get(key)
    person = side_of(account.provider).person(account, name) if account else None
    group = next((one for one in groups if key in [member.key for member in one.accounts]), None)
    return (group, Someone([person])) if person and group else None


def letters_of(someone: Someone) -> list[Letter]:
    """What passed between them and the agency on all channels, oldest first."""
    found: list[Letter] = []
    for person in someone.known_as:
        if account := accounts.get(person.account):
            found += side_of(account.provider).letters(account, person)
    return sorted(found, key=lambda letter: letter.at)
