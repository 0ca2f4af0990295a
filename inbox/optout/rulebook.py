"""All languages' rules and guards, each compiled when it is first needed."""

import re
from dataclasses import dataclass
from functools import cache

from inbox.optout.grammar import Compiler, Intent, Rule, alternatives
from inbox.optout.languages import LANGUAGES


@dataclass(frozen=True)
class Guards:
    """The patterns that look around a match, for one language; None where the language has no such words."""

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
    forever: re.Pattern[str] | None
    glad: re.Pattern[str] | None
    joins_clauses: bool


@cache
def rules() -> dict[str, list[Rule]]:
    """All languages' rules by one of the items they need. (Reading them also tells `keys_of` the items.)"""
    index: dict[str, list[Rule]] = {}
    for language in LANGUAGES:
        compiler = _compiler(language.code)
        lines = [compiler.bare(language.bare), *(compiler.rule(Intent(i), line) for i, line in language.rules)]
        for rule in lines:
            index.setdefault(min(rule.needs), []).append(rule)
    return index


@cache
def guards(code: str) -> Guards:
    """What looks around a match in this language (its code). Raises KeyError for one without rules."""
    compiler = _compiler(code)
    language = compiler.language
    negator, through = alternatives(language.negators.split()), alternatives(language.through.split())
    return Guards(
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
        forever=_words(language.forever),
        glad=_any(compiler, language.glad),
        joins_clauses=language.joins_clauses,
    )


@cache
def _compiler(code: str) -> Compiler:
    language = {language.code: language for language in LANGUAGES}[code]
    return Compiler(language, polite=_union("polite"), signoff=_union("signoff"), greeting=_union("greeting"))


@cache
def _union(name: str) -> str:
    return " ".join(getattr(language, name) for language in LANGUAGES)


def _any(compiler: Compiler, lines: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{compiler.expression(line)})" for line in lines)) if lines else None


def _words(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S){alternatives(words.split())} ") if words else None
