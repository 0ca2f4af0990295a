"""Finds where the lead's words end and their signature begins. Pure.

The closing and the name below it ("Best regards, Anna") are the lead's words and stay; what is
cut is the block of contact details below, a "-- " signature, what the mail client marked as
signature, device lines and notices. When in doubt nothing is cut.
"""

import re

from inbox.quoting import elements, languages, notices
from inbox.quoting.parts import Line

DELIMITER = re.compile(r"--|—|––")
MOST_SIGNATURE_LINES = 30
MOST_SIGNATURE_CHARACTERS = 2500
LONGEST_BLOCK_LINE = 110
MOST_BLOCK_LINES = 18

CLOSING = re.compile(rf"(?:{languages.CLOSINGS})\W*", re.I)
CLOSING_WITH_NAME = re.compile(rf"(?:{languages.CLOSINGS})[\s,.!–-]+(?:[^\W\d_][\w'’.-]*\s?){{1,3}}", re.I)
NAME = re.compile(r"(?:(?:dr|mr|mrs|ms|prof|ing|dipl|mgr|bc)\.?[\s-]?)*(?:[^\W\d_][\w'’.-]*,?\s?){1,5}", re.I)
POSTSCRIPT = re.compile(r"p\.?\s?p?\.?s\b\.?|nb\b|edit\b", re.I)
SENTENCE = re.compile(r"[?!]\s*$|\w{2,}[.…]\s*$|[。？！]\s*$")

PHONE = re.compile(r"(?:\+|\b00|\(0)?\d[\d\s().\-/]{5,}\d")
REACH = re.compile(r"@|\bhttps?://|\bwww\.|\blinkedin\b|\b[a-z0-9-]+\.(?:com|net|org|io|de|fr|es|it|nl|pl|eu|example)\b", re.I)
REACH_LABEL = re.compile(
    r"(?:[tmfoce]|tel|tél|téléphone|telefon|telefono|teléfono|telefax|phone|mobile?|mob|cell|direct|office|fax|"
    r"e-?mail|web|skype|handy|mobil|gsm|puh|tlf|тел|电话|手机|電話|携帯)\s*[.:|)]",
    re.I,
)
ROLE = re.compile(
    r"\b(?:ceo|cto|cfo|coo|cmo|cio|cro|vp|svp|evp|president|director|manager|head of|lead|chief|officer|founder|"
    r"co-founder|partner|owner|consultant|engineer|specialist|coordinator|executive|assistant|analyst|buyer|"
    r"administrator|supervisor|representative|geschäftsführ\w+|leiter\w*|leitung|vorstand|prokurist\w*|"
    r"einkauf|vertrieb|assistenz|inhaber\w*|referent\w*|directeur|directrice|responsable|gérante?|président\w*|"
    r"director\w*|gerente|jefe|jefa|responsabile|direttore|direttrice|titolare|amministratore|diretora?|"
    r"coordenador\w*|inkoper|directeur|eigenaar|hoofd|dyrektor|kierownik|prezes|specjalista|chef|ansvarig|vd|"
    r"direktør|leder|johtaja|päällikkö|ředitel\w*|jednatel\w*|vedoucí|директор|руководитель|менеджер|müdür\w*|"
    r"部長|課長|代表|取締役|经理|总监)\b|部長|課長|取締役|经理|总监",
    re.I,
)
COMPANY = re.compile(
    r"\b(?:inc|ltd|llc|llp|plc|corp|co\.|company|group|holdings?|gmbh|ag|kg|ug|mbh|sarl|s\.?a\.?r\.?l|sas|s\.?a\.?|"
    r"s\.?l\.?|s\.?r\.?l|s\.?p\.?a|ltda|lda|b\.?v|n\.?v|sp\. z o\.?o|s\.?r\.?o|a\.?s|aps|ab|oy|oyj|ооо|зао|a\.?ş|"
    r"kft|hrb|amtsgericht|vat|ust-?id\w*|siret|registered)\b\.?|株式会社|有限公司",
    re.I,
)
STREET = re.compile(
    r"\b(?:street|st\.|road|rd\.|avenue|ave|suite|floor|straße|strasse|str\.|platz|allee|rue|boulevard|calle|"
    r"via|viale|piazza|rua|avenida|straat|laan|ul\.|ulica|gatan|vej|gade|katu|ulice|ул\.|cadde|sokak)\b|"
    r"straße \d|strasse \d|\b\d{4,5}\s+[^\W\d_]{3,}",
    re.I,
)


