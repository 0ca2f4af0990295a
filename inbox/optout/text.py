"""A message as folded sentences and clauses, ready for the opt-out grammar.

Folding makes one spelling of many: case, accents, typographic quotes, contractions ("don't" is "do not"),
hyphens ("e-mail", "désabonnez-moi"), letters set apart ("S T O P"), misspelt "unsubscribe". Every step is linear.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

# Letters that do not decompose into a plain letter and a mark.
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "đ": "d"})
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛`´ʼ′＇", "'"))

_CONTRACTIONS = (
    (re.compile(r"\bcan't\b|\bcant\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b|\bwont\b"), "will not"),
    (re.compile(r"\b(do|does|did|have|has|had|is|are|was|were|could|would|should|must|need)n'?t\b"), r"\1 not"),
    (re.compile(r"\bdon t\b|\bdo'nt\b|\bdnt\b"), "do not"),
    (re.compile(r"\b(i|we|you|they|he|she|it|who|that)'d\b"), r"\1 would"),
    (re.compile(r"'m\b"), " am"),
    (
        re.compile(
            r"\bim\b(?= (?:not|no|going|on|done|tired|sick|out|(?:report|block|opt|unsubscrib|ask|tell|gett)ing)\b)"
        ),
        "i am",
    ),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"\blet's\b"), "let us_all"),  # kept apart from "let us": it speaks of both sides
    (re.compile(r"'s\b"), " is"),
    (re.compile(r"\b(?:pls|plz|plse|pleas|plesae|plase)\b"), "please"),
    (re.compile(r"\bthx\b|\bthanx\b|\btks\b|\bty\b"), "thanks"),
    (re.compile(r"\bu\b(?= (?:please|stop|remove|take|unsub|guys|people|keep|have|are))"), "you"),
    (re.compile(r"\bre-?move\b"), "remove"),
    (re.compile(r"\bloose (?=my |this |our )"), "lose "),
)
_COMPOUNDS = (
    (re.compile(r"\be[- ](?=mail)"), "e"),
    (re.compile(r"\b(un|de)[- ](?=su[bs])"), r"\1"),
    (re.compile(r"\b(opt(?:ed|ing)?)-?(out|in)\b"), r"\1 \2"),
    (re.compile(r"\b(take|sign|follow|reach)-(off|out|up)\b"), r"\1 \2"),
    (re.compile(r"\bdo-not-(?=\w)"), "do not "),
    # Pronouns hung on with a hyphen: "désabonnez-moi", "remova-me". Not "me-too".
    (re.compile(r"(?<=\w)-(moi|nous|vous|me|mi|nos|le|la|les|lo|o|os|a|as|se)\b"), r" \1"),
    (re.compile(r"(?<=\w)'(?=\w)"), " "),
)
_URL = re.compile(r"(?:https?://|www\.)\S+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DOMAIN = re.compile(r"\b[\w-]{1,63}\.(?:com|net|org|io|example|ai|co\.uk|eu)\b")
_SPACED_LETTERS = re.compile(r"(?<!\w)(?:s[ .*_-]{1,2}t[ .*_-]{1,2}o[ .*_-]{1,2}p)(?!\w)")
_STRETCHED_STOP = re.compile(r"\bst[o0]+p+\b")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTED_MAIL = re.compile(r"^[ \t]*-{2,} ?(?:original message|forwarded message|urspr|message d'origine)", re.I | re.M)
# The link line of a newsletter is not something its reader wrote.
_LINK_LINE = re.compile(
    r"^(?!.*\b(?:me|us|my|our|mich|uns|moi|nous|mi|nos|mij|mnie|mig)\b)"
    r"(?:(?=.*(?:[|•·]|https?://|urltoken)).*(?:in (?:your |the )?browser|privacy policy|preferences|rights reserved)"
    r"|\W*[\w'-]+(?: [\w'-]+){0,3}\W{0,3}<?https?://\S+\W*$)"
)
_LABELLED_LINK = re.compile(r"\[[^\]\[\n]{0,80}\]\((?:https?:|mailto:)?[^()\s]{0,2000}\)")
_SENTENCE_END = re.compile(r"(?<!\d)\.|\.(?!\d)|[!?;:\n|•]")
_CLAUSE_END = re.compile(r"[,()\[\]{}]|(?<!\w)-+|-+(?!\w)|[–—]|--+")
_WORD = re.compile(r"[\w]+(?:-[\w]+)*")
_LISTED_VERBS = re.compile(r"\b(\w{3,12}), (\w{3,12}),? (or|and|nor|oder|ou|o|e|y) (?=\w)")
_ASCII_SYMBOLS = str.maketrans("^`", ",,")  # all that are symbols by Unicode's categories, and no punctuation
_LONG_LINE = 55
_LONGEST_CLAUSE = 90
_OVERLAP = 20


@dataclass(frozen=True)
class Sentence:
    """Words separated by single spaces, each clause with a trailing space."""

    clauses: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """All words of the sentence, clause borders dropped; of a monstrous one the beginning."""
        return "".join(self.clauses[:40])[:3000]


def fold(text: str) -> str:
    """Return the text in lower case without accents and with plain apostrophes."""
    if text.isascii():  # most are, and nothing below but the letters' case changes them
        return text.translate(_APOSTROPHES).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold().translate(_UNDECOMPOSED)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))


def sentences(text: str) -> list[Sentence]:
    """Split a message into sentences; quoted lines, footers' link lines and addresses are dropped."""
    plain = _without_quotes(fold(text))
    for pattern, replacement in (*_CONTRACTIONS, *_COMPOUNDS):
        plain = pattern.sub(replacement, plain)
    plain = _URL.sub(" urltoken ", plain)
    plain = _DOMAIN.sub(" urltoken ", _ADDRESS.sub(" mailtoken ", plain))
    plain = _STRETCHED_STOP.sub("stop", _SPACED_LETTERS.sub("stop", plain))
    plain = _LISTED_VERBS.sub(r"\1 \3 \2 \3 ", _without_symbols(plain))
    return [found for part in _SENTENCE_END.split(plain) if (found := _sentence(part)).clauses]


