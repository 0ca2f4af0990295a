"""Blanks nobody filled in: "{first_name}", "[Company]", "Hi ,", "XXX", "lorem ipsum"."""

import re
from collections.abc import Iterator

from inbox.drafting.guarding.findings import Kind, Problem, problem

_BRACKETED = re.compile(
    r"\{[^{}\n]{0,120}\}|[{}]|\[[^\[\]\n]{0,120}\]|<[^<>\n]{1,120}>|%[A-Za-z_][\w ]{0,40}%|%\(?[sd]\b|%\(\w{1,40}\)s|"
    r"\$[A-Za-z_][A-Za-z_]{2,40}\b|\$[A-Z]{2,40}\$|__+[\w ]{0,40}__+|_{3,}|#\w{1,40}#|\*\|\w{1,40}\|\*|@@\w{1,40}|"
    r"\"\s?(?:first|last|company|lead)?\s?_?(?:name|vorname|prenom|nombre|company|firma)\s?\"",
    re.I,
)
_SNAKE = re.compile(r"(?<![\w/.@?&=%-])[A-Za-z]{2,30}(?:_[A-Za-z0-9]{1,30}){1,5}(?![\w/@])")
_STAND_IN = re.compile(
    r"\bx{3,}\b|\bxx+\s?[:/.]\s?xx+\b|[$€£]\s?x+\b|\bx+\s?[$€£%]|\b(?:tbd|tba|tbc|todo|fixme|changeme|asdf\w*|"
    r"foobar)\b|"
    r"\b(?:lorem ipsum|dolor sit amet)\b|\binsert (?:\w+ ){0,4}(?:here|name|link|date|time|company|url|price|"
    r"calendar)\b|"
    r"\(?\b(?:insert|add|enter|fill in|einfugen|einsetzen|inserer|insertar|inserire|invullen|inserir|infoga|"
    r"wstaw)\s?[:\-]|"
    r"\((?:insert|your|name|link|date|time|company|first name|placeholder|platzhalter)\b[^()\n]{0,60}\)|"
    r"\b(?:your|their|lead|prospect|client|sender|recipient)(?:'s)? (?:first |last |full |company )?name here\b|"
    r"\b(?:first|last|full|company|sender|prospect|lead|contact)_?name\b(?=\s?[,.!|\]])|"
    r"\b(?:placeholder|platzhalter|your name here|your company here|company name here|link here|date here|time here)\b|"
    r"\bundefined\b|\[object|\?{4,}",
)
_GREETING = (
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|bonjour|bonsoir|salut|"
    r"hola|buenos dias|buenas tardes|ciao|buongiorno|salve|ola|oi|bom dia|boa tarde|hej|hejsan|czesc|dzien dobry|"
    r"witam|goedemorgen|"
    r"goedemiddag|goedendag|beste|geachte|liebe[rs]?|sehr geehrte[rs]?(?: (?:frau|herr))?|cher|chere|"
    r"estimad[oa]|gentile|car[oa]|prezad[oa]|hoi|dag|god morgon|szanown[ya](?: pani[ea]?)?)"
)
_NAME_ITSELF = (
    r"(?:null|none|nan|unknown|n/a|name|first ?name|firstname|fname|vorname|prenom|nombre|nome|naam|imie|fornamn|lead|"
    r"prospect|contact|there there|recipient|customer name|company|firma|x|y|test)"
)
_EMPTY_GREETING = re.compile(rf"^\s*{_GREETING}(?:[ \t]+,|[ \t]+{_NAME_ITSELF}[ \t]*(?=[,.!:;\n]|$))", re.M)
# These are not said without a name.
_NEEDS_A_NAME = re.compile(
    r"^\s*(?:dear|beste|geachte|liebe[rs]?|sehr geehrte[rs]?(?: (?:frau|herr))?|cher|chere|estimad[oa]|gentile|"
    r"prezad[oa]|szanown[ya](?: pani[ea]?)?)[ \t]*[,!:]",
    re.M,
)
_UNSIGNED = re.compile(
    r"\b(?:my name is|i am|i'm|this is|mein name ist|ich bin|je m'appelle|me llamo|mi chiamo)[ \t]*(?=[,.!;\n]|$)"
)


def check(light: str, plain: str) -> Iterator[Problem]:
    """Yield what stands for something else."""
    for pattern, text in (
        (_BRACKETED, light),
        (_SNAKE, light),
        (_STAND_IN, plain),
        (_EMPTY_GREETING, plain),
        (_NEEDS_A_NAME, plain),
        (_UNSIGNED, plain),
    ):
        for match in pattern.finditer(text):
            yield problem(Kind.PLACEHOLDER, match.group() or "…", "{} is a blank that was not filled in.")