def signature_start(lines: list[Line], *, alone: bool = True) -> int:
    """Return the number of the first line that is signature; `len(lines)` if there is none.

    `lines` is one run of the lead's lines, without history. With `alone` the mail has no other
    run, so something is always left.
    """
    end = _without_notices(lines, len(lines), alone)
    end = _marked_start(lines, end, alone)
    end = _delimited_start(lines, end, alone)
    end = _without_notices(lines, end, alone)
    end = _contact_block_start(lines, end)
    return _without_notices(lines, end, alone)


def banner_end(lines: list[Line]) -> int:
    """Return the number of the first line below a gateway's banner; 0 if there is none."""
    end = 0
    for first, after in _paragraphs(lines, len(lines)):
        text = _joined(lines, first, after)
        if notices.is_banner(text):
            end = after
            continue
        if first == end and (single := _banner_lines(lines, first, after)):
            end = first + single
        break
    return end


def _banner_lines(lines: list[Line], first: int, after: int) -> int:
    """How many lines a banner takes that stands right on top of the mail, no empty line between."""
    for count in (1, 2, 3):
        if first + count < after and notices.is_banner(_joined(lines, first, first + count)):
            return count
    return 0


def _without_notices(lines: list[Line], end: int, alone: bool) -> int:
    """Take device lines, disclaimers and footers off the end; never the whole mail."""
    while True:
        end = _last_written(lines, end)
        first = _paragraph_start(lines, end)
        if end and notices.is_device_line(lines[end - 1].text):
            cut = end - 1
        elif end and notices.is_notice(_joined(lines, first, end)):
            cut = first
        elif end and (lines[end - 1].marks and _is_drawn(lines[end - 1].text)):
            cut = end - 1
        else:
            return end
        if alone and not _last_written(lines, cut):
            return end
        end = cut


def _marked_start(lines: list[Line], end: int, alone: bool) -> int:
    """What the client itself marked as signature, if it stands last and is no letter."""
    first = end
    while first and (lines[first - 1].is_blank or elements.SIGNATURE in lines[first - 1].marks):
        first -= 1
    while first < end and lines[first].is_blank:
        first += 1
    if first == end or not _is_small(lines, first, end):
        return end
    delimiter = _last_written(lines, first)
    if delimiter and _is_drawn(lines[delimiter - 1].text):
        first = delimiter - 1
    return first if _last_written(lines, first) or not alone else end


def _delimited_start(lines: list[Line], end: int, alone: bool) -> int:
    """The "-- " line of mail clients; with dashes only, what follows must be small."""
    for number in range(max(0, end - MOST_SIGNATURE_LINES - 1), end):
        if alone and not _last_written(lines, number):
            continue
        if not _delimits(lines, number, end):
            continue
        if _is_small(lines, number + 1, end) and not _has_postscript(lines, number + 1, end):
            return number
    return end


def _delimits(lines: list[Line], number: int, end: int) -> bool:
    """True for "-- "; for a longer drawn line if contact details stand below it."""
    text = lines[number].text
    if DELIMITER.fullmatch(text):
        return True
    if not _is_drawn(text):
        return False
    below = _next_written(lines, number + 1, end)
    if below < end and _is_name(lines[below].text):
        below = _next_written(lines, below + 1, end)
    block = lines[below:end]
    return _is_contact_block(lines, below, end) and any(_reaches(line.text) for line in block)


def _contact_block_start(lines: list[Line], end: int) -> int:
    """The contact details below a closing or, without one, below a name."""
    for first in _block_candidates(lines, end):
        if _is_contact_block(lines, first, end) and _last_written(lines, first):
            return first
    return end


def _block_candidates(lines: list[Line], end: int) -> list[int]:
    """Line numbers a contact block may begin at, the most trustworthy first."""
    closing = _closing_line(lines, end)
    if closing is not None:
        below = _next_written(lines, closing + 1, end)
        named = CLOSING_WITH_NAME.fullmatch(lines[closing].text) is not None
        if below < end and not named:
            if _is_name(lines[below].text):
                below = _next_written(lines, below + 1, end)
            elif not any(_reaches(line.text) for line in lines[below:end]):
                return []  # "Sincerely, The Billing Team": the line stands for a name.
        return [below]
    return _blocks_under_a_name(lines, end)


