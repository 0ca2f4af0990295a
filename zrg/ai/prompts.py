"""Every prompt there is, by versioned key, with its default text and budget (spec 05, "Prompt registry").

The apps that ask register theirs when they are loaded (inbox/prompts/); workspaces may say some of it differently
(zrg/ai/overrides.py). A new default text is a new version of the key, so that what was measured stays comparable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zrg.ai import templating

TASKS = (
    "strategy",
    "draft",
    "verify",
    "evaluate",
    "overseer",
    "qualification",
    "classify",
    "parse",
    "signature",
)
_KEY = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)*\.v\d+$")


@dataclass(frozen=True, slots=True)
class Tokens:
    """How long an answer may be: estimated input times `scale`, between `least` and `most`; on a second try
    `retry_most`. Reasoning counts too."""

    scale: float
    least: int
    most: int
    retry_most: int

    def allowed(self, tokens_in: int) -> int:
        """For an input of so many tokens."""
        return int(min(max(tokens_in * self.scale, self.least), self.most))


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing a model is asked. `variables` are trusted values for the text; `data` are the fenced blocks of the
    input, in order (what a lead wrote is always data)."""

    key: str
    task: str
    feature: str
    text: str
    variables: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    effort: str = "low"
    tokens: Tokens = Tokens(scale=0.5, least=400, most=2_000, retry_most=4_000)
    timeout_s: float = 20.0
    title: str = ""

    @property
    def format_name(self) -> str:
        """The schema's name on the wire: at most 64 of [A-Za-z0-9_-]."""
        return re.sub(r"[^A-Za-z0-9_-]", "_", self.key)[:64]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text several prompts share."""

    key: str
    text: str
    variables: tuple[str, ...] = ()
    title: str = ""


_prompts: dict[str, Prompt] = {}
_snippets: dict[str, Snippet] = {}


def register(*entries: Prompt | Snippet) -> None:
    """Make prompts and snippets known. Raises ValueError or TemplateError for one that can't be right."""
    for entry in entries:
        if isinstance(entry, Snippet):
            templating.check(entry.text, variables=entry.variables, snippets=())
            _snippets[entry.key] = entry
            continue
        if not _KEY.match(entry.key) or entry.task not in TASKS:
            raise ValueError(f"{entry.key}: a key ends in .v1, .v2 …; the task is one of {', '.join(TASKS)}.")
        templating.check(entry.text, variables=variables_of(entry), snippets=_snippets)
        _prompts[entry.key] = entry


def variables_of(prompt: Prompt) -> tuple[str, ...]:
    """What a text of this prompt may name: its own variables; those of snippets are among them."""
    return prompt.variables


def get(key: str) -> Prompt:
    """The prompt. Raises LookupError naming the key."""
    try:
        return _prompts[key]
    except KeyError:
        raise LookupError(f"There is no prompt {key!r}. Known: {', '.join(sorted(_prompts))}.") from None


def known() -> dict[str, Prompt]:
    """All prompts, by key."""
    return dict(sorted(_prompts.items()))


def snippets() -> dict[str, Snippet]:
    """All snippets, by key."""
    return dict(sorted(_snippets.items()))
