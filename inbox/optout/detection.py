"""Finding the one clause that asks to be left alone.

A clause matches a rule (verb + object + who is meant); `inbox.optout.meaning` then makes sure that it is meant.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inbox.optout.grammar import Intent, Rule, keys_of
from inbox.optout.meaning import Case, Said, is_meant
from inbox.optout.rulebook import guards, rules
from inbox.optout.text import Sentence, sentences


@dataclass(frozen=True)
class Found:
    """A meant opt-out: the clause, the rule's intent and language."""

    phrase: str
    intent: Intent
    language: str
    is_explicit: bool


def find(text: str, *, texts_count: bool = False) -> Found | None:
    """Return the first clause of the text that means an opt-out, else None.

    With `texts_count` no wish for another way softens the refusal of text messages.
    """
    said = Said(sentences(text), texts_count=texts_count)
    for sentence in said.sentences:
        for clause in sentence.clauses:
            if found := _find_in(clause, sentence, said):
                return found
        if len(sentence.clauses) > 1 and (found := _find_in(sentence.text, sentence, said, only=_reaches_over_commas)):
            return found
    return None


def _reaches_over_commas(rule: Rule) -> bool:
    """Threats ("if you go on, my lawyer ...") and, where infinitives follow a comma, commands to stop."""
    joins = guards(rule.language).joins_clauses
    return rule.intent is Intent.THREAT or (joins and rule.intent is Intent.STOP)


def _find_in(clause: str, sentence: Sentence, said: Said, only: Callable[[Rule], bool] | None = None) -> Found | None:
    """Languages share words ("remove me" is Portuguese too), so what one of them turns down no other takes up."""
    cases = [Case(said, sentence, clause, rule, match) for rule, match in _matches(clause)]
    meant = [case for case in cases if (only is None or only(case.rule)) and is_meant(case)]
    refused = [case for case in cases if not is_meant(case)] if meant else []
    for case in meant:
        if not any(case.shares_words_with(other) for other in refused):
            return Found(clause.strip()[:200], case.rule.intent, case.rule.language, case.is_explicit)
    return None


def _matches(clause: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    index = rules()  # first: it fills what keys_of reads
    present = frozenset().union(*(keys_of(word) for word in clause.split()))
    for key in sorted(present & index.keys()):
        for rule in index[key]:
            if rule.needs <= present:
                for match in rule.pattern.finditer(clause):
                    yield rule, match
