"""All languages' rules and guards, compiled once on first use."""

import re
from dataclasses import dataclass
from functools import cache

from inbox.optout.grammar import Compiler, Intent, Language, Rule, alternatives
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
def compiled() -> tuple[dict[str, list[Rule]], dict[str, Guards]]:
    """All rules by one of the items they need, and the guards of each language."""
    shared = {name: _union(name) for name in ("polite", "signoff", "greeting")}
    index: dict[str, list[Rule]] = {}
    guards: dict[str, Guards] = {}
    for language in LANGUAGES:
        compiler = Compiler(language, **shared)
        rules = [compiler.bare(language.bare), *(compiler.rule(Intent(i), line) for i, line in language.rules)]
        for rule in rules:
            index.setdefault(min(rule.needs), []).append(rule)
        guards[language.code] = _guards(language, compiler)
    return index, guards


def _union(name: str) -> str:
    return " ".join(getattr(language, name) for language in LANGUAGES)


def _guards(language: Language, compiler: Compiler) -> Guards:
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


def _any(compiler: Compiler, lines: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{compiler.pattern(line).pattern})" for line in lines)) if lines else None


def _words(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S){alternatives(words.split())} ") if words else None
