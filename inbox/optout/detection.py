"""Finding the one clause that asks to be left alone, and making sure it is meant.

A clause matches a rule (verb + object + who is meant); then the guards of that rule's intent look around the match:
negation ("don't unsubscribe me"), somebody else's act ("our customers unsubscribe"), a footer's instruction
("reply STOP to opt out"), a refusal only for now or only of one way ("don't call before ten", "e-mail is better").
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from inbox.optout.grammar import Compiler, Intent, Language, Rule, alternatives, keys_of
from inbox.optout.languages import LANGUAGES
from inbox.optout.text import Sentence, sentences

_COMMANDS = frozenset({Intent.UNSUBSCRIBE, Intent.REMOVE, Intent.STOP})
# With "me" in them these are the lead's own words, whatever the sentence looks like.
_OWN = _COMMANDS | {Intent.WISH, Intent.COMPLAINT, Intent.DATA, Intent.HOSTILE}
# What is looked at left and right of a match, in characters: keeps every guard constant in time.
_REACH = 90


@dataclass(frozen=True)
class Found:
    """A meant opt-out: the clause, the rule's intent and language."""

    phrase: str
    intent: Intent
    language: str


@dataclass(frozen=True)
class _Guards:
    negated: re.Pattern[str]
    complains: re.Pattern[str] | None
    late: re.Pattern[str] | None
    others: re.Pattern[str] | None
    subject: re.Pattern[str] | None
    me: re.Pattern[str]
    not_meant: re.Pattern[str] | None
    other_matter: re.Pattern[str] | None
    deferred: re.Pattern[str] | None
    redirected: re.Pattern[str] | None
    glad: re.Pattern[str] | None
    joins_clauses: bool


@cache
def _compiled() -> tuple[tuple[Rule, ...], dict[str, _Guards]]:
    shared = {name: _union(name) for name in ("polite", "signoff", "greeting")}
    rules: list[Rule] = []
    guards: dict[str, _Guards] = {}
    for language in LANGUAGES:
        compiler = Compiler(language, **shared)
        rules.append(compiler.bare(language.bare))
        rules.extend(compiler.rule(Intent(intent), line) for intent, line in language.rules)
        guards[language.code] = _guards(language, compiler)
    return tuple(rules), guards


def _union(name: str) -> str:
    return " ".join(getattr(language, name) for language in LANGUAGES)


def _guards(language: Language, compiler: Compiler) -> _Guards:
    negator, through = alternatives(language.negators.split()), alternatives(language.through.split())
    return _Guards(
        negated=re.compile(rf"(?<!\S){negator} (?:{through} ){{0,6}}\Z"),
        complains=_any(compiler, language.complains),
        late=_words(language.late_negators),
        others=_words(language.others),
        subject=re.compile(rf"(?<!\S){alternatives(language.subjects.split())} \Z") if language.subjects else None,
        me=re.compile(rf"(?<!\S){alternatives(language.me.split())} "),
        not_meant=_any(compiler, language.not_meant),
        other_matter=_any(compiler, language.other_matter),
        deferred=_any(compiler, language.deferrals),
        redirected=_any(compiler, language.redirects),
        glad=_any(compiler, language.glad),
        joins_clauses=language.joins_clauses,
    )


def _any(compiler: Compiler, lines: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{compiler.pattern(line).pattern})" for line in lines)) if lines else None


def _words(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S){alternatives(words.split())} ") if words else None


def find(text: str) -> Found | None:
    """Return the first clause of the text that means an opt-out, else None."""
    said = sentences(text)
    for sentence in said:
        for clause in sentence.clauses:
            if found := _find_in(_matches(clause), clause, sentence, said):
                return found
        if len(sentence.clauses) > 1 and (found := _find_across(sentence, said)):
            return found
    return None


def _find_across(sentence: Sentence, said: list[Sentence]) -> Found | None:
    """Threats ("if you go on, my lawyer ...") and some languages' requests reach over a comma."""
    whole = sentence.text
    reaching = [
        (rule, match)
        for rule, match in _matches(whole)
        if rule.intent is Intent.THREAT or _compiled()[1][rule.language].joins_clauses
    ]
    return _find_in(reaching, whole, sentence, said)