def _blocks_under_a_name(lines: list[Line], end: int) -> list[int]:
    """Last paragraphs that begin with a name, have two more lines and do not follow a colon."""
    found = []
    for first, after in _paragraphs(lines, end):
        above = _last_written(lines, first)
        if not above or end - first > MOST_BLOCK_LINES:
            continue
        announced = lines[above - 1].text.endswith((":", "：", ","))
        if announced or not _is_name(lines[first].text):
            continue
        details = [line.text for line in lines[first + 1 : end] if line.text]
        sure = sum(bool(_reaches(text)) for text in details)
        if after - first >= 3 and len(details) >= 2 and sure >= 1 and sum(map(_weight, details)) >= 2:
            found.append(_next_written(lines, first + 1, end))
    return found


def _is_contact_block(lines: list[Line], first: int, end: int) -> bool:
    """True if the lines are contact details and nothing reads like a sentence."""
    block = [line.text for line in lines[first:end] if line.text]
    if not 0 < len(block) <= MOST_BLOCK_LINES:
        return False
    if any(len(text) > LONGEST_BLOCK_LINE and not _reaches(text) for text in block):
        return False
    if any(_reads_like_a_sentence(text) for text in block):
        return False
    details = sum(bool(_weight(text)) for text in block)
    return details * 2 >= len(block) or (details >= 2 and len(block) <= 8)


def _reads_like_a_sentence(text: str) -> bool:
    if POSTSCRIPT.match(text):
        return True
    words = len(text.split())
    if SENTENCE.search(text) and not COMPANY.search(text[-12:]):
        return words >= 3 or text.endswith("?")
    return words > 9 and not (_reaches(text) or STREET.search(text) or COMPANY.search(text))


def _weight(text: str) -> int:
    """How much a line looks like contact details: 0 nothing, 2 a phone, an address, a page."""
    if _reaches(text):
        return 2
    return 1 if ROLE.search(text) or COMPANY.search(text) or STREET.search(text) else 0


def _reaches(text: str) -> bool:
    digits = sum(character.isdigit() for character in text[:LONGEST_BLOCK_LINE])
    if PHONE.search(text) and digits >= 7:
        return True
    return bool(REACH.search(text) or (REACH_LABEL.match(text) and (digits >= 6 or "@" in text)))


def _closing_line(lines: list[Line], end: int) -> int | None:
    """The last closing near the end, unless too much is written below it."""
    for number in range(end - 1, max(-1, end - MOST_BLOCK_LINES - 4), -1):
        text = lines[number].text
        if not 0 < len(text) <= 60:
            continue
        if CLOSING.fullmatch(text) or CLOSING_WITH_NAME.fullmatch(text):
            return number
    return None


def _is_name(text: str) -> bool:
    """True for one to five words, capitalised or in a script without capitals, without digits."""
    if not 0 < len(text) <= 50 or not NAME.fullmatch(text) or COMPANY.search(text):
        return False
    if ROLE.search(text):
        return False
    words = [word for word in re.split(r"[\s,]+", text) if word[:1].isalpha()]
    small = sum(word[0].islower() for word in words)
    return bool(words) and small <= len(words) // 3


def _is_small(lines: list[Line], first: int, end: int) -> bool:
    written = [line for line in lines[first:end] if line.text]
    size = sum(len(line.text) for line in written)
    return 0 < len(written) <= MOST_SIGNATURE_LINES and size <= MOST_SIGNATURE_CHARACTERS


def _has_postscript(lines: list[Line], first: int, end: int) -> bool:
    return any(re.match(r"p\.?\s?s\b", line.text, re.I) for line in lines[first:end])


def _is_drawn(text: str) -> bool:
    return bool(DELIMITER.fullmatch(text)) or (len(text) >= 3 and not text.strip("_-=—–*"))


def _paragraphs(lines: list[Line], end: int) -> list[tuple[int, int]]:
    """Runs of written lines as (first, after)."""
    found: list[tuple[int, int]] = []
    first = None
    for number in range(end):
        if lines[number].is_blank:
            if first is not None:
                found.append((first, number))
            first = None
        elif first is None:
            first = number
    if first is not None:
        found.append((first, end))
    return found


def _paragraph_start(lines: list[Line], end: int) -> int:
    while end and not lines[end - 1].is_blank:
        end -= 1
    return end


def _last_written(lines: list[Line], end: int) -> int:
    """Return `end` moved up over empty lines."""
    while end and lines[end - 1].is_blank:
        end -= 1
    return end


def _next_written(lines: list[Line], first: int, end: int) -> int:
    while first < end and lines[first].is_blank:
        first += 1
    return first


def _joined(lines: list[Line], first: int, after: int) -> str:
    return " ".join(line.text for line in lines[first:after])