def _without_quotes(folded: str) -> str:
    cut = _QUOTED_MAIL.search(folded)
    kept = folded[: cut.start()] if cut else folded
    own = _LABELLED_LINK.sub(" urltoken ", _QUOTED_LINE.sub("", kept))
    lines = [line for line in own.splitlines() if not _LINK_LINE.search(line[:500])]
    return _joined(lines)


def _joined(lines: list[str]) -> str:
    """Undo hard wrapping: a long line that ends in the middle of a sentence goes on in the next."""
    parts: list[str] = []
    for line in lines:
        stripped = line.strip()
        parts.append(stripped)
        parts.append(" " if len(stripped) >= _LONG_LINE and stripped[-1].isalnum() else "\n")
    return "".join(parts)


def _without_symbols(text: str) -> str:
    """Emoji and other symbols end a clause; they never are words."""
    if text.isascii():
        return text.translate(_ASCII_SYMBOLS)
    return "".join("," if unicodedata.category(c) in ("So", "Sk", "Cs", "Co") else c for c in text)


def _sentence(part: str) -> Sentence:
    clauses: list[str] = []
    for piece in _CLAUSE_END.split(part):
        words = [respelt(word) for word in _WORD.findall(piece)]
        clauses.extend(" ".join(part) + " " for part in _windows(words))
    return Sentence(clauses=tuple(clauses))


def _windows(words: list[str]) -> list[list[str]]:
    """Clauses nobody would write are read in overlapping windows, so that the work grows with the length only."""
    if len(words) <= _LONGEST_CLAUSE:
        return [words] if words else []
    step = _LONGEST_CLAUSE - _OVERLAP
    return [words[start : start + _LONGEST_CLAUSE] for start in range(0, len(words) - _OVERLAP, step)]


_UNSUBSCRIBE_FORMS = frozenset(
    f"unsub{ending}" for ending in ("", "s", "bed", "scribe", "scribes", "scribed", "scribing", "scriber", "scribers")
) | {"unsubscription", "unsubscriptions"}


@lru_cache(maxsize=8192)
def respelt(word: str) -> str:
    """Return "unsubscribe" for its usual misspellings (up to two wrong letters), else the word as it is."""
    if word in _UNSUBSCRIBE_FORMS or not 8 <= len(word) <= 13 or not word.startswith(("un", "usub")):
        return word
    if _distance(word, "unsubscribe") <= 2:
        return "unsubscribe"
    return "unsubscribed" if word.endswith("d") and _distance(word, "unsubscribed") <= 2 else word


def _distance(one: str, other: str) -> int:
    """Levenshtein distance of two short words."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
