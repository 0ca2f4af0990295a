"""Whatever is slipped into a clean draft, in whatever disguise, is found (issue 3, bars)."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from inbox.drafting.guards import Allowed, Kind, problems

DRAFTS = Path(__file__).parent.parent / "payloads" / "drafts"
INPUTS = Allowed(
    **{name: tuple(value) for name, value in json.loads((DRAFTS / "inputs.json").read_text()).items()}, max_chars=20_000
)
CLEAN = [row["text"] for row in json.loads((DRAFTS / "good.json").read_text())]

WORDS = "harbor meeting book team sales north green cloud fast quick deal desk"
word = some.sampled_from(WORDS.split())
tld = some.sampled_from(
    ["com", "net", "org", "io", "ai", "example", "shop", "xyz", "de", "fr", "co.uk", "dev", "app", "zip", "xn--p1ai"]
)
hour, minute = some.integers(1, 12), some.integers(0, 59)
some_day = some.sampled_from(
    [
        "Monday",
        "Tuesday",
        "tomorrow",
        "Mittwoch",
        "übermorgen",
        "mardi",
        "demain",
        "miércoles",
        "mañana",
        "giovedì",
        "domani",
        "vrijdag",
        "overmorgen",
        "terça-feira",
        "amanhã",
        "torsdag",
        "czwartek",
        "jutro",
    ]
)
urls = some.one_of(
    some.builds("https://{}.{}/{}".format, word, tld, word),
    some.builds("{}-{}.{}".format, word, word, tld),
    some.builds("www.{}{}.{}".format, word, word, tld),
    some.builds("calendly.com/{}-{}".format, word, word),
    some.builds("{}@{}.{}".format, word, word, tld),
)
times = some.one_of(
    some.builds("{}:{:02}".format, hour, minute),
    some.builds("{}{}".format, hour, some.sampled_from(["pm", "am", " p.m.", " PM"])),
    some.builds("{}.{:02} Uhr".format, hour, minute),
    some.builds("{}h{:02}".format, some.integers(7, 23), minute),
    some.builds("half past {}".format, some.sampled_from(["two", "three", "nine"])),
)
days = some.one_of(
    some_day,
    some.builds("{} {}".format, some.sampled_from(["March", "Mai", "juin", "octubre", "lipca"]), some.integers(1, 28)),
    some.builds("{}. {}".format, some.integers(1, 28), some.sampled_from(["Dezember", "März", "April"])),
    some.dates().map(lambda day: day.isoformat()),
)
# None of these amounts stands in the inputs.
sums = some.integers(1_501, 99_999)
prices = some.one_of(
    some.builds("${}".format, sums),
    some.builds("{:,} EUR".format, sums),
    some.builds("€ {}".format, sums),
    some.builds("{} złotych".format, sums),
    some.builds("{} %".format, some.integers(31, 99)),
    some.builds("{}% off".format, some.integers(31, 99)),
    some.builds("{} Prozent".format, some.integers(31, 99)),
)
names = some.text(string.ascii_letters, min_size=2, max_size=12)
placeholders = some.one_of(
    names.map("{{{}}}".format),
    names.map("{{{{ {} }}}}".format),
    names.map("[{}]".format),
    names.map("<{}>".format),
    names.map("%{}%".format),
    names.map("__{}__".format),
    some.sampled_from(["XXX", "TBD", "Lorem ipsum", "INSERT LINK HERE", "$NAME$"]),
)

# Disguises. They are written out here, not taken from the code under test.
ALIKE = str.maketrans("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ")
WIDE = {ord(char): ord(char) + 0xFEE0 for char in string.ascii_letters + string.digits + ".:/@%$"}
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e"


def cased(text: str, choice: int) -> str:
    return "".join(char.upper() if choice >> (place % 31) & 1 else char.lower() for place, char in enumerate(text))


def hidden_inside(text: str, char: str, place: int) -> str:
    place = 1 + place % max(1, len(text) - 1)
    return text[:place] + char + text[place:]


@some.composite
def disguised(draw: some.DrawFn, texts: some.SearchStrategy[str]) -> str:
    text = draw(texts)
    how = draw(some.sampled_from(["as it is", "case", "alike", "wide", "hidden"]))
    if how == "case":
        return cased(text, draw(some.integers(0, 2**31)))
    if how == "alike":
        return text.translate(ALIKE)
    if how == "wide":
        return text.translate(WIDE)
    if how == "hidden":
        return hidden_inside(text, draw(some.sampled_from(HIDDEN)), draw(some.integers(0, 40)))
    return text


@some.composite
def slipped_in(draw: some.DrawFn, texts: some.SearchStrategy[str]) -> str:
    """A clean draft with the piece before, behind or between its sentences."""
    draft, piece = draw(some.sampled_from(CLEAN)), draw(texts)
    gap = draw(some.sampled_from([" ", "\n", "\n\n", ", ", " (", ": "]))
    after = draw(some.sampled_from([" ", ". ", "\n", "!\n", ") ", "? "]))
    places = [
        0,
        len(draft),
        *(place + 1 for place, char in enumerate(draft) if char in ".!?\n" and draft[place + 1 :][:1] in " \n"),
    ]
    place = draw(some.sampled_from(places))
    return draft[:place] + gap + piece + after + draft[place:]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (urls, {Kind.URL, Kind.EMAIL}),
        (times, {Kind.TIME, Kind.DATE}),
        (days, {Kind.DATE, Kind.TIME}),
        (prices, {Kind.PRICE}),
        (placeholders, {Kind.PLACEHOLDER}),
    ],
    ids=["url", "time", "date", "price", "placeholder"],
)
def test_a_slipped_in_piece_is_always_found(pieces: some.SearchStrategy[str], expected: set[Kind]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(text=slipped_in(pieces))
    def check(text: str) -> None:
        assert {found.kind for found in problems(text, INPUTS)} & expected

    check()


@settings(max_examples=120, deadline=None)
@given(text=slipped_in(disguised(some.one_of(urls, times, days, prices, placeholders))))
def test_no_disguise_helps(text: str) -> None:
    assert problems(text, INPUTS)


@settings(max_examples=60, deadline=None)
@given(day=some_day, place=some.integers(0, 40), gap=some.sampled_from(["\n", " \n", "-\n", "\r\n"]))
def test_a_day_broken_over_two_lines_is_found(day: str, place: int, gap: str) -> None:
    assert problems(f"Hi Ann,\n\nhow about {hidden_inside(day, gap, place)}?\n\nBest,\nDana", INPUTS)


@settings(max_examples=50, deadline=None)
@given(url=urls, place=some.integers(0, 40), gap=some.sampled_from(["\n", " \n ", "\r\n"]))
def test_a_link_broken_over_two_lines_is_found(url: str, place: int, gap: str) -> None:
    assert problems(f"Hi Ann,\n\nsee {hidden_inside(url, gap, place)}\n\nBest,\nDana", INPUTS)


@settings(max_examples=60, deadline=None)
@given(
    draft=some.sampled_from(CLEAN),
    lines=some.lists(some.sampled_from(INPUTS.lead_signature), min_size=1, max_size=4, unique=True),
    choice=some.integers(0, 2**31),
    gap=some.sampled_from(["\n", "\n\n", "\n  ", "\n\t"]),
)
def test_the_leads_signature_below_a_draft_is_found(draft: str, lines: list[str], choice: int, gap: str) -> None:
    carried = gap.join(cased(line, choice) for line in lines)
    assert Kind.SIGNATURE in {found.kind for found in problems(f"{draft}\n\n{carried}", INPUTS)}


@settings(max_examples=120, deadline=None)
@given(text=some.text(max_size=400))
def test_any_text_is_read_without_an_error_and_always_alike(text: str) -> None:
    assert problems(text, INPUTS) == problems(text, INPUTS)


@settings(max_examples=50, deadline=None)
@given(draft=some.sampled_from(CLEAN), pieces=some.lists(some.one_of(urls, times, prices), max_size=3))
def test_what_our_own_texts_say_passes(draft: str, pieces: list[str]) -> None:
    said = [f"We say: {piece} ." for piece in pieces]
    allowed = Allowed(
        ours=(*INPUTS.ours, *said), offered_times=INPUTS.offered_times, our_names=INPUTS.our_names, max_chars=20_000
    )
    assert problems("\n\n".join([draft, *said]), allowed) == ()
