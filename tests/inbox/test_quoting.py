"""The lead's words, all of them, and nothing of ours: measured on the mails of tests/payloads/mails."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.quoting import ReplyParts, split_reply
from inbox.quoting.devices import is_device_line
from tests.inbox.mails import corpus, lines_of, list_of, normal, words

FLOOR = 0.97
OUR_MAIL = "Hi Anna,\n\nare you free on Thursday?\n\nTom Reed\nhttps://sender.example/unsubscribe"


def reply_of(*, text: str = "", html: str = "") -> str:
    return split_reply(text=text, html=html).reply


def named(mail: dict[str, Any]) -> str:
    return str(mail["name"])


def test_the_corpus_is_as_wide_as_promised() -> None:
    assert len(corpus()) >= 80
    assert len({mail["language"] for mail in corpus()}) >= 12
    assert sum(bool(mail["html"]) and not mail["text"] for mail in corpus()) >= 15


def test_nearly_every_mail_of_the_corpus_is_split_as_a_careful_person_would() -> None:
    wrong = [
        mail["name"]
        for mail in corpus()
        if normal(reply_of(text=mail["text"], html=mail["html"])) != normal(mail["reply"])
    ]
    assert len(wrong) <= (1 - FLOOR) * len(corpus()), wrong


@pytest.mark.parametrize("mail", corpus(), ids=named)
def test_no_word_of_the_lead_is_lost(mail: dict[str, Any]) -> None:
    assert not words(mail["reply"]) - words(reply_of(text=mail["text"], html=mail["html"]))


@pytest.mark.parametrize("mail", [mail for mail in corpus() if "signature" in mail], ids=named)
def test_what_is_signature_is_kept_apart(mail: dict[str, Any]) -> None:
    parts = split_reply(text=mail["text"], html=mail["html"])
    assert normal(parts.signature) == normal(mail["signature"])


@pytest.mark.parametrize("mail", corpus(), ids=named)
def test_splitting_a_reply_again_loses_nothing(mail: dict[str, Any]) -> None:
    once = reply_of(text=mail["text"], html=mail["html"])
    assert words(reply_of(text=once)) == words(once)


@pytest.mark.parametrize("mail", corpus(), ids=named)
def test_no_word_of_a_text_part_disappears_altogether(mail: dict[str, Any]) -> None:
    parts = split_reply(text=mail["text"], html="")
    assert words(mail["text"]) <= words(parts.reply) | words(parts.signature) | words(parts.quoted)


@pytest.mark.parametrize("introduction", lines_of("attributions.txt") + list_of("header_blocks.yaml"))
@pytest.mark.parametrize("mark", ["", "> "])
def test_every_introduction_we_know_ends_the_reply(introduction: str, mark: str) -> None:
    history = "\n".join(mark + line for line in OUR_MAIL.split("\n"))
    parts = split_reply(text=f"Yes please.\n\nAnna\n\n{introduction}\n\n{history}", html="")
    assert parts.reply == "Yes please.\n\nAnna"
    assert "are you free" in parts.quoted


@pytest.mark.parametrize("own", list_of("own_words.yaml"))
def test_words_that_only_look_like_a_boundary_stay(own: str) -> None:
    assert reply_of(text=own) == own
    assert reply_of(text=f"{own}\n\nOn Mar 3, 2025, at 10:12, Tom <tom@sender.example> wrote:\n> Hi") == own


@pytest.mark.parametrize("line", lines_of("device_lines.txt"))
def test_a_line_of_the_device_is_signature(line: str) -> None:
    parts = split_reply(text=f"Call me.\n\n{line}", html="")
    assert (parts.reply, parts.signature) == ("Call me.", line)


@pytest.mark.parametrize("line", lines_of("not_device_lines.txt"))
def test_a_line_of_the_lead_is_no_device_line(line: str) -> None:
    assert not is_device_line(line)


def test_a_mail_without_own_words_is_kept_whole_and_says_so() -> None:
    quoted = "On Mar 3, 2025, at 10:12, Tom <tom@sender.example> wrote:\n> Hi\n> there"
    parts = split_reply(text=quoted, html="")
    assert (parts.reply, parts.unsplit) == (quoted, True)


def test_an_empty_mail_gives_nothing() -> None:
    assert split_reply(text=" \n ", html="") == ReplyParts(reply="")


def test_a_text_part_that_is_html_is_read_as_html() -> None:
    assert reply_of(text="<div>Yes<br>Anna</div>") == "Yes\nAnna"


def test_a_postscript_below_the_signature_stays() -> None:
    parts = split_reply(text="Yes.\n\n-- \nAnna Lee\n+1 555 0100\n\nPS: bring Lena", html="")
    assert (parts.reply, parts.signature) == ("Yes.\n\nPS: bring Lena", "--\nAnna Lee\n+1 555 0100")


def test_answers_the_lead_says_are_in_our_text_are_not_thrown_away() -> None:
    text = "My answers are below in red.\n\nFrom: Tom <t@sender.example>\nSent: 3 March 2025\nTo: Anna\n\nHow many? 40"
    assert "40" in reply_of(text=text)


def test_the_html_part_shows_what_a_flattened_text_part_hides() -> None:
    html = '<div>Yes please.</div><blockquote type="cite"><div>Are you free?</div></blockquote><div>Or Friday.</div>'
    assert reply_of(text="Yes please. Are you free? Or Friday.", html=html) == "Yes please.\n\nOr Friday."


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, Mar 3, 2025 at 10:12 AM Tom Reed <tom@sender.example> wrote: Hi Anna, are you free?",
        "From: Tom Reed <tom@sender.example> Sent: March 3, 2025 10:12 To: Anna Subject: Idea Hi Anna, are you free?",
        "Von: Tom Reed <tom@sender.example> Gesendet: 3. März 2025 10:12 An: Anna Betreff: Idee Hi Anna, are you free?",
    ],
)
def test_a_mail_in_one_line_is_split_all_the_same(history: str) -> None:
    parts = split_reply(text=f"Yes, Thursday. From: 9 on is fine. {history}", html="")
    assert parts.reply == "Yes, Thursday. From: 9 on is fine."
    assert parts.quoted.endswith("are you free?")


def test_a_text_part_that_only_asks_for_html_is_not_the_reply() -> None:
    assert reply_of(text="Please enable HTML to see this.", html="<p>We would like a demo in May.</p>") == (
        "We would like a demo in May."
    )


def test_plain_blockquotes_quote_only_below_an_introduction() -> None:
    introduction = "<p>On Mar 3, 2025, at 10:12, Tom &lt;tom@sender.example&gt; wrote:</p>"
    quote, answer = "<blockquote>Who decides?</blockquote>", "<p>I do.</p>"
    assert reply_of(html=f"<p>Hi</p>{introduction}{quote}{answer}") == "Hi\n\nI do."
    assert reply_of(html=f"<p>Hi</p>{quote}{answer}") == "Hi\n\nWho decides?\n\nI do."


def test_links_of_the_reply_that_the_text_lacks_are_told_and_those_of_the_history_are_not() -> None:
    html = (
        '<p>See <a href="https://buyer.example/plan">our plan</a></p>'
        '<blockquote type="cite"><a href="https://sender.example/out">unsubscribe</a></blockquote>'
    )
    parts = split_reply(text="See our plan\n\n> unsubscribe", html=html)
    assert (parts.reply, parts.links) == ("See our plan", ("https://buyer.example/plan",))
    alone = split_reply(text="", html=html)
    assert (alone.reply, alone.links) == ("See our plan (https://buyer.example/plan)", ())


WITHOUT_CLOSING = [own for own in list_of("own_words.yaml") if not {"Thanks", "Best", "Sincerely"} & words(own)]
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)
FRAGMENTS = (
    "> |\n|-- |From: a@b.example|Sent: 3 March 2025 10:12|To: x|wrote:|On Mon, Mar 3, 2025 at 10:12 |<a@b.example>|"
    "Best,|Anna Lee|+1 555 0100|Sent from my iPhone|<div>|</div>|<blockquote type='cite'>|</blockquote>|<hr>|"
    "<table><tr><td>|<li>|<p class='gmail_attr'>|&gt;|\r\n|\u2028|\x00|\ud800|CAUTION: external email."
)
PIECES = st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=ANY_TEXT | PIECES, html=ANY_TEXT | PIECES)
def test_nothing_makes_it_raise_and_it_always_says_the_same(text: str, html: str) -> None:
    parts = split_reply(text=text, html=html)
    assert parts == split_reply(text=text, html=html)
    assert bool(parts.reply) or not normal(text.replace("\0", "")) or "<" in text


@settings(max_examples=200, deadline=None)
@given(
    own=st.lists(st.sampled_from(WITHOUT_CLOSING), min_size=1, max_size=4).map("\n\n".join),
    introduction=st.sampled_from(lines_of("attributions.txt")),
)
def test_no_mixture_of_a_leads_words_is_shortened(own: str, introduction: str) -> None:
    found = reply_of(text=f"{own}\n\n{introduction}\n\n> {OUR_MAIL.replace(chr(10), chr(10) + '> ')}")
    assert words(own) <= words(found)


@pytest.mark.parametrize(
    "piece",
    [
        "wrote:\n",
        ">\n",
        "From: a@b.example\n",
        "a" * 380 + ":\n",
        "Best,\nAnna Lee\n",
        "<a@b ",
        "On 1 <a@b.c> 2025 x:\n",
    ],
)
def test_two_megabytes_of_text_are_read_to_their_end(piece: str) -> None:
    """Seconds, as the work grows with the length; where it grew with its square, nobody would see this test end."""
    text = piece * (2_000_000 // len(piece))
    parts = split_reply(text=text, html="")
    assert len(parts.reply) + len(parts.quoted) + len(parts.signature) > 0.99 * len(text.strip())


@pytest.mark.parametrize("piece", ["<p>x", "<div>", "<blockquote type=cite>x", "<table><tr><td>x", "<!--", "<a href='"])
def test_two_megabytes_of_html_are_read_to_their_end(piece: str) -> None:
    times = 2_000_000 // len(piece)
    parts = split_reply(text="", html=piece * times)
    read = parts.reply + parts.quoted + parts.signature
    assert read.count("x") == times * piece.count(">x")
