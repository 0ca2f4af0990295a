"""Says of every line of a mail whether it is the lead's own, signature or history. Pure."""

import re

from inbox.quoting import attributions, elements, headers, signatures
from inbox.quoting.parts import Kind, Line

# "My answers in red below": the lead wrote between our lines, and nothing marks where.
ANSWERS_INSIDE = re.compile(
    r"\b(?:answers?|answered|comments?|commented|repl(?:y|ies|ied)|responses?|responded|notes?|remarks|"
    r"antworten?|kommentare?|anmerkungen|réponses?|commentaires?|remarques|respuestas?|comentarios?|"
    r"risposte|commenti|respostas?|comentários?|antwoorden?|opmerkingen|odpowiedzi|uwagi|svar|kommentarer|"
    r"vastaukset|odpovědi|ответы|комментарии|cevapla\w*|yanıtla\w*)\b.{0,40}?"
    r"\b(?:below|inline|in-line|in (?:red|blue|green|bold|caps|yellow)|unten|in (?:rot|blau|grün)|"
    r"ci-dessous|en (?:rouge|bleu|vert|rojo|azul|verde)|abajo|sotto|in (?:rosso|blu|verde)|abaixo|"
    r"em (?:vermelho|azul|verde)|hieronder|in het (?:rood|blauw|groen)|poniżej|na czerwono|nedan|i rött|"
    r"nedenfor|med rødt|alla|punaisella|níže|červeně|ниже|красным|aşağıda|kırmızı)\b"
    r"|\b(?:see|replied|answered|answering|commented) in-?line\b"
    r"|\b(?:below|see|wrote|written|marked|highlighted)\b.{0,20}\bin (?:red|blue|green|bold|caps|yellow)\b",
    re.I | re.S,
)
MOST_HINT = 600
FAR = 8
MOST_LINES_OF_A_REPLY = 3000
MOST_LINES_OF_AN_ENDING = 200


def kinds_of(lines: list[Line]) -> list[Kind]:
    """Return the kind of each line. All may be history: the caller decides what that means."""
    kinds = [Kind.QUOTED if line.depth else Kind.OWN for line in lines]
    _mark_history(lines, kinds)
    if _answers_inside(lines, kinds):
        return [Kind.OWN] * len(lines)
    _mark_signatures(lines, kinds)
    return kinds


def _mark_history(lines: list[Line], kinds: list[Kind]) -> None:
    """Mark what introduces quotes; without quote marks below, all that follows is history.

    Only so many lines are looked at: what no mail has is not worth the time of a hostile one.
    """
    number = 0
    while number < min(len(lines), MOST_LINES_OF_A_REPLY):
        if kinds[number] is Kind.OWN and (found := _introduction_at(lines, number)):
            first, after = found
            if headers.asks_for_answers_above(lines[first]) and not any(line.text for line in lines[:first]):
                kinds[first] = Kind.SIGNATURE  # with nothing above it: the help desk writes below, to us
                number = after
                continue
            if _is_indented_from(lines, after):
                _mark_indented(lines, kinds, after)
            elif not _is_quoted_from(lines, after):
                after = len(lines)
            kinds[first:after] = [Kind.QUOTED] * (after - first)
            number = after
        number += 1


def _mark_indented(lines: list[Line], kinds: list[Kind], after: int) -> None:
    """Below an introduction plain blockquotes are quotes."""
    for number in range(after, len(lines)):
        if elements.INDENTED in lines[number].marks:
            kinds[number] = Kind.QUOTED


def _introduction_at(lines: list[Line], number: int) -> tuple[int, int] | None:
    """Return (first, after) of the introduction that is recognised on line `number`."""
    line = lines[number]
    if line.is_blank:
        return None
    if elements.HISTORY in line.marks or (elements.HEADER in line.marks and _has_labels(lines, number)):
        return headers.beginning_with_titles(lines, number), _after_mark(lines, number)
    if elements.INTRODUCTION in line.marks:
        return number, _after_mark(lines, number)
    if headers.begins_block(line) or headers.is_below_title(lines, number):
        after = headers.header_block_at(lines, number)
        if after is not None:
            return headers.beginning_with_titles(lines, number), after
    if headers.is_title(line):
        return number, number + 1
    first = attributions.attribution_at(lines, number)
    return None if first is None else (first, number + 1)


def _has_labels(lines: list[Line], number: int) -> bool:
    """The drawn line counts when a few labelled lines follow, in whatever language."""
    upcoming = lines[number : number + 8]
    return sum(bool(headers.LABEL.match(line.text[:400])) for line in upcoming) >= 2


def _after_mark(lines: list[Line], number: int) -> int:
    """Return the line after the element the mark of line `number` belongs to."""
    mark = lines[number].marks & {elements.HISTORY, elements.HEADER, elements.INTRODUCTION}
    while number < len(lines) and (lines[number].marks & mark):
        number += 1
    return number


def _is_quoted_from(lines: list[Line], number: int) -> bool:
    """True if the next written line carries a quote mark."""
    following = _next_line(lines, number)
    return following is not None and following.depth > 0


def _is_indented_from(lines: list[Line], number: int) -> bool:
    following = _next_line(lines, number)
    return following is not None and not following.depth and elements.INDENTED in following.marks


def _next_line(lines: list[Line], number: int) -> Line | None:
    written = (line for line in lines[number : number + FAR] if not line.is_blank)
    return next(written, None)


def _answers_inside(lines: list[Line], kinds: list[Kind]) -> bool:
    """True if the lead says their answers stand in the history, and none stand between."""
    runs = _own_runs(lines, kinds)
    if len(runs) != 1 or Kind.QUOTED not in kinds[runs[0][1] :]:
        return False
    first, after = runs[0]
    own = " ".join(line.text for line in lines[first:after])
    if len(own) > MOST_HINT or not ANSWERS_INSIDE.search(own):
        return False
    return not any(headers.is_forward(line) for line in lines[after : after + 4])


def _mark_signatures(lines: list[Line], kinds: list[Kind]) -> None:
    """Mark banners on top and signatures at the end of the first and the last run of own lines."""
    runs = _own_runs(lines, kinds)
    if not runs:
        return
    first, after = runs[0]
    top = signatures.banner_end(lines[first:after])
    if top and (len(runs) > 1 or any(line.text for line in lines[first + top : after])):
        kinds[first : first + top] = [Kind.SIGNATURE] * top
        runs[0] = (first + top, after)
    for first, after in {runs[0], runs[-1]}:
        first = max(first, after - MOST_LINES_OF_AN_ENDING)
        start, end = signatures.signature_span(lines[first:after], alone=len(runs) == 1)
        kinds[first + start : first + end] = [Kind.SIGNATURE] * (end - start)


def _own_runs(lines: list[Line], kinds: list[Kind]) -> list[tuple[int, int]]:
    """Return (first, after) of the runs of own lines in which something is written."""
    runs: list[tuple[int, int]] = []
    first = 0
    for number in range(len(lines) + 1):
        if number < len(lines) and kinds[number] is Kind.OWN:
            continue
        if any(line.text for line in lines[first:number]):
            runs.append((first, number))
        first = number + 1
    return runs
