"""The little grammar the languages write their opt-out rules in, and its compiler.

A rule is a line of items: `NOT CONTACT ~2 ME`.
- `word`, `a/b/c`, `stem*` (also `elimin*me`), `two_words`; `CAPITALS` name a word class of the language;
- `item?` may be missing; `~3` is up to three words of any kind;
- `!a/b` refuses these words next;
- `^` is the start of a clause, after greetings and politeness; `$` its end, before politeness and a sign-off;
- `ä ö ü` also match their two-letter spelling.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

from inbox.optout.text import fold


class Intent(StrEnum):
    """What a rule says the lead means. The guards of a match depend on it."""

    UNSUBSCRIBE = "unsubscribe"  # "unsubscribe me": a command
    REMOVE = "remove"  # "take me off your list": a command
    STOP = "stop"  # "stop emailing me": a command
    WISH = "wish"  # "I want to unsubscribe", "how do I get off this list?"
    REFUSAL = "refusal"  # "don't contact me again": a forbidding command
    UNWANTED = "unwanted"  # "I don't want to receive your mails"
    COMPLAINT = "complaint"  # "you still haven't removed me"
    DATA = "data"  # erasure, objection, withdrawn consent
    THREAT = "threat"  # legal steps, reports, blocking
    HOSTILE = "hostile"  # "leave me alone"
    BARE = "bare"  # the clause is the word: "STOP", "unsubscribe please"


# "I will not unsubscribe": the gaps of these rules hold no negation.
_COMMANDING = frozenset({Intent.UNSUBSCRIBE, Intent.REMOVE, Intent.STOP, Intent.WISH})


@dataclass(frozen=True)
class Rule:
    """One line. `needs` are the word items without which it cannot match: a cheap first look. Its pattern is compiled
    when that look first finds them: all of them at once would have a new process answer its first reply a second late.
    """

    intent: Intent
    language: str
    expression: str
    needs: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression)


@dataclass(frozen=True)
class Language:
    """The words and rules of one language, as written in `inbox/optout/languages/`."""

    code: str
    rules: tuple[tuple[str, str], ...]
    words: Mapping[str, str] = field(default_factory=dict)
    bare: str = ""
    # What may stand around a bare word or a command without changing it.
    polite: str = ""
    # Words after which a name may follow: "thanks Ann".
    signoff: str = ""
    greeting: str = ""
    me: str = ""
    # A negator before a command, with only `through` words between, turns it around: "don't unsubscribe me".
    negators: str = ""
    through: str = ""
    # Languages that negate behind the verb: "melden Sie mich nicht ab".
    late_negators: str = ""
    # Left of a command, these say that a negation complains: "why don't you stop", "you don't stop".
    complains: tuple[str, ...] = ()
    # Somebody else does it: "our customers unsubscribe".
    others: str = ""
    # Commas stand inside one request ("Hören Sie auf, mir zu schreiben"), so its clauses are also read as one.
    joins_clauses: bool = False
    # A subject right before a command makes it a statement: "we stop sending in December".
    subjects: str = ""
    # Sentences that instruct a reader or talk about the subject: footers, questions about a product.
    not_meant: tuple[str, ...] = ()
    # The verb is about something else in this sentence: a meeting, a quote, a contract.
    other_matter: tuple[str, ...] = ()
    # "Don't call me before ten": only for now.
    deferrals: tuple[str, ...] = ()
    # "Don't call, e-mail is better": another way is asked for.
    redirects: tuple[str, ...] = ()
    # Words that make a refusal last; then "contact Ann instead" does not soften it.
    forever: str = ""
    # The rest of the message is glad: a lone "Stop!" is a figure of speech.
    glad: tuple[str, ...] = ()


_UMLAUTS = {"ä": "(?:a|ae)", "ö": "(?:o|oe)", "ü": "(?:u|ue)"}


def word_pattern(word: str) -> str:
    """Return the regular expression of one word or stem, without its border."""
    parts = []
    for char in word:
        if char == "*":
            parts.append(r"[\w-]*")
        elif char == "_":
            parts.append(" ")
        else:
            parts.append(_UMLAUTS.get(char) or re.escape(fold(char)))
    return "".join(parts)


def alternatives(words: Iterable[str]) -> str:
    """Return one group that matches any of the words, longest first."""
    return "(?:" + "|".join(word_pattern(word) for word in sorted(words, key=len, reverse=True)) + ")"


class Compiler:
    """Turns the lines of one language into regular expressions over clauses (`"word word "`)."""

    def __init__(self, language: Language, *, polite: str, signoff: str, greeting: str) -> None:
        self.language = language
        self._negator = alternatives(language.negators.split())
        politeness = alternatives(polite.split())
        self._start = rf"\A(?:{alternatives(greeting.split())} (?:\S+ )??)?(?:{politeness} )*"
        self._end = rf"(?:{politeness} )*(?:{alternatives(signoff.split())} (?:\S+ ){{0,3}})?\Z"

    def rule(self, intent: Intent, line: str) -> Rule:
        items = [item for item in line.split() if not item.endswith("?") and item[0] not in "~^$!"]
        needs = frozenset(self._key(item) for item in items)
        return Rule(intent, self.language.code, self.expression(line, intent), needs)

    def bare(self, words: str) -> Rule:
        expression = f"{self._start}(?:{alternatives(words.split())} )+{self._end}"
        key = _remember(self.language.code, "BARE", words.split())
        return Rule(Intent.BARE, self.language.code, expression, frozenset({key}))

    def expression(self, line: str, intent: Intent | None = None) -> str:
        """The line as a regular expression."""
        items = line.split()
        border = "" if items[0] == "^" else r"(?<!\S)"
        unsaid = f"(?!{self._negator} )" if intent in _COMMANDING else ""
        return border + "".join(self._item(item, unsaid) for item in items)

    def _item(self, item: str, unsaid: str) -> str:
        if item == "^":
            return self._start
        if item == "$":
            return self._end
        if item.startswith("~"):
            return rf"(?:{unsaid}\S+ ){{0,{int(item[1:])}}}?"
        if item.startswith("!"):
            return f"(?!{alternatives(self._words(item[1:]))} )"
        optional = item.endswith("?")
        group = f"(?:{alternatives(self._words(item.rstrip('?')))} )"
        return group + "?" if optional else group

    def _words(self, item: str) -> list[str]:
        found: list[str] = []
        for name in item.split("/"):
            found.extend(self.language.words[name].split() if name.isupper() else [name])
        return found

    def _key(self, item: str) -> str:
        return _remember(self.language.code, item, self._words(item))


# item key → pattern of the first word of each of its alternatives
_EXACT: dict[str, set[str]] = {}
_STEMS: dict[str, re.Pattern[str]] = {}


def _remember(language: str, item: str, words: list[str]) -> str:
    key = f"{language}:{item}"
    firsts = {word.split("_")[0] for word in words}
    stems = sorted(first for first in firsts if any(c in first for c in "*äöü"))
    for first in firsts.difference(stems):
        _EXACT.setdefault(fold(first), set()).add(key)
    if stems:
        _STEMS[key] = re.compile(alternatives(stems))
    return key


@lru_cache(maxsize=32768)
def keys_of(word: str) -> frozenset[str]:
    """Return the items (of all languages) this word can stand for."""
    stems = {key for key, pattern in _STEMS.items() if pattern.fullmatch(word)}
    return frozenset(stems | _EXACT.get(word, set()))
