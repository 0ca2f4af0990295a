"""Dates and times of day in what leads write. Dates count from the day of the message; nothing is guessed. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = (
    "jan january januar janvier enero ene gennaio gen januari janeiro",
    "feb february februar février fevrier fév febrero febbraio februari fevereiro fev",
    "mar march märz mrz mars marzo maart mrt março",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet julio luglio lug julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october okt oktober octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dez dezember décembre déc diciembre dic dicembre dezembro",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = r"(?P<month>[A-Za-zéûäç]{3,10})\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.|º)?"
_YEAR = r"(?:,? (?:de )?(?P<year>20\d\d))?"
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DOTTED = re.compile(r"\b([0-3]?\d)[./]([01]?\d)[./](20\d\d)\b")
_DAY_MONTH = re.compile(rf"\b{_DAY} (?:of |de |)?{_NAME}{_YEAR}\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_NAME} {_DAY}{_YEAR}\b", re.IGNORECASE)
_IN_MONTH = re.compile(
    rf"\b(?:in|im|until|before|after|ab|vor|nach|en|avant|après|a|ad|dopo|prima di|voor|na|em|antes de|late"
    rf"|early|mid|mid-"
    rf"|mitte|anfang|ende) (?:late |early |mid-?|mitte |anfang |ende )?{_NAME}{_YEAR}(?!\w)",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\bQ([1-4])\b(?: (20\d\d))?", re.IGNORECASE)
_NEXT = {
    "quarter": r"next quarter|nächste[ns]? quartal|trimestre prochain|próximo trimestre"
    r"|prossimo trimestre|volgend kwartaal",
    "year": r"next year|nächste[ns]? jahr|année prochaine|próximo año|prossimo anno|volgend jaar|próximo ano",
    "month": r"next month|nächste[ns]? monat|mois prochain|próximo mes|prossimo mese|volgende maand|próximo mês",
    "week": r"next week|nächste woche|semaine prochaine|próxima semana|prossima settimana|volgende week",
}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "a few": 3}
_IN_TIME = re.compile(r"\bin (a few|a|one|two|three|four|six|\d{1,2}) (week|month)s?\b", re.IGNORECASE)

_WEEKDAY = (
    r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\.?|today|tomorrow|montag"
    r"|dienstag|mittwoch"
    r"|donnerstag|freitag|morgen|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|maandag|dinsdag|woensdag|donderdag|vrijdag|segunda|terça|quarta"
    r"|quinta|sexta"
)
_CLOCK = r"(?:\d{1,2}(?:[:.h]\d{2})? ?(?:a\.?m\.?|p\.?m\.?|uhr|h)|\d{1,2}:\d{2}|noon)(?: ?(?:[A-Z]{2,4}T|UTC|GMT))?"
PROPOSED = re.compile(
    rf"\b(?:{_WEEKDAY})\b[^.!?\n]{{0,40}}?\b{_CLOCK}(?!\w)|\b{_CLOCK},? (?:on |this |next )?(?:{_WEEKDAY})\b",
    re.IGNORECASE,
)
CLOCK = re.compile(rf"\b{_CLOCK}(?!\w)", re.IGNORECASE)


def dates(text: str, *, today: date) -> list[date]:
    """Every full date of the text, in its order; without a year the next one from today."""
    found = [(match.start(), _made(*map(int, match.groups()))) for match in _ISO.finditer(text)]
    found += [(m.start(), _made(int(m[3]), int(m[2]), int(m[1]))) for m in _DOTTED.finditer(text)]
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            if month := _month(match["month"]):
                day = int(match["day"])
                year = int(match["year"]) if match["year"] else _year(month, day, today)
                found.append((match.start(), _made(year, month, day)))
    return [day for _, day in sorted(found, key=lambda one: one[0]) if day]


def later(text: str, *, today: date) -> date | None:
    """From when one shall be written to again: a date, a month, a quarter, “in two months”; None if nothing says."""
    if exact := dates(text, today=today):
        return exact[0]
    if quarter := _QUARTER.search(text):
        month = int(quarter[1]) * 3 - 2
        return date(int(quarter[2]) if quarter[2] else _year(month, 1, today), month, 1)
    for match in _IN_MONTH.finditer(text):
        if named := _month(match["month"]):
            return date(int(match["year"]) if match["year"] else _year(named, 1, today), named, 1)
    if counted := _IN_TIME.search(text):
        number = _NUMBERS.get(counted[1].lower()) or int(counted[1])
        return today + timedelta(days=number * (7 if counted[2].lower() == "week" else 30))
    return next((_next(unit, today) for unit, words in _NEXT.items() if re.search(words, text, re.IGNORECASE)), None)


def _next(unit: str, today: date) -> date:
    """The first day of the next week, month, quarter or year."""
    if unit == "week":
        return today + timedelta(days=7 - today.weekday())
    if unit == "year":
        return date(today.year + 1, 1, 1)
    month = today.month + 1 if unit == "month" else (today.month - 1) // 3 * 3 + 4
    return date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _month(name: str) -> int | None:
    return _MONTH.get(name.lower().rstrip("."))


def _year(month: int, day: int, today: date) -> int:
    return today.year if (month, day) >= (today.month, today.day) else today.year + 1


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
