"""Prices, amounts of money, percentages and discounts that our own texts do not hold."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import one_line, plain, rejoined

_MULTIPLES = {
    "k": 1_000, "tsd": 1_000, "thousand": 1_000, "tausend": 1_000, "mille": 1_000, "mil": 1_000, "duizend": 1_000,
    "tusen": 1_000, "tys": 1_000, "m": 10**6, "mm": 10**6, "mio": 10**6, "mn": 10**6, "mln": 10**6,
    "bn": 10**9, "mrd": 10**9,
}  # fmt: skip
_CURRENCIES = {
    "usd": r"us\s?\$|\$|usd|us-?dollars?|dollar[se]?|dolar(?:es|ow|y)?|dollari|bucks?",
    "eur": r"€|eur|euros?",
    "gbp": r"£|gbp|pounds?|pfund|livres sterling|libras|sterling|quid|pence",
    "chf": r"chf|sfr\.?|francs?|franken|franchi|francos|rappen",
    "sek": r"sek|nok|dkk|kr|kronor|kronen|kroner|couronnes|coronas",
    "pln": r"pln|zl|zlot\w{1,4}",
    "brl": r"r\$|brl|reais|reales",
    "cad": r"ca?\$|cad",
    "aud": r"au?\$|aud|nzd|nz\$",
    "other": r"¥|₹|₽|₺|₴|₩|₪|฿|₿|jpy|inr|mxn|czk|huf|aed|sgd|hkd|zar|btc|pesos?|rupees?|yen|grand|cents|centimes?",
}
_CURRENCY = "(?:" + "|".join(f"(?P<c#_{code}>{words})" for code, words in _CURRENCIES.items()) + ")"
_NUMBER = r"(?:\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?)"
_TIMES = (
    r"(?:\s?(?:k|m|mm|mio|mn|mln|mrd|bn|tsd|thousand|tausend|mille|mil|duizend|tusen|tys|milli?on\w{0,3}|"
    r"milion\w{0,3}|mi?ljoner)(?!\w))"
)
_AMOUNT = rf"{_NUMBER}{_TIMES}?"
# Not within a longer number; letters may touch it.
_ALONE = r"(?<!\d)(?<!\d[.,])"
_RANGE = r"\s?(?:-|to|bis|or|oder|ou|o|and|und|et|y|e|a|al|tot|of|till|do|lub)\s?"


def _money() -> re.Pattern[str]:
    before = _CURRENCY.replace("#", "b")
    after = _CURRENCY.replace("#", "a")
    return re.compile(
        rf"(?:(?:(?<!\w)|(?=\W)){before}(?:(?<=[^\w])|"
        rf"(?<=\w)(?=[\s\d]))\s?(?P<one>{_AMOUNT})(?:{_RANGE}(?:[$€£]\s?)?(?P<two>{_AMOUNT}))?(?![\d%])|"
        rf"{_ALONE}(?P<three>{_AMOUNT})(?:{_RANGE}(?P<four>{_AMOUNT}))?(?:,-)?\s?-?{after}(?!\w))"
    )


_MONEY = _money()
_PERCENT_SIGN = (
    r"(?:%|‰|٪|percent|per\s?cent|pct|prozent\w{0,8}|pour\s?cent|por\s?cien(?:to)?|per\s?cento|"
    r"procent\w{0,3}|por\s?cento|proc\.)"
)
_PERCENT = re.compile(rf"{_ALONE}(?P<one>{_AMOUNT})(?:{_RANGE}(?P<two>{_AMOUNT}))?\s?-?{_PERCENT_SIGN}")
_NUMERAL = (
    r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,6}teen|twenty|thirty|forty|fifty|"
    r"sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|million\w{0,3}|half|few|couple|several|"
    r"\w{0,30}(?:hundert|tausend|zehn|zwanzig|dreissig|\wzig)|eine?|zwei|drei|vier|funf|sechs|sieben|acht|neun|zwolf|"
    r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|trente|quarante|cinquante|soixante|cents?|mille|"
    r"dos|tres|cuatro|cinco|diez|veinte|treinta|cuarenta|cincuenta|cien|\w{0,10}cient[ao]s|quinient[ao]s|mil|"
    r"due|tre|quattro|cinque|dieci|venti|trenta|quaranta|cinquanta|\w{0,14}cento|\w{0,14}mila|"
    r"twee|vijf|tien|twintig|dertig|veertig|vijftig|\w{0,14}honderd|\w{0,14}duizend|"
    r"dez|vinte|trinta|quarenta|cinquenta|cem|\w{0,12}(?:cent|zent|hent)[oa]s|tva|fem|tio|tjugo|trettio|femtio|"
    r"\w{0,10}hundra|\w{0,10}tusen|"
    r"dwa|piec|dziesiec|dwadziescia|piecdziesiat|sto|dwiescie|trzysta|\w{0,12}set|tysiac\w{0,2}|tysiecy|halbe)"
)
_WORDS = "(?:" + "|".join(words for words in _CURRENCIES.values()) + ")"
_IN_WORDS = re.compile(
    rf"(?<!\w){_NUMERAL}(?:[\s-](?:(?:and|und|et|y|e|of|de|d'|en)\s)?{_NUMERAL}){{0,8}}\s(?:of\s|de\s|"
    rf"d')?(?:{_WORDS}|{_PERCENT_SIGN})(?!\w)|"
    rf"(?<!\w)\w{{0,30}}(?:hundert|tausend|honderd|duizend|hundra|cento|mila)\w{{0,30}}\s?(?:{_WORDS}|"
    rf"{_PERCENT_SIGN})(?!\w)"
)
_PERIOD = (
    r"(?:months?|mo|years?|yr|annum|seats?|users?|licen[cs]es?|heads?|lead|leads|meeting|appointment|call|monat|jahr|"
    r"nutzer|platz|"
    r"termin|mois|an|utilisateur|rdv|mes|ano|usuario|reunion|mese|anno|utente|maand|jaar|gebruiker|manad|ar|anvandare|"
    r"miesiac|miesiecznie|rok|uzytkownika)"
)
_ADVERB = (
    r"(?:monthly|yearly|annually|monatlich|jahrlich|mensuel\w{0,4}|par mois|mensual\w{0,5}|mensil\w{1,3}|maandelijks|"
    r"jaarlijks|"
    r"mensa(?:l|is)|anua(?:l|is)|manatligen|arligen|miesiecznie|rocznie)"
)
_PER = re.compile(
    rf"{_ALONE}(?P<one>{_AMOUNT})(?:\s?(?:/\s?|(?:per|pro|par|al|por|each|im|na|p\.|a)\s){_PERIOD}|"
    rf"\s{_ADVERB})(?!\w)"
)
_NO_MONEY = (
    r"(?!\d|[.,:]\d|\s?-?\s?(?:%|min|hour|day|week|month|year|stunde|tag|woche|monat|jahr|heure|jour|semaine|mois|"
    r"hora|dia|"
    r"semana|ann|or[ae]\b|giorn|settiman|uur|dag|weken|jaar|dni|tyg|step|question|point|people|team|client|compan|"
    r"meeting))"
)
_CUED = re.compile(
    r"(?<!\w)(?:pric(?:e|es|ed|ing)|costs?|fees?|rate|retainer|budget|starts? at|starting at|preise?|kostet|kosten|"
    r"gebuhr|prix|tarifs?|"
    r"cout(?:e|s)?|precios?|cuesta|tarifa|prezz[oi]|costa|canone|prijs|prijzen|kost|precos?|custa|valor|pris(?:et)?|"
    r"kostar|"
    rf"cen[ay]|kosztuje)(?!\w)[\s:]{{1,3}}(?:[a-z']{{1,12}}\s){{0,3}}(?P<one>{_AMOUNT}){_NO_MONEY}"
)
_THOUSANDS = re.compile(
    rf"{_ALONE}(?P<one>\d+(?:[.,]\d+)?\s?k)(?!\w)(?!\s(?!per\b|a\b|or\b|and\b|pro\b|oder\b|each\b)[a-z])"
)
_CUT = re.compile(
    rf"{_ALONE}(?P<one>{_AMOUNT})\s?off(?!\w)|half (?:off|price)|halber preis|halben preis|moitie prix|"
    rf"mitad de precio|"
    r"meta prezzo|halve prijs|metade do preco|halva priset|polow[ae] ceny|two for one|2 for 1|2-for-1"
)
_DIGITS_OF_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
Key = tuple[str, str]


def check(text: str, allowed: Allowed) -> Iterator[Problem]:
    """Yield a problem for each amount of `text` (plain) that does not occur in our own texts."""
    ours = _said(allowed.ours)
    values = {value for _, value in ours}
    seen: set[str] = set()
    for reading in dict.fromkeys((one_line(text), one_line(rejoined(text)))):
        for found, keys in amounts(reading):
            unknown = [key for key in keys if key not in ours and (key[0] or key[1] not in values)]
            if unknown and found not in seen:
                seen.add(found)
                yield problem(Kind.PRICE, found, "{} is not an amount from our own texts.")


def amounts(line: str) -> Iterator[tuple[str, list[Key]]]:
    """Each amount of one plain line, with (currency or "%" or "", value) of every number in it."""
    covered = bytearray(len(line))
    for pattern in (_MONEY, _PERCENT, _IN_WORDS, _PER, _CUED, _CUT, _THOUSANDS):
        for match in pattern.finditer(line):
            first, after = match.span()
            if not covered[first] and not covered[after - 1]:
                covered[first:after] = b"x" * (after - first)
                yield match.group().strip(), _keys(match)


def _keys(match: re.Match[str]) -> list[Key]:
    groups = match.groupdict()
    unit = _unit(match, groups)
    numbers = [groups[name] for name in ("one", "two", "three", "four") if groups.get(name)]
    if not numbers:
        return [(unit, one_line(match.group()))]
    values = [_value(number) for number in numbers]
    return [(unit, value) for value in values]


def _unit(match: re.Match[str], groups: dict[str, str | None]) -> str:
    if match.re is _PERCENT:
        return "%"
    for name, found in groups.items():
        if found and name[:2] in {"cb", "ca"} and name[2:3] == "_":
            return name[3:]
    return "words" if match.re is _IN_WORDS or not groups.get("one") else ""


def _value(number: str) -> str:
    """One spelling of a number: "1,000", "1.000", "1 000" and "1k" are the same."""
    found = re.match(r"[\d.,' ]*\d", number)
    digits = re.sub(r"[' ]", "", found.group() if found else "0")
    factor = _factor(number[found.end() :].strip() if found else "")
    if "." in digits and "," in digits:
        decimal = max(digits.rfind("."), digits.rfind(","))
        digits = re.sub(r"[.,]", "", digits[:decimal]) + "." + digits[decimal + 1 :]
    elif _DIGITS_OF_GROUPS.fullmatch(digits):
        digits = re.sub(r"[.,]", "", digits)
    else:
        digits = digits.replace(",", ".")
    try:
        return f"{(Decimal(digits) * factor).normalize():f}"
    except InvalidOperation:
        return number


def _factor(word: str) -> int:
    if word.startswith(("mil", "mlj")) and len(word) > 4 and word != "mille":
        return 10**6
    return _MULTIPLES.get(word, 1)


def _said(ours: tuple[str, ...]) -> frozenset[Key]:
    return frozenset().union(*map(_said_in, ours))


@lru_cache(maxsize=128)
def _said_in(text: str) -> frozenset[Key]:
    """Kept by text: a workspace's knowledge is the same for all its leads."""
    return frozenset(key for _, keys in amounts(one_line(plain(text))) for key in keys)
