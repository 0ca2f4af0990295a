"""Recognises a block of contact details, which is all that tells an unmarked signature. Pure."""

import re

from inbox.quoting import languages
from inbox.quoting.paragraphs import last_written, next_written, paragraph_start, paragraphs
from inbox.quoting.parts import Line

LONGEST_LINE = 110
MOST_LINES = 18

_CLOSING = (
    rf"(?:{languages.CLOSINGS})(?:\s?(?:,|&|\+|and|und|et|y|e|en|i|och|og|ja|a|ve|и)?\s(?:{languages.CLOSINGS}))?"
)
CLOSING = re.compile(rf"{_CLOSING}\W*", re.I)
CLOSING_WITH_NAME = re.compile(rf"{_CLOSING}[\s,.!–-]+(?P<name>[^\W\d_].{{0,40}})", re.I)
NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:,?\s[^\W\d_][\w'’.-]*){0,5},?")
FULL_NAME = re.compile(
    r"[^\W\d_][\w'’.-]*(?:\s(?:von|van|de|der|den|da|di|del|della|la|le|el|al|bin|dos|zu|ter|ten))*"
    r"(?:,?\s[^\Wa-zà-ÿ\d_][\w'’.-]*){1,4}"
)
LISTED = re.compile(r"[-*•]\s|\w{1,2}[.)]\s")
POSTSCRIPT = re.compile(r"(?:p\.?\s?){1,2}s\b", re.I)
SENTENCE = re.compile(r"[?!]\s*$|\w{2,}[.…]\s*$|[。？！]\s*$")
# In a very short block these say that the lead gives their details as an answer.
PERSONAL = re.compile(
    r"\b(?:my|me|i|i'm|we|call|text|reach|ring|please|mein\w*|mich|ich|uns|bitte|appelez|joindre|llám\w+|mi número|"
    r"chiam\w+|mio|meu|minha|ligue|mijn|bel|mój|mnie|zadzwoń|mitt|mig|ring|soita|numeroni|zavolejte|můj|"
    r"мой|мне|звоните|benim|arayın)\b",
    re.I,
)
# Small words of a sentence, as a block without a closing above it must not have them.
PROSE = re.compile(
    r"\b(?:is|are|was|were|will|can|you|your|it|this|that|see|have|has|not|until|if|ist|sind|wird|haben|sie|nicht|"
    r"bis|wenn|est|sont|vous|nous|pas|son|está|hay|pero|sono|hanno|non|mas|não|het|zijn|niet|jest|nie|är|inte|er|"
    r"ikke|on|ei|je|jsou|это|не|bir|değil)\b"
)
PROSE_START = re.compile(
    r"(?:I|I'm|I'll|I've|our|my|your|their|for|we|you|he|she|it|they|this|that|there|so|and|but|or|if|when|"
    r"please|let|call|can|could|would|"
    r"do|don't|yes|no|not|see you|sorry|also|what|why|how|who|where|ich|wir|sie|er|bitte|und|aber|oder|wenn|ja|nein|"
    r"je|nous|vous|merci de|et|mais|oui|non|yo|por favor|pero|sí|io|sì|mas|sim|não|ik|wij|maar|nee|tak|nie|jag|vi|"
    r"men|jeg|minä|ano|ne|я|мы|да|нет|ben|evet|hayır)\b(?!\s*[:.|])",
    re.I,
)
# The paragraph above a block names somebody: the block is what the lead has to say.
REFERRAL = re.compile(
    r"\b(?:below|following|colleague|contact|reach|details|instead|speak|talk|copied|in cc|cc'?d|forward|"
    r"introduc\w+|connect\w*|kolleg\w*|ansprechpartner\w*|wenden|kontakt\w*|collègue|contact\w*|adress\w*|"
    r"compañer\w*|dirígase|collega|contatt\w*|rivolg\w*|coleg\w*|fale com|neem|współpracowni\w*|skontaktuj\w*|"
    r"kollega|henvend\w*|коллег\w*|обратит\w*|свяжит\w*|iletişim)\b|[:：,]\s*$",
    re.I,
)
POINTING = re.compile(
    r"(?:^|\s)(?:is|to|with|at|via|ask|e-?mail|call|try|ping|person|guy|be|by|for|from|samples|address|bei|mit|an|zu|ist|"
    r"à|est|avec|chez|con|es|a|è|con|com|é|met|is|bij|do|z|till|med|är|til|er|на|к|с)$",
    re.I,
)
ENDED = (".", "!", "?", "…", "。", "！", "？", ")")

A_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?:,?\s\d{1,2}:\d\d)?\b")
PHONE = re.compile(r"(?:\+|\b00|\(0)?\d[\d\s().\-/]{5,30}\d")
REACH = re.compile(
    r"@|\bhttps?://|\bwww\.|\blinkedin\b|\b[a-z0-9-]{2,40}\.(?:com|net|org|io|co|ai|de|at|ch|fr|be|es|it|nl|pl|"
    r"pt|se|dk|no|fi|cz|eu|uk|example)\b",
    re.I,
)
REACH_LABEL = re.compile(
    r"(?:[tmfoce]|tel|tél|téléphone|telefon|telefono|teléfono|telefax|phone|mobile?|mob|cell|direct|office|fax|"
    r"e-?mail|web|skype|handy|mobil|gsm|puh|tlf|тел|电话|手机|電話|携帯)\s*[.:：|)]",
    re.I,
)
ROLE = re.compile(
    r"\b(?:ceo|cto|cfo|coo|cmo|cio|cro|vp|svp|evp|president|director|manager|head of|lead|chief|officer|founder|"
    r"co-?founder|partner|owner|consultant|engineer|specialist|coordinator|executive|assistant|analyst|buyer|"
    r"administrator|supervisor|representative|account|sales|procurement|marketing|operations|"
    r"geschäftsführ\w+|leiter\w*|leitung|vorstand|prokurist\w*|einkauf|vertrieb|assistenz|inhaber\w*|referent\w*|"
    r"directeur|directrice|responsable|gérante?|président\w*|"
    r"director\w*|gerente|jefe|jefa|responsabile|direttore|direttrice|titolare|amministratore|diretora?|"
    r"coordenador\w*|inkoper|eigenaar|hoofd|dyrektor|kierownik|prezes|specjalista|chef|ansvarig|vd|"
    r"direktør|leder|johtaja|päällikkö|ředitel\w*|jednatel\w*|vedoucí|директор|руководитель|менеджер|müdür\w*)\b|"
    r"部長|課長|取締役|営業部|经理|总监",
    re.I,
)
COMPANY = re.compile(
    r"\b(?:inc|ltd|llc|llp|plc|corp|company|group|holdings?|gmbh|ag|kg|ug|mbh|sarl|s\.?a\.?r\.?l|sas|s\.a|s\.l|"
    r"s\.?r\.?l|s\.?p\.?a|ltda|lda|b\.v|n\.v|bv|nv|sp\. z o\.?o|s\.?r\.?o|a\.s|aps|ab|oy|oyj|ооо|зао|a\.ş|"
    r"kft|hrb|amtsgericht|vat|ust-?id\w*|siret|registered)\b\.?|株式会社|有限公司",
    re.I,
)
STREET = re.compile(
    r"\b(?:street|st\.|road|rd\.|avenue|ave|suite|floor|str\.|platz|allee|rue|boulevard|calle|"
    r"via|viale|piazza|rua|avenida|laan|ul\.|ulica|vej|gade|ulice|ул\.|cadde|sokak)\b|"
    r"(?:straße|strasse|straat|gatan|katu)\b|\b\d{4,5}\s+[^\W\d_]{3,}",
    re.I,
)


