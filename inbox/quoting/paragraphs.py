"""Walking over the lines of a mail. Pure."""

from inbox.quoting.parts import Line


def paragraphs(lines: list[Line], end: int) -> list[tuple[int, int]]:
    """Return the runs of written lines before `end` as (first, after)."""
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


def paragraph_start(lines: list[Line], end: int) -> int:
    """Return where the paragraph begins that ends before `end`."""
    while end and not lines[end - 1].is_blank:
        end -= 1
    return end


def last_written(lines: list[Line], end: int) -> int:
    """Return `end` moved up over empty lines; 0 if nothing is written above it."""
    while end and lines[end - 1].is_blank:
        end -= 1
    return end


def next_written(lines: list[Line], first: int, end: int) -> int:
    """Return `first` moved down over empty lines, `end` at most."""
    while first < end and lines[first].is_blank:
        first += 1
    return first


def joined(lines: list[Line], first: int, after: int) -> str:
    """Return the lines as one, a blank between."""
    return " ".join(line.text for line in lines[first:after])
