"""The lead's own signature carried over, and a name below the draft that is nobody's of ours."""

import re
from collections.abc import Iterator
from functools import lru_cache

from inbox.drafting.guarding.addresses import known
from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import light, plain
from inbox.quoting.contacts import CLOSING

_COLUMNS = re.compile(r"[|•·]|\s[-/]\s")
_WORD = re.compile(r"[^\W_]+")
_LAST_LINES = 12
_LONGEST_NAME = 60
_LONGEST_LINE = 300
# A line of so many words is told from prose wherever it stands.
_TELLING_WORDS = 4
_CARRIED = "The lead's own signature is carried over: {}."


def check(text: str, allowed: Allowed) -> Iterator[Problem]:
    """Yield lines of the lead's signature, its contacts, and a foreign name under the closing. `text` is light."""
    yield from _lines(text, allowed)
    yield from _contacts(text, allowed)
    yield from _signer(text, allowed)


def _lines(text: str, allowed: Allowed) -> Iterator[Problem]:
    ours = _our_words(allowed.ours)
    own = {words: line for line in _signature_lines(allowed) if (words := _words(line)) and f" {words} " not in ours}
    names = {_words(name) for name in allowed.our_names}
    own = {words: line for words, line in own.items() if words not in names and len(words) > 2}
    if not own:
        return
    everything = f" {_words(text)} "
    standing = _standing(text)
    for words, line in own.items():
        if (_is_telling(words, line) and f" {words} " in everything) or words in standing:
            yield problem(Kind.SIGNATURE, line, _CARRIED)


def _signature_lines(allowed: Allowed) -> Iterator[str]:
    for block in allowed.lead_signature:
        for line in light(block).split("\n"):
            if not CLOSING.fullmatch(line.strip()):
                yield line.strip()


def _is_telling(words: str, line: str) -> bool:
    parts = words.split()
    digits = sum(char.isdigit() for char in words)
    return len(parts) >= _TELLING_WORDS or digits >= 4 or (len(parts) >= 2 and bool(re.search(r"[|•·@]", line)))


def _standing(text: str) -> set[str]:
    """The words of each line of its own, and of two or three lines together; a greeting's line is none."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if lines and lines[0].endswith((",", "!", ":")):
        lines = lines[1:]
    words = [_words(line[:_LONGEST_LINE]) for line in lines]
    found: set[str] = set()
    for start in range(len(lines)):
        for size in (1, 2, 3):
            found.add(" ".join(words[start : start + size]))
    for line in lines:
        if len(parts := _COLUMNS.split(line[:_LONGEST_LINE])) > 1:
            found.update(_words(part) for part in parts)
    return found


def _contacts(text: str, allowed: Allowed) -> Iterator[Problem]:
    ours, here = known(allowed.ours), known((text,))
    theirs = known(allowed.lead_contacts)
    for found in sorted(
        (theirs.urls & here.urls) - ours.urls
        | (theirs.emails & here.emails) - ours.emails
        | (theirs.phones & here.phones) - ours.phones
    ):
        yield problem(Kind.SIGNATURE, found, "{} is the lead's own contact.")


def _signer(text: str, allowed: Allowed) -> Iterator[Problem]:
    """The line below the closing must be one of our names or stand in our own texts."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][-_LAST_LINES:]
    if any(re.fullmatch(r"--|—", line) for line in lines):
        yield problem(Kind.SIGNATURE, "--", "A signature block begins with {}.")
    if not allowed.our_names:
        return
    for place, line in enumerate(lines[:-1]):
        name = lines[place + 1]
        if CLOSING.fullmatch(line) and (_is_a_name(name, allowed) or _begins_with_theirs(name, allowed)):
            yield problem(Kind.SIGNATURE, name, "It is signed {}, who is not the sender.")


def _is_a_name(line: str, allowed: Allowed) -> bool:
    return len(line) <= _LONGEST_NAME and not _is_ours(line, allowed)


def _begins_with_theirs(line: str, allowed: Allowed) -> bool:
    """The lead's name with more text behind it."""
    words, names = _words(line), {_words(name) for name in allowed.our_names}
    theirs = {_words(own) for own in _signature_lines(allowed)} - names
    return any(" " in own and words.startswith(f"{own} ") for own in theirs)


def _is_ours(name: str, allowed: Allowed) -> bool:
    words = _words(name)
    if not words or f" {words} " in _our_words(allowed.ours):
        return True
    signer = set(words.split())
    return any(signer <= set(_words(own).split()) for own in allowed.our_names)


def _our_words(ours: tuple[str, ...]) -> str:
    return "\n".join(map(_words_of_lines, ours))


@lru_cache(maxsize=128)
def _words_of_lines(text: str) -> str:
    return "\n".join(f" {_words(line)} " for line in text.split("\n"))


def _words(text: str) -> str:
    return " ".join(_WORD.findall(plain(text)))
