"""When somebody who is out of office is back (spec 03: "the return date is read"). Pure, in nine languages.

Only a day named after a word such as "until" or "back" counts; without a year it is the next such day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = """
january januar janvier enero gennaio januari janeiro januari stycznia jan ene gen sty jänner leden
february februar février febrero febbraio februari fevereiro februari lutego feb févr fev lut
march märz mars marzo marzo maart março mars marca mar mrz mrt
april april avril abril aprile april abril april kwietnia apr avr abr kwi
may mai mai mayo maggio mei maio maj maja mag
june juni juin junio giugno juni junho juni czerwca jun giu cze
july juli juillet julio luglio juli julho juli lipca jul juil lug lip
august august août agosto agosto augustus agosto augusti sierpnia aug ago aou sie
september september septembre septiembre settembre september setembro september września sep sept set wrz
october oktober octobre octubre ottobre oktober outubro oktober października oct okt ott out paź
november november novembre noviembre novembre november novembro november listopada nov lis
december dezember décembre diciembre dicembre december dezembro december grudnia dec dez déc dic gru
"""
_NUMBER = {name: number for number, line in enumerate(_MONTHS.strip().splitlines(), 1) for name in line.split()}
_NAME = "|".join(sorted(_NUMBER, key=len, reverse=True))
_CUE = re.compile(
    r"\b(?:until|till|til|thru|through|back|return\w{0,5}|to|bis|zurück|wieder|ab|jusqu\S{0,4}|retour|revien\w{0,3}|hasta|"
    r"regres\w{0,3}|vuelv\w{0,2}|fino|rientr\w{0,4}|torn\w{0,3}|tot|terug|até|volt\w{0,3}|retorn\w{0,3}|åter|tillbaka|"
    r"do|wracam|wrócę)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.|º|°|er)?\s{{1,2}}(?:of\s|de\s|di\s)?(?P<m1>{_NAME})\b\.?,?(?:\s(?:de\s)?(?P<y1>\d{{4}}))?"
    rf"|\b(?P<m2>{_NAME})\b\.?\s{{1,2}}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y2>\d{{4}}))?"
    r"|\b(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>\d{4}|\d{2})?",
    re.IGNORECASE,
)
_REACH = 60
_MOST_CHARS = 4_000
_FURTHEST = timedelta(days=366)


def returns_on(text: str, *, sent: date) -> date | None:
    """The day named in an absence note that was sent on `sent`; None where none is certain."""
    text = text[:_MOST_CHARS]
    for cue in _CUE.finditer(text):
        found = _DAY.search(text, cue.end(), cue.end() + _REACH)
        day = _as_day(found, sent) if found else None
        if day is not None:
            return day
    return None


def _as_day(found: re.Match[str], sent: date) -> date | None:
    given = found.groupdict()
    try:
        if given["iso"]:
            return _sensible(date.fromisoformat(given["iso"]), sent)
        for which in "123":
            if given[f"d{which}"]:
                month = given[f"m{which}"]
                number = _NUMBER[month.lower()] if which != "3" else int(month)
                return _nearest(int(given[f"d{which}"]), number, given[f"y{which}"], sent)
    except ValueError:
        return None
    return None


def _nearest(day: int, month: int, year: str | None, sent: date) -> date | None:
    if year:
        return _sensible(date(int(year) + (2000 if len(year) == 2 else 0), month, day), sent)
    this_year = date(sent.year, month, day)
    return _sensible(this_year if this_year >= sent else date(sent.year + 1, month, day), sent)


def _sensible(day: date, sent: date) -> date | None:
    return day if sent <= day <= sent + _FURTHEST else None
