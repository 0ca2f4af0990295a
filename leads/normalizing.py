"""One spelling for every name a person is known by (spec 03): pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import phonenumbers

from integrations.events import Person

# In matching order: the first kind that hits wins.
ORDER: tuple[str, ...] = (
    "ghl_contact",
    "emailbison_lead",
    "smartlead_lead",
    "instantly_lead",
    "linkedin_member",
    "linkedin_url",
    "email",
    "phone",
)
RANK = {kind: rank for rank, kind in enumerate(ORDER)}

SHARED_LOCAL_PARTS = frozenset({"info", "sales", "office", "contact", "admin", "hello", "support"})

# Mail services of everybody, by the first part of their domains: two addresses there have nothing in common.
_FREE_MAIL = frozenset(
    {
        *("gmail", "googlemail", "yahoo", "ymail", "rocketmail", "hotmail", "outlook", "live", "msn", "aol", "icloud"),
        *("me", "mac", "proton", "protonmail", "pm", "gmx", "web", "t-online", "freenet", "mail", "inbox", "email"),
        *("yandex", "zoho", "zohomail", "fastmail", "hey", "tuta", "tutanota", "hushmail", "posteo", "mailbox"),
        *("orange", "wanadoo", "free", "laposte", "sfr", "libero", "virgilio", "tiscali", "alice", "tin", "wp", "o2"),
        *("onet", "interia", "seznam", "centrum", "comcast", "verizon", "att", "sbcglobal", "bellsouth", "cox"),
        *("charter", "earthlink", "juno", "frontier", "optonline", "rogers", "shaw", "btinternet", "sky", "talktalk"),
        *("virginmedia", "ntlworld", "bigpond", "optusnet", "telenet", "skynet", "ziggo", "home", "planet", "bluewin"),
        *("sapo", "terra", "uol", "bol", "ig", "qq", "163", "126", "sina", "naver", "daum", "rediffmail"),
    }
)

_UNFIT = r"@\s<>\"',;()\x00-\x1f\x7f\ud800-\udfff"  # in no address; the last three PostgreSQL could not even hold
_EMAIL = re.compile(rf"[^{_UNFIT}]+@[^{_UNFIT}]+\.[^{_UNFIT}.]{{2,}}")
_LINKEDIN_HOST = re.compile(r"(?:[a-z]{2,3}\.|www\.|m\.)?linkedin\.com")


def email(raw: str) -> str:
    """Trimmed and lower-cased, plus-tags and dots kept; empty when it is no address."""
    value = raw.strip().strip("<>").lower()
    return value if len(value) <= 254 and _EMAIL.fullmatch(value) else ""


def phone(raw: str, region: str) -> str:
    """E.164, read with the workspace's region where no country code is given; empty when it is no number."""
    if not raw or len(raw) > 60:
        return ""
    try:
        number = phonenumbers.parse(raw, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def linkedin_url(raw: str) -> str:
    """linkedin.com/in/<id>, lower-cased, without query; empty for anything but a person's profile."""
    text = raw.strip()
    if not text or len(text) > 400:
        return ""
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if not _LINKEDIN_HOST.fullmatch(host) or len(steps) < 2 or steps[0].lower() != "in":
        return ""
    return f"linkedin.com/in/{steps[1].strip().lower()}"


def is_shared(address: str) -> bool:
    """A desk rather than a person: info@, sales@ … matches weakly."""
    return address.partition("@")[0] in SHARED_LOCAL_PARTS


def is_free_mail(domain: str) -> bool:
    """A mail service whose addresses belong to anybody: gmail.com, yahoo.co.uk …"""
    return domain.partition(".")[0] in _FREE_MAIL


def names(person: Person, *, region: str) -> list[tuple[str, str]]:
    """Every identity of the person as (kind, value), normalized, strongest kind first, each once."""
    found: list[tuple[str, str]] = []
    for kind, raw in person.names:
        value = linkedin_url(raw) if kind == "linkedin_url" else raw.strip()[:320]
        if kind in RANK and value and not (person.is_company_page and kind.startswith("linkedin")):
            found.append((kind, value))
    found.append(("email", email(person.email)))
    found.append(("phone", phone(person.phone, region)))
    unique = dict.fromkeys((kind, value) for kind, value in found if value)
    return sorted(unique, key=lambda name: RANK[name[0]])
