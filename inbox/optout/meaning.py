"""Whether a matched clause is meant: the guards that look around it.

Negation ("don't unsubscribe me"), somebody else's act ("our customers unsubscribe"), a footer's instruction ("reply
STOP to opt out"), a refusal only for now or only of one way ("don't call before ten", "e-mail is better").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from inbox.optout import rulebook
from inbox.optout.grammar import Intent, Rule
from inbox.optout.rulebook import Guards
from inbox.optout.text import Sentence

_COMMANDS = frozenset({Intent.UNSUBSCRIBE, Intent.REMOVE, Intent.STOP})
# With "me" in them these are the lead's own words, whatever the sentence looks like.
_OWN = _COMMANDS | {Intent.WISH, Intent.COMPLAINT, Intent.DATA, Intent.HOSTILE}
# What is looked at left and right of a match, in characters: keeps every guard constant in time.
_REACH = 90
_TEXTS = re.compile(r"\b(?:text|texts|texting|sms|messag\w+|msg|mensajes?|nachrichten)\b")


class Said:
    """The whole message. What the guards find in it is kept, so that no sentence is searched twice for the same."""

    def __init__(self, sentences: list[Sentence], *, texts_count: bool) -> None:
        self.sentences = sentences
        self.texts_count = texts_count
        self._found: dict[tuple[int, re.Pattern[str]], list[str]] = {}

    def everywhere(self, pattern: re.Pattern[str] | None) -> list[str]:
        """Return what the pattern finds in all sentences."""
        return [found for sentence in self.sentences for found in self.within(sentence, pattern)]

    def within(self, sentence: Sentence, pattern: re.Pattern[str] | None) -> list[str]:
        """Return what the pattern finds in one sentence."""
        if pattern is None:
            return []
        key = (id(sentence), pattern)
        if key not in self._found:
            self._found[key] = [found.group() for found in pattern.finditer(sentence.text)]
        return self._found[key]


@dataclass(frozen=True)
class Case:
    """One match with all that surrounds it."""

    said: Said
    sentence: Sentence
    clause: str
    rule: Rule
    match: re.Match[str]

    @property
    def left(self) -> str:
        return self.clause[max(0, self.match.start() - _REACH) : self.match.start()]

    @property
    def around(self) -> str:
        return self.clause[max(0, self.match.start() - _REACH) : self.match.end() + _REACH]

    def shares_words_with(self, other: "Case") -> bool:
        """Whether a match in another language covers some of the same words."""
        overlap = self.match.start() < other.match.end() and other.match.start() < self.match.end()
        return overlap and self.rule.language != other.rule.language

    @property
    def names_the_sender(self) -> bool:
        """Whether the rule's own words say "me", "us" or "my"."""
        return bool(self.guards.me.search(self.match.group()))

    @property
    def is_explicit(self) -> bool:
        """Whether only somebody who means themselves or their own address would say this."""
        return self.names_the_sender or self.rule.intent in (Intent.REMOVE, Intent.DATA)

    @property
    def guards(self) -> Guards:
        return rulebook.guards(self.rule.language)


def is_meant(case: Case) -> bool:
    """Whether no guard of the rule's intent objects."""
    return not any(guard(case) for guard in _CHECKS[case.rule.intent])


def _negated(case: Case) -> bool:
    guards = case.guards
    if guards.late:
        after = case.clause[case.match.start() : case.match.end()] + _next_words(case, 2)
        if guards.late.search(after):
            return True
    if not guards.negated.search(case.left):
        return False
    return not (guards.complains and guards.complains.search(case.left))


def _next_words(case: Case, count: int) -> str:
    words = case.clause[case.match.end() : case.match.end() + _REACH].split()[:count]
    return " ".join(words) + " "


def _by_others(case: Case) -> bool:
    """Someone else does it: anywhere before a match without "me", right before one with it."""
    guards = case.guards
    if not guards.others:
        return False
    if case.names_the_sender:
        return bool(guards.others.search(" ".join(case.left.split()[-2:]) + " "))
    return bool(guards.others.search(case.around))


def _stated(case: Case) -> bool:
    subject = case.guards.subject
    return bool(subject and subject.search(case.left))


def _instructed(case: Case) -> bool:
    """A sentence for a reader, or about the thing itself; but one that says "me" is the lead's own."""
    guards = case.guards
    if guards.other_matter and guards.other_matter.search(case.around):
        return True
    if case.rule.intent in _OWN and case.names_the_sender:
        return False
    english = rulebook.guards("en")  # footers are often English, whatever word in them another language knows
    return any(case.said.within(case.sentence, found.not_meant) for found in (guards, english))


def _deferred(case: Case) -> bool:
    deferred = case.guards.deferred
    return bool(deferred and deferred.search(case.around))


def _redirected(case: Case) -> bool:
    """Another way is asked for. After "never again" it has to be a way to the lead, not to a colleague."""
    guards = case.guards
    if not guards.redirected or (case.said.texts_count and _TEXTS.search(case.clause)):
        return False
    ways = case.said.everywhere(guards.redirected)
    if guards.forever and guards.forever.search(case.match.group() + _next_words(case, 4)):
        return any(guards.me.search(way) for way in ways)
    return bool(ways)


def _glad(case: Case) -> bool:
    return bool(case.said.everywhere(case.guards.glad))


_Check = Callable[[Case], bool]
_CHECKS: dict[Intent, tuple[_Check, ...]] = {
    Intent.UNSUBSCRIBE: (_negated, _stated, _by_others, _instructed),
    Intent.REMOVE: (_negated, _stated, _by_others, _instructed),
    Intent.STOP: (_negated, _stated, _by_others, _instructed, _redirected),
    Intent.WISH: (_negated, _by_others, _instructed),
    Intent.REFUSAL: (_stated, _by_others, _instructed, _deferred, _redirected),
    Intent.UNWANTED: (_by_others, _instructed, _deferred),
    Intent.COMPLAINT: (_by_others, _instructed),
    Intent.DATA: (_negated, _by_others, _instructed),
    Intent.THREAT: (_negated, _by_others),
    Intent.HOSTILE: (_negated, _instructed),
    Intent.BARE: (_instructed, _glad),
}
