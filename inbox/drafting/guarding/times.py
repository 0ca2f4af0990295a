"""Times and dates in a draft, in nine languages: only the offered ones, word for word, or what our own texts say.

Durations ("a 15-minute call"), months alone ("not before March") and "next week" are no appointment and pass.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from inbox.drafting.guarding import time_words as words
from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import one_line, plain, rejoined

OFFERED = "§"
_HOUR = r"(?:[01]?\d|2[0-4])"
_HALF_DAY = r"(?:a\.?\s?m|p\.?\s?m)\b\.?"
# What follows a bare number that is a time of day: the end of a thought, a day, a zone, another time.
_THEN = (
    rf"(?=\s*(?:[;?!)/§]|[.,](?!\d)|$|-\s)|\s(?:or|and|on|today|sharp|in the|works?|would|your time|my time|if|this|"
    rf"next|"
    rf"oder|und|am|ou|et|le|o|y|el|e|il|of|en|op|eller|och|pa|lub|i|w|do|bis|to|till|tot|a|al|alle|as|ate|de la|da|del|"
    rf"passt|{words.ZONES})(?!\w))"
)


def _numbers(language: str) -> str:
    return rf"(?:\d{{1,2}}|{words.HOURS_BY_LANGUAGE[language]})"


_EN, _DE, _FR, _ES, _IT, _NL, _PT, _SV, _PL = (_numbers(code) for code in words.HOURS_BY_LANGUAGE)
_CLOCKS = (
    rf"\d{{1,2}}\s?:\s?\d{{2}}(?:\s?:\s?\d{{2}})?(?:\s?{_HALF_DAY})?(?!\d)",
    rf"\d{{1,2}}(?:[.:]\d{{2}})?\s?{_HALF_DAY}|\d{{1,2}}(?:[:.]\d{{2}})?\s?[ap](?!\w)|"
    rf"(?:{words.NUMBERS})\s(?:{_HALF_DAY})",
    rf"{_HOUR}\.[0-5]\d(?!\d|[.,]\d|\s?(?:[%x€$£]|k\b|m\b|mio|million|eur|usd|gbp|percent|prozent|times|mal\b))",
    rf"{_HOUR}\s?h\s?[0-5]\d(?!\d)|(?<!in )(?<!within )(?<!under )(?<!sous )(?<!en )(?<!dans )(?<!de )(?:[7-9]|1\d|"
    rf"2[0-3])\s?h(?!\w)",
    rf"(?:\d{{1,2}}|{words.NUMBERS})\s?(?:o\s?'?\s?clock|oclock|ish)\b|\d{{1,2}}-ish",
    rf"(?:half|quarter|five|ten|twenty|twenty[- ]five)\s(?:past|to|after|of)\s{_EN}(?!\w)|half\s{_EN}{_THEN}",
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[\s-](?:o[h']?[\s-]?five|ten|fifteen|twenty|"
    r"thirty|forty|fifty)(?:[\s-]five)?(?=\s*(?:[,;?!)§]|[.](?!\d)|$|-\s)|\s(?:or|and|on|today|in|works?|would|"
    r"tomorrow|am|pm|this|next)(?!\w))",
    rf"(?:\d{{1,2}}|{words.NUMBERS})\s(?:in the (?:morning|afternoon|evening)|at night)",
    rf"(?:at|around|before|after|until|till|by|@)\s(?:about\s)?(?:1[0-2]|[1-9]|{words.HOURS_BY_LANGUAGE['en']}){_THEN}",
    r"at (?:[01]\d|2[0-3])[0-5]\d(?!\d)|(?:[01]\d|2[0-3])[0-5]\d\s?(?:hrs|hours|uhr|z|utc|gmt|est|pst|cet)\b",
    rf"(?:from|between|open|von|zwischen|entre|de|dalle|tussen|van|od|mellan)\s\d{{1,2}}\s?(?:-|to|and|bis|und|a|et|"
    rf"y|e|alle|en|tot|do|och)\s?\d{{1,2}}{_THEN}",
    rf"(?:{_DE})(?:[.:]\d\d)?\s?uhr\b|(?:um|gegen|ab)\s{_DE}{_THEN}|halb\s{_DE}(?!\w)|(?:drei)?viertel\s(?:nach\s|"
    rf"vor\s|uber\s)?{_DE}(?!\w)",
    rf"(?:a|vers|des|avant|apres|entre|jusqu'a)\s{_FR}\s?(?:h|heures?)(?!\w)|{_FR}\sheures?\s(?:et\s(?:demie?|quart)|"
    rf"moins|pile|precises|trente|quinze|du\s(?:matin|soir)|de\sl'apres)",
    rf"a\slas?\s{_ES}(?!\w)|las\s{_ES}\s(?:y\s(?:media|cuarto|\w+)|menos|en\spunto|de\sla)|a\spartir\sde\slas\s{_ES}",
    rf"(?:alle|dalle|verso\sle|per\sle|entro\sle)\s(?:ore\s)?{_IT}{_THEN}|\bore\s{_IT}(?!\w)|le\s{_IT}\s(?:e\smezza|"
    rf"e\sun\squarto|del\s|di\smattina)|all'una",
    rf"(?:om|rond|vanaf|tot|tussen)\s{_NL}\s?(?:u|uur)(?!\w)|om\s{_NL}{_THEN}|"
    rf"half\s(?:{words.HOURS_BY_LANGUAGE['nl']})(?!\w)|kwart\s(?:over|voor)\s{_NL}",
    rf"(?:as|pelas|das)\s{_PT}\s?(?:h|hs|horas?|em\sponto|e\smeia|da\s(?:tarde|manha|noite))(?!\w)|as\s{_PT}{_THEN}",
    rf"\bkl(?:ockan)?\.?\s?(?:{_SV}|halv|kvart)(?!\w)|halv\s(?:{words.HOURS_BY_LANGUAGE['sv']})(?!\w)|kvart\s(?:i|"
    rf"over)\s{_SV}|(?:vid|runt|efter|fore)\s(?:1\d|2[0-3]|[1-9]){_THEN}",
    rf"\bo\s(?:godz\w{{0,6}}\.?\s?)?{_PL}{_THEN}|godz\w{{0,6}}\.?\s?{_PL}(?!\w)|wpol\sdo\s\w+|(?:po|przed)\s(?:1\d|"
    rf"2[0-3]|[7-9]){_THEN}",
    words.NOON,
    r"[\U0001f550-\U0001f567]",
    r"(?:call|calls|ring|phone|meet|speak|talk|available|free|rufe?|anrufe?n?|melde|sprechen|appelle\w?|parler|"
    r"llam\w+|hablar|chiam\w+|bel|ligo|ringer|zadzwonie)"
    r"\s(?:\w+\s){0,3}(?:in|dans|en|tra|fra|over|om|em|za)\s(?:\d{1,3}|an?|half an|ein(?:er|em)?|zwei|une?|una|"
    r"un[ao]?|two|three)\s(?:min|hour|day|stunde|tag|heure|jour|hora|dia|or[ae]|giorn|uur|dag|timm|godzin|dni)\w*",
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|re|o|a|e|:a|:e|-?go)?\.?"
_MONTH = rf"(?:{words.MONTHS})(?!\w)"
_AMERICAN = r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])"
_EUROPEAN = r"(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])"
_DATES = (
    r"\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}(?:t\d\d(?::?\d\d){0,2}z?)?(?!\d)",
    r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?!\d)",
    r"(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?!\d)",
    rf"(?!24/7|1/2|1/3|2/3|1/4|3/4|50/50)(?:{_AMERICAN}|{_EUROPEAN})(?![\d/.,%]\d|\d|\s?[%x€$£]|%)(?<!\.\d\d)(?<!\.\d)",
    rf"{_DAY}[\s-]?(?:of\s|de\s|di\s|do\s|d'|den\s|\s)?{_MONTH}",
    rf"{_MONTH}\.?[\s-]?(?:the\s|\s)?{_DAY}(?![\d%:]|[.,]\d|\s?(?:%|x\b|k\b))",
    rf"{_MONTH}\.?\s(?:of\s|de\s)?(?:19|20)\d\d(?!\d)",
    rf"(?:{words.ORDINALS}|{words.NUMBERS})\s(?:of\s|de\s)?{_MONTH}",
    rf"(?:{words.MONTHS})\s(?:the\s)?(?:{words.ORDINALS})(?!\w)",
    r"(?:on|by|until|before|after|till|from|for)\s(?:the\s)?\d{1,2}(?:st|nd|rd|th)(?!\w)|\bthe\s\d{1,2}(?:st|nd|rd|"
    r"th)(?=\s*(?:[,;?!)]|[.](?!\d)|$)|\s(?:or|at|and|of|works?|would)\b)",
    rf"on\sthe\s(?:{words.ORDINALS})(?=\s*(?:[,;?!)]|[.](?!\d)|$)|\s(?:or|at|of)\b)",
    r"(?:am|zum|dem|den)\s(?:[1-9]|[12]\d|3[01])\.(?!\d|\s(?:termin|gesprach|kunde|stelle|schritt|punkt|mal))",
    r"(?:le|el|il|dia|den|op|op de|de)\s(?:dia\s)?(?:[1-9]|[12]\d|3[01])(?:er|:e|e)?(?=\s*(?:[,;?!)]|$|[.](?!\d))|"
    r"\s(?:a|vers|ou|o|alle|om|kl|of|eller|as)\s)",
    words.WEEKDAYS,
    words.SHORT_WEEKDAYS,
    words.TOMORROW,
    words.TODAY,
)
# Not within a word or a longer number; a number may touch letters ("call3pm").
_BEFORE = r"(?<![\d$€£])(?<!\d[.,:])(?:(?<!\w)|(?=\d))"
_CLOCK = re.compile(_BEFORE + "(?:" + "|".join(_CLOCKS) + ")")
_DATE = re.compile(
    _BEFORE + "(?:" + "|".join(f"(?:{date})(?!\\w)" if "\\w" not in date[-6:] else date for date in _DATES) + ")"
)
# What may stand between two parts of one expression: "Monday to Friday, 9-17", "Tuesday at 3pm".
_LINK = re.compile(
    rf"(?:[\s,.;:()/&-]|\b(?:at|to|and|or|until|till|through|from|between|on|the|of|um|bis|und|oder|von|vom|ab|den|"
    rf"der|am|"
    rf"a|au|et|ou|de|du|des|h|vers|entre|y|o|al|las|los|el|e|alle|dalle|dal|om|en|tot|van|op|das|as|ate|och|kl|i|od|"
    rf"do|w|"
    rf"\d{{1,4}}|{words.ZONES})\b)*"
)
_LONGEST_LINK = 24


def check(text: str, allowed: Allowed) -> Iterator[Problem]:
    """Yield a problem for each time or date of `text` (plain, offered times already taken out)."""
    ours = _said(allowed.ours)
    seen: set[str] = set()
    for reading in dict.fromkeys((one_line(text), one_line(rejoined(text)))):
        for found, is_clock in expressions(reading):
            if found not in ours and found not in seen:
                seen.add(found)
                kind = Kind.TIME if is_clock else Kind.DATE
                yield problem(kind, found, "{} is neither an offered time nor in our own texts.")


def without_offered(text: str, offered: Iterable[str]) -> str:
    """`text` with each offered time that stands in it word for word (case and line breaks aside) as "§"."""
    for slot in sorted({" ".join(slot.split()) for slot in offered if slot.strip()}, key=len, reverse=True):
        verbatim = r"\s+".join(re.escape(part) for part in slot.split(" "))
        text = re.sub(rf"(?<![\w:/])(?<!\d[.,-]){verbatim}(?!\w|[:/.,-]\d)", f" {OFFERED} ", text, flags=re.I)
    return text


def expressions(line: str) -> list[tuple[str, bool]]:
    """The times and dates of one plain line, neighbours joined to the whole they are; True with a time of day."""
    spans = sorted(
        [(*match.span(), True) for match in _CLOCK.finditer(line)]
        + [(*match.span(), False) for match in _DATE.finditer(line)]
    )
    joined: list[tuple[int, int, bool]] = []
    for first, after, is_clock in spans:
        if joined and _continues(line, joined[-1][1], first):
            start, end, had_clock = joined.pop()
            joined.append((start, max(end, after), had_clock or is_clock))
        else:
            joined.append((first, after, is_clock))
    return [(line[first:after].strip(" .,"), is_clock) for first, after, is_clock in joined]


def _continues(line: str, end: int, first: int) -> bool:
    return first <= end or (first - end <= _LONGEST_LINK and _LINK.fullmatch(line, end, first) is not None)


def _said(ours: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(_said_in, ours))


@lru_cache(maxsize=128)
def _said_in(text: str) -> frozenset[str]:
    """Kept by text: a workspace's knowledge is the same for all its leads."""
    return frozenset(found for found, _ in expressions(one_line(plain(text))))
