"""Links, e-mail addresses, handles and telephone numbers in a draft that are not the workspace's own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import light

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]++@[\w-]++(?:\.[\w-]++)*")
_SPELT_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s?[\[({<]\s?(?:at|@|ät|arroba|chiocciola|aapje|małpa|snabel-a)\s?[\])}>]", re.I
)
_HANDLE = re.compile(r"\S{0,40}@[^\s,;]{0,60}")
_SCHEME = re.compile(
    r"\b(?:(?:h(?:tt|xx|\*\*)ps?|ftps?)\s?:\s?|(?:mailto|tel|sms|javascript|data|file|wss?):)[^\s<>\"]{1,2000}", re.I
)
_HOST_START = re.compile(r"(?<![\w@])(?:xn\s{0,4}-\s{0,4}-|(?:www\d?\s?\.\s?|//)[\w-])", re.I)
# Any name with a dot inside and letters behind the last one: what is a top-level domain changes every month.
_DOMAIN = re.compile(r"(?<![\w@-])[\w-]++(?:\.[\w-]++)++(?::\d{1,5}(?!\d))?(?:[/?#][^\s<>\"]{0,2000})?")
_LABEL = re.compile(r"\.(?:xn--[a-z0-9-]{2,60}|[^\W\d_]{2,24})(?![\w-])", re.I)
_ADDRESS_IN_NUMBERS = re.compile(r"(?<!\w)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)(?:[:/][^\s<>\"]{0,200})?")
_TLD = r"(?:com|net|org|io|edu|gov|xyz|biz|example|ai|dev|ly|gg)"
_MORE_TLD = (
    r"(?:info|zip|app|online|site|shop|store|link|click|top|tech|pro|cloud|agency|co|me|tv|eu|uk|de|fr|es|it|nl|"
    r"pt|se|pl|at|ch|be|us)"
)
_APART = re.compile(
    r"\b[\w-]{2,63}\.[^\W\d_] ?\n ?[^\W\d_]{1,10}\b|\b[\w-]{2,63},(?:com|net|org|io)(?![\w])|"
    rf"\b[\w-]{{1,63}}(?:\s{{1,3}}\.\s{{0,3}}(?:{_TLD}|{_MORE_TLD})|\s{{0,3}}\.\s{{1,3}}{_TLD})(?![\w-])|"
    rf"\b[\w-]{{1,63}}\s{{0,3}}\.\s{{1,3}}{_MORE_TLD}/\w|"
    rf"\b[\w-]{{1,63}}\s{{0,2}}\.\s{{0,2}}\n\s{{0,2}}{_MORE_TLD}(?=\s{{0,2}}(?:\n|\Z|[/.,;)!?]))",
    re.I,
)
_DOT = r"(?:dot|punkt|point|punto|ponto|punt|kropka|prick)"
_SPELT = re.compile(
    rf"\b[\w-]{{1,63}}\s{{0,3}}(?:[\[({{<]\s?(?:{_DOT}|\.)\s?[\])}}>]\s{{0,3}}[^\W\d_]{{2,24}}\b|"
    rf"[\s-]{_DOT}[\s-]{{1,3}}{_TLD}\b|\sdot\s{{1,3}}(?:co|de|fr|nl|se|pl|uk|eu|app|info|link|site|online)\b)",
    re.I,
)
_BOOKING_PATH = re.compile(
    r"\b(?:calendly|linkedin|savvycal|chilipiper|hubspot|zoom|bit|wa|cal|tidycal)\s?/\s?[\w-]", re.I
)
_NUMBER = re.compile(r"(?:(?<![\w.,])|(?<=[^\W\d_]))[+(]{0,2}\d(?:[\s().\-/]{0,3}\d){6,19}(?!\d)")
_LONGER_NUMBER = re.compile(r"\d{21,}")
_IN_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})*[ .]000")
_DATED = re.compile(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d)")
_DIGIT = (
    "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|null|eins|zwei|drei|vier|fünf|sechs|sieben|"
    "acht|neun)"
)
_SPELT_NUMBER = re.compile(rf"\b{_DIGIT}(?:[\s,.-]{{1,3}}{_DIGIT}){{4,}}\b", re.I)
# Abbreviations written with a dot inside.
_NOT_A_DOMAIN = frozenset({"p.ej", "p.es", "s.th", "ph.d", "m.in", "s.r.l", "d.o.o"})
_CLOSING = ".,;:!?'\"”’)]}>*_…"
_LEAST_DIGITS = 7
_LONGEST_PREFIX = 4


@dataclass(frozen=True)
class Known:
    """What the workspace's own texts hold: addresses as compared, numbers as digits."""

    urls: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]