def contact_block_start(lines: list[Line], end: int) -> int:
    """Return where the contact details begin that stand last before `end`; `end` if none do.

    They are looked for below a closing and the name under it, which both stay, or below a name
    alone, if the text above is ended and does not announce somebody.
    """
    closing = _closing_line(lines, end)
    if closing is None:
        return _block_below_a_name(lines, end)
    below = next_written(lines, closing + 1, end)
    named = _closes_with_name(lines[closing].text)
    if below < end and not named:
        if is_name(lines[below].text):
            below = next_written(lines, below + 1, end)
        elif not reaches_someone(lines, below, end):
            return end  # "Sincerely, The Billing Team": the line stands for a name.
    return below if is_contact_block(lines, below, end) else end


def is_contact_block(lines: list[Line], first: int, end: int) -> bool:
    """True if the lines are contact details and nothing reads like a sentence."""
    block = [line.text for line in lines[first:end] if line.text and not is_drawn(line.text)]
    if not 0 < len(block) <= MOST_LINES:
        return False
    if any(len(text) > LONGEST_LINE and not _reaches(text) for text in block):
        return False
    if any(reads_like_a_sentence(text) or POSTSCRIPT.match(text) for text in block):
        return False
    if len(block) <= 2 and any(PERSONAL.search(text) for text in block):
        return False
    if len(block) == 1:
        return bool(ROLE.search(block[0]) or COMPANY.search(block[0]))
    details = sum(bool(_weight(text)) for text in block)
    return details * 2 >= len(block)


