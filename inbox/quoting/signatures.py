"""Finds where the lead's words end and their signature begins. Pure.

The closing and the name below it ("Best regards, Anna") are the lead's words and stay; what is
cut is the block of contact details below, a "-- " signature, what the mail client marked as
signature, device lines and notices. When in doubt nothing is cut.
"""

import re

from inbox.quoting import contacts, devices, elements, notices
from inbox.quoting.paragraphs import last_written, next_written, paragraph_start, paragraphs
from inbox.quoting.parts import Line

DELIMITER = re.compile(r"--|—|––")
# Words of somebody, not contact details: "Kein Interesse." (but not "Buyer Inc." or "12 Main St.").
SENTENCE = re.compile(r"^(?!.*(?:@|www|https?:|\d{3})).*[^\W\d_]{4,}[.!?]$")
MOST_LINES = 30
MOST_CHARACTERS = 2500
MOST_LINES_ABOVE_TEXT = 40


def signature_span(lines: list[Line], *, alone: bool) -> tuple[int, int]:
    """Return (first, after) of the signature in one run of the lead's lines.

    Both are `len(lines)` if there is none. A postscript below it is left out. With `alone` the
    mail has no other run, so something is always left.
    """
    after = _postscript(lines)
    end = _without_notices(lines, after, alone)
    end = _marked_start(lines, end, alone)
    end = _delimited_start(lines, end, alone)
    end = _without_notices(lines, end, alone)
    end = contacts.contact_block_start(lines, end)
    end = _without_notices(lines, end, alone)
    if any(line.text for line in lines[end:after]):
        return end, after
    return len(lines), len(lines)


def banner_end(lines: list[Line]) -> int:
    """Return the number of the first line below a gateway's banner; 0 if there is none."""
    end = 0
    for first, after in paragraphs(lines, min(len(lines), MOST_LINES_ABOVE_TEXT)):
        count = notices.banner_lines(lines, first, after)
        if count:
            end = first + count
        if not count or end < after:
            break
    return end


def _postscript(lines: list[Line]) -> int:
    """Return where a postscript begins that ends the mail; `len(lines)` if none does."""
    end = last_written(lines, len(lines))
    first = paragraph_start(lines, end)
    is_one = first < end and contacts.POSTSCRIPT.match(lines[first].text)
    return first if is_one and last_written(lines, first) else len(lines)


def _without_notices(lines: list[Line], end: int, alone: bool) -> int:
    """Take device lines, disclaimers and footers off the end; with `alone` never the whole mail."""
    under_notice = False
    while True:
        end = last_written(lines, end)
        if not end:
            return end
        cut = end - 1
        heading = under_notice and notices.is_heading(lines[cut])
        if not heading and not devices.is_device_line(lines[cut].text):
            cut = notices.notice_start(lines, paragraph_start(lines, end), end)
            under_notice = under_notice or cut < end
        if cut == end or (alone and not last_written(lines, cut)):
            return end
        end = cut


def _marked_start(lines: list[Line], end: int, alone: bool) -> int:
    """What the client itself marked as signature, if it stands last and asks nothing."""
    first = end
    while first and (lines[first - 1].is_blank or elements.SIGNATURE in lines[first - 1].marks):
        first -= 1
    first = next_written(lines, first, end)
    if first == end or not _is_small(lines, first, end):
        return end
    if any(line.text.endswith("?") for line in lines[first:end]):
        return end
    dashes = last_written(lines, first)
    if dashes and contacts.is_drawn(lines[dashes - 1].text):
        first = dashes - 1
    return first if last_written(lines, first) or not alone else end


def _delimited_start(lines: list[Line], end: int, alone: bool) -> int:
    """The "-- " line of mail clients, or a line drawn over contact details."""
    near = range(max(0, end - MOST_LINES - 1), end)
    standard = [number for number in near if elements.DELIMITER in lines[number].marks]
    for number in standard or near:
        if alone and not last_written(lines, number):
            continue
        if _delimits(lines, number, end) and _is_small(lines, number + 1, end):
            return number
    return end


def _delimits(lines: list[Line], number: int, end: int) -> bool:
    """True for "-- "; for other drawn lines if what follows is no answer."""
    if elements.DELIMITER in lines[number].marks:
        return True
    text = lines[number].text
    if DELIMITER.fullmatch(text):
        return _is_lone_delimiter(lines, number, end)
    if not contacts.is_drawn(text):
        return False
    below = next_written(lines, number + 1, end)
    if below < end and contacts.is_name(lines[below].text):
        below = next_written(lines, below + 1, end)
    if any(SENTENCE.search(line.text) for line in lines[below:end]):
        return False
    return contacts.is_contact_block(lines, below, end) and contacts.reaches_someone(lines, below, end)


def _is_lone_delimiter(lines: list[Line], number: int, end: int) -> bool:
    """Dashes without their blank: the only ones, and nothing like an answer or a list below."""
    texts = [line.text for line in lines[number + 1 : end] if line.text]
    if not 0 < len(texts) <= contacts.MOST_LINES or any(text.endswith("?") for text in texts):
        return False
    drawn = sum(bool(DELIMITER.fullmatch(line.text)) for line in lines[:end])
    goes_on = texts[0][0].islower() and len(texts[0].split()) >= 3
    return drawn == 1 and not goes_on and not contacts.LISTED.match(texts[0])


def _is_small(lines: list[Line], first: int, end: int) -> bool:
    written = [line for line in lines[first:end] if line.text]
    size = sum(len(line.text) for line in written)
    return 0 < len(written) <= MOST_LINES and size <= MOST_CHARACTERS
