"""Who and what the demo is made of. All addresses are example.com's, all numbers 555."""

from __future__ import annotations

from dataclasses import dataclass

from zrg.workspaces.models import Role

PASSWORD = "harbor-demo-2026"  # noqa: S105 -- the demo's own, printed by `make up`; refused in production


@dataclass(frozen=True)
class Player:
    """Somebody who can sign in."""

    email: str
    name: str
    does: str
    role: str = ""  # in Harbor Payroll; empty for the ops staff and the owner


OPS = Player("ops@zrg.example.com", "Robin Vale", "Ops staff: admin and every workspace")
OWNER = Player("dana@agency.example.com", "Dana Ortiz", "Owner of the demo workspaces")
TEAM = (
    Player("iris@agency.example.com", "Iris Novak", "Inbox manager", Role.INBOX_MANAGER),
    Player("mara@agency.example.com", "Mara Lindqvist", "Setter", Role.SETTER),
    Player("theo@agency.example.com", "Theo Brandt", "Setter", Role.SETTER),
    Player("client@harbor.example.com", "Paula Reyes", "Client portal, reads only", Role.PORTAL),
)


@dataclass(frozen=True)
class House:
    """A workspace and its accounts at the sandbox."""

    name: str
    timezone: str
    emailbison: str
    ghl: str
    unipile: str
    senders: tuple[str, ...]
    campaigns: tuple[str, ...]
    phone: str


HARBOR = House(
    "Harbor Payroll",
    "America/New_York",
    emailbison="7",
    ghl="loc_harbor",
    unipile="acc_harbor",
    senders=("nora@harbor.example.com", "nora@getharbor.example.com"),
    campaigns=("Ops leaders, Midwest", "Warehouses over 100 people"),
    phone="+13135550100",
)
NORTHWIND = House(
    "Northwind Solar",
    "America/Denver",
    emailbison="8",
    ghl="loc_northwind",
    unipile="acc_northwind",
    senders=("leo@northwind.example.com",),
    campaigns=("Roof owners, Colorado",),
    phone="+13035550100",
)
HOUSES = (HARBOR, NORTHWIND)