def known(texts: Iterable[str]) -> Known:
    """What several texts hold."""
    found = [_known_in(text) for text in texts]
    return Known(
        frozenset().union(*(one.urls for one in found)),
        frozenset().union(*(one.emails for one in found)),
        frozenset().union(*(one.phones for one in found)),
    )


@lru_cache(maxsize=128)
def _known_in(text: str) -> Known:
    """Kept by text: a workspace's knowledge is the same for all its leads."""
    text = light(text)
    urls = list(_urls(_EMAIL.sub(" ", text)))
    return Known(
        urls=frozenset(map(comparable, urls)) | frozenset(map(_host, urls)),
        emails=frozenset(found.casefold().rstrip(_CLOSING) for found in _EMAIL.findall(text)),
        phones=frozenset(_digits(found) for found in phones(text)),
    )


def links(text: str) -> dict[str, str]:
    """The links of a text as compared → as written, in order."""
    found: dict[str, str] = {}
    for url in _urls(_EMAIL.sub(" ", light(text))):
        found.setdefault(comparable(url), url)
    return found


def check(text: str, allowed: Allowed) -> Iterator[Problem]:
    """Yield a problem for each address in `text` (light) that does not occur in the workspace's own texts."""
    ours = known(allowed.ours)
    yield from _check_emails(text, ours)
    for found in _urls(_EMAIL.sub(" ", text)):
        if comparable(found) not in ours.urls:
            yield problem(Kind.URL, found, "The link {} is not one of ours.")
    for found in phones(text):
        if not _is_known(_digits(found), ours.phones):
            yield problem(Kind.PHONE, found, "The number {} is not one of ours.")


def _check_emails(text: str, ours: Known) -> Iterator[Problem]:
    for found in _EMAIL.findall(text):
        if found.casefold().rstrip(_CLOSING) not in ours.emails:
            yield problem(Kind.EMAIL, found, "The address {} is not one of ours.")
    rest = _EMAIL.sub(" ", text)
    for match in (*_SPELT_EMAIL.finditer(rest), *_HANDLE.finditer(rest)):
        yield problem(Kind.EMAIL, match.group(), "{} looks like an address that is not ours.")


def _urls(text: str) -> Iterator[str]:
    """Everything a mail client or a person could take for a link, each place once."""
    covered = bytearray(len(text))
    for pattern in (_SCHEME, _DOMAIN, _ADDRESS_IN_NUMBERS, _SPELT, _APART, _HOST_START, _BOOKING_PATH):
        for match in pattern.finditer(text):
            found = _trimmed(match.group())
            first, after = match.span()
            if covered[first] or (pattern is _DOMAIN and not _is_domain(found)):
                continue
            covered[first:after] = b"x" * (after - first)
            yield found


def _is_domain(found: str) -> bool:
    """Not a number or an abbreviation."""
    return bool(_LABEL.search(found)) and found.casefold() not in _NOT_A_DOMAIN


def _trimmed(found: str) -> str:
    return found.rstrip(_CLOSING)


def comparable(url: str) -> str:
    """One spelling of an address: scheme, "www.", a last slash and the case of the host do not count, all else does."""
    rest = re.sub(r"^https?\s?:\s?//", "", url.strip(), flags=re.I)
    host, mark, path = re.match(r"([^/?#]*)([/?#]?)(.*)", rest, re.S).groups()  # type: ignore[union-attr]
    return (host.casefold().removeprefix("www.") + mark + path).rstrip("/")


def _host(url: str) -> str:
    return re.split(r"[/?#]", comparable(url), maxsplit=1)[0]


def phones(text: str) -> Iterator[str]:
    """The telephone numbers of a light text, as written; dates and round thousands are none."""
    text = _DATED.sub(" ; ", text)
    for match in _NUMBER.finditer(text):
        if not _IN_THOUSANDS.fullmatch(match.group().strip()):
            yield match.group()
    for pattern in (_SPELT_NUMBER, _LONGER_NUMBER):
        yield from pattern.findall(text)


def _digits(phone: str) -> str:
    digits = "".join(char for char in phone if char.isdigit())
    return digits.lstrip("0") or " ".join(phone.casefold().split())


def _is_known(digits: str, phones: frozenset[str]) -> bool:
    """With or without the country's prefix."""
    if digits in phones:
        return True
    return any(
        min(len(digits), len(own)) >= _LEAST_DIGITS
        and abs(len(digits) - len(own)) <= _LONGEST_PREFIX
        and (own.endswith(digits) or digits.endswith(own))
        for own in phones
    )
