"""HTML of a mail as text a person can read, with nothing hidden and no target lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.html_text import html_lines, html_to_text, unseen_links


def test_links_keep_their_targets() -> None:
    html = (
        '<p>See <a href="https://buyer.example/a?b=1&amp;c=2">our <b>plan</b></a> or '
        '<a href="https://buyer.example">https://buyer.example/</a>, '
        '<a href="mailto:anna@buyer.example?subject=x">anna@buyer.example</a> '
        '<a href="mailto:anna@buyer.example">write me</a> <a href="javascript:alert(1)">no</a></p>'
    )
    assert html_to_text(html) == (
        "See our plan (https://buyer.example/a?b=1&c=2) or https://buyer.example/, "
        "anna@buyer.example write me (anna@buyer.example) no"
    )


def test_a_picture_with_a_link_shows_its_words_or_its_target() -> None:
    html = '<a href="https://buyer.example/d"><img alt="Deck" src="x"></a> <a href="https://buyer.example/e"><img></a>'
    assert html_to_text(html) == "Deck (https://buyer.example/d) https://buyer.example/e"


def test_lists_are_bulleted_and_numbered() -> None:
    html = "<ul><li>one<li><p>two</p><ol start=3><li>x</li><li>y</li></ol></ul>"
    assert html_to_text(html) == "- one\n- two\n  3. x\n  4. y"


def test_tables_are_read_row_by_row() -> None:
    html = "<table><tr><th>Month</th><th>Orders</th></tr><tr><td><p>May</p></td><td><p>120</p></td></tr></table>"
    assert html_to_text(html) == "Month | Orders\nMay | 120"


def test_lines_break_where_a_browser_breaks_them() -> None:
    html = "a\n b<br>c<div>d</div>e<div><br></div>f<p>g</p><p>h</p><pre> i\n  j</pre>"
    assert html_to_text(html) == "a b\nc\nd\ne\n\nf\n\ng\n\nh\n\n i\n  j"


def test_what_nobody_sees_is_dropped() -> None:
    html = (
        "<head><title>t</title><style>p{}</style></head><script>x()</script><!-- c --><p>seen</p>"
        '<p style="display: none">a</p><p hidden>b</p><span style="mso-hide:all">c</span>'
        '<div style="max-height:0;overflow:hidden">d</div><img src="https://t.example/o.gif" width="1" height="1">'
    )
    assert html_to_text(html) == "seen"


def test_emoji_pictures_and_forgotten_escapes_survive() -> None:
    assert html_to_text('Great <img alt="👍"> write to <anna@buyer.example>, 1 < 2 & I <3 it') == (
        "Great 👍 write to <anna@buyer.example>, 1 < 2 & I <3 it"
    )


def test_words_deep_down_are_found() -> None:
    assert html_to_text("<div>" * 3000 + "here" + "</div>" * 3000) == "here"


def links_of(html: str) -> list[str]:
    return [link for line in html_lines(html) for link in line.links]


def test_at_most_ten_targets_the_text_lacks_are_listed_once_each() -> None:
    html = "".join(f'<a href="https://buyer.example/{number % 14}">x</a>' for number in range(40))
    found = unseen_links("see https://buyer.example/1", links_of(html))
    assert found[:2] == ["https://buyer.example/0", "https://buyer.example/2"]
    assert len(found) == len(set(found)) == 10


def test_only_web_links_that_can_be_seen_are_listed() -> None:
    html = (
        '<a href="mailto:a@b.example">a</a><a href="ftp://b.example">b</a><a href="//c.example">c</a>'
        '<a href=" HTTPS://d.example/x ">d</a><p style="display:none"><a href="https://e.example">e</a></p>'
        '<a href="https://d.example/x/">again</a>'
    )
    assert unseen_links("", links_of(html)) == ["HTTPS://d.example/x"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_nothing_makes_it_raise(html: str) -> None:
    assert isinstance(html_to_text(html), str)
    assert isinstance(html_to_text(f"<table><tr><td>{html}</a></li></div>"), str)