def _find_in(
    matches: Iterable[tuple[Rule, re.Match[str]]], clause: str, sentence: Sentence, said: list[Sentence]
) -> Found | None:
    """Languages share words ("remove me" is Portuguese too), so what one of them turns down no other takes up."""
    cases = [_Case(said, sentence, clause, rule, match) for rule, match in matches]
    meant = [case for case in cases if _is_meant(case)]
    refused = [case for case in cases if case not in meant] if meant else []
    for case in meant:
        if not any(case.shares_words_with(other) for other in refused):
            return Found(phrase=clause.strip()[:200], intent=case.rule.intent, language=case.rule.language)
    return None


def _matches(clause: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    rules, _ = _compiled()  # first: it fills what keys_of reads
    present = frozenset().union(*(keys_of(word) for word in clause.split()))
    for rule in rules:
        if rule.needs <= present:
            for match in rule.pattern.finditer(clause):
                yield rule, match


@dataclass(frozen=True)
class _Case:
    """One match with all that surrounds it."""

    said: list[Sentence]
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

    def shares_words_with(self, other: "_Case") -> bool:
        """Whether a match in another language covers some of the same words."""
        overlap = self.match.start() < other.match.end() and other.match.start() < self.match.end()
        return overlap and self.rule.language != other.rule.language

    @property
    def guards(self) -> _Guards:
        return _compiled()[1][self.rule.language]


def _is_meant(case: _Case) -> bool:
    return not any(guard(case) for guard in _CHECKS[case.rule.intent])


def _negated(case: _Case) -> bool:
    guards = case.guards
    if guards.late:
        after = case.clause[case.match.start() : case.match.end()] + _next_words(case, 2)
        if guards.late.search(after):
            return True
    if not guards.negated.search(case.left):
        return False
    return not (guards.complains and guards.complains.search(case.left))


def _next_words(case: _Case, count: int) -> str:
    words = case.clause[case.match.end() : case.match.end() + _REACH].split()[:count]
    return " ".join(words) + " "


def _by_others(case: _Case) -> bool:
    """Someone else does it: anywhere before a match without "me", right before one with it."""
    guards = case.guards
    if not guards.others:
        return False
    if guards.me.search(case.match.group()):
        return bool(guards.others.search(" ".join(case.left.split()[-2:]) + " "))
    return bool(guards.others.search(case.around))


def _stated(case: _Case) -> bool:
    subject = case.guards.subject
    return bool(subject and subject.search(case.left))


def _instructed(case: _Case) -> bool:
    """A sentence for a reader, or about the thing itself; but one that says "me" is the lead's own."""
    guards = case.guards
    if guards.other_matter and guards.other_matter.search(case.around):
        return True
    if not guards.not_meant or (case.rule.intent in _OWN and guards.me.search(case.match.group())):
        return False
    return bool(guards.not_meant.search(case.sentence.text))


def _deferred(case: _Case) -> bool:
    deferred = case.guards.deferred
    return bool(deferred and deferred.search(case.around))


def _redirected(case: _Case) -> bool:
    redirected = case.guards.redirected
    return bool(redirected and any(redirected.search(sentence.text) for sentence in case.said))


def _glad(case: _Case) -> bool:
    glad = case.guards.glad
    return bool(glad and any(glad.search(sentence.text) for sentence in case.said))


_Check = Callable[[_Case], bool]
_CHECKS: dict[Intent, tuple[_Check, ...]] = {
    Intent.UNSUBSCRIBE: (_negated, _stated, _by_others, _instructed),
    Intent.REMOVE: (_negated, _stated, _by_others, _instructed),
    Intent.STOP: (_negated, _stated, _by_others, _instructed, _redirected),
    Intent.WISH: (_negated, _by_others, _instructed),
    Intent.REFUSAL: (_stated, _by_others, _instructed, _deferred, _redirected),
    Intent.UNWANTED: (_by_others, _instructed, _deferred),
    Intent.COMPLAINT: (_by_others, _instructed),
    Intent.DATA: (_negated, _by_others, _instructed),
    Intent.THREAT: (_negated, _by_others, _instructed),
    Intent.HOSTILE: (_negated, _instructed),
    Intent.BARE: (_instructed, _glad),
}