def reads_like_a_sentence(text: str) -> bool:
    """True if a line is prose rather than a name, a title, an address or a number."""
    words = len(text.split())
    if PROSE_START.match(text) or text.endswith((":", "：")):
        return True
    if text[:1].islower() and not (_reaches(text) or ROLE.search(text) or REACH_LABEL.match(text)):
        return True
    if SENTENCE.search(text) and not COMPANY.search(text[-12:]):
        return words >= 3 or text.endswith("?")
    return words > 9 and not (_reaches(text) or STREET.search(text) or COMPANY.search(text))


def is_name(text: str) -> bool:
    """True for up to six words, capitalised or in a script without capitals, without digits."""
    if not 0 < len(text) <= 50 or not NAME.fullmatch(text) or COMPANY.search(text) or ROLE.search(text):
        return False
    words = [word for word in re.split(r"[\s,]+", text) if word[:1].isalpha()]
    small = sum(word[0].islower() for word in words)
    return bool(words) and small <= len(words) // 3


def is_drawn(text: str) -> bool:
    """True for a line of dashes and the like."""
    return len(text) >= 2 and not text.strip("_-=—–*━─＝・~〜+#")


def reaches_someone(lines: list[Line], first: int, end: int) -> bool:
    """True if a telephone number, an address or a page stands on one of the lines."""
    return any(_reaches(line.text) for line in lines[first:end])


def _block_below_a_name(lines: list[Line], end: int) -> int:
    """Details under a name in one of the last paragraphs: two lines at least, one to reach them by."""
    for first, after in paragraphs(lines, end):
        above = last_written(lines, first)
        if not above or end - first > MOST_LINES or after - first < 3:
            continue
        name = lines[first].text
        if not FULL_NAME.fullmatch(name) or not is_name(name) or SENTENCE.search(name):
            continue
        if any(PERSONAL.search(line.text) or PROSE.search(line.text) for line in lines[first:end]):
            continue
        if _announces(lines, above):
            continue
        below = next_written(lines, first + 1, end)
        if reaches_someone(lines, below, end) and is_contact_block(lines, below, end):
            return below
    return end


def _announces(lines: list[Line], above: int) -> bool:
    """True if the paragraph that ends before line `above` speaks of somebody or is not finished."""
    if not lines[above - 1].text.endswith(ENDED) and POINTING.search(lines[above - 1].text):
        return True
    start = paragraph_start(lines, above)
    return any(REFERRAL.search(line.text) for line in lines[start:above])


def _closing_line(lines: list[Line], end: int) -> int | None:
    """The last closing near the end."""
    for number in range(end - 1, max(-1, end - MOST_LINES - 4), -1):
        text = lines[number].text
        if not 0 < len(text) <= 60:
            continue
        if CLOSING.fullmatch(text) or _closes_with_name(text):
            return number
    return None


def _closes_with_name(text: str) -> bool:
    """True for "Best, Anna Lee", not for "Thanks for the note"."""
    match = CLOSING_WITH_NAME.fullmatch(text)
    return match is not None and is_name(match.group("name").strip(" .!,"))


def _weight(text: str) -> int:
    """How much a line looks like contact details: 0 nothing, 2 a phone, an address, a page."""
    if _reaches(text):
        return 2
    return 1 if ROLE.search(text) or COMPANY.search(text) or STREET.search(text) else 0


def _reaches(text: str) -> bool:
    text = A_DATE.sub("", text)
    digits = sum(character.isdigit() for character in text[:LONGEST_LINE])
    if digits >= 7 and PHONE.search(text):
        return True
    return bool(REACH.search(text) or (REACH_LABEL.match(text) and (digits >= 6 or "@" in text)))
