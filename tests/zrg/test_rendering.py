"""Text made safe by construction (spec 03)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zrg.web.rendering import rendered

A = '<a href="{0}" target="_blank" rel="noopener noreferrer">{1}</a>'


def link(url: str, label: str = "") -> str:
    return A.format(url, label or url)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ('Hi <b>you</b> & "me"', "Hi &lt;b&gt;you&lt;/b&gt; &amp; &quot;me&quot;"),
        ("one\ntwo\r\nthree\rfour", "one<br>two<br>three<br>four"),
        ("see https://example.com/a", "see " + link("https://example.com/a")),
        ("HTTP://EXAMPLE.COM", link("HTTP://EXAMPLE.COM")),
        ("(https://example.com/a).", "(" + link("https://example.com/a") + ")."),
        ("https://example.com/a_(b)!", link("https://example.com/a_(b)") + "!"),
        ("https://example.com/?a=1&b=2,", link("https://example.com/?a=1&amp;b=2") + ","),
        ("“https://example.com/x”", "“" + link("https://example.com/x") + "”"),
        ("<https://example.com/x>", "&lt;" + link("https://example.com/x") + "&gt;"),
        ("[book here](https://example.com/b)", link("https://example.com/b", "book here")),
        ("[site](www.example.com/b)", link("https://www.example.com/b", "site")),
        ("[<i>x</i>](https://example.com/b)", link("https://example.com/b", "&lt;i&gt;x&lt;/i&gt;")),
        ("[x](https://example.com/a_(b))", link("https://example.com/a_(b)", "x")),
        ("www.example.com stays text", "www.example.com stays text"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,<script>", "data:text/html,&lt;script&gt;"),
        ("[x](ftp://example.com)", "[x](ftp://example.com)"),
        ("ftp://example.com", "ftp://example.com"),
        ("https://", "https://"),
        ("https://...", "https://..."),
        ("[](https://example.com)", "[](" + link("https://example.com") + ")"),
        ("mail me@example.com", "mail me@example.com"),
    ],
)
def test_known_forms(text: str, html: str) -> None:
    assert rendered(text) == html


def test_a_label_has_at_most_200_characters() -> None:
    assert rendered(f"[{'x' * 200}](https://example.com)") == link("https://example.com", "x" * 200)
    assert rendered(f"[{'x' * 201}](https://example.com)").startswith("[x")


@pytest.mark.parametrize(
    "attack",
    [
        'https://example.com/"onmouseover="alert(1)',
        "https://example.com/'onmouseover='alert(1)",
        '[x](https://example.com/"onclick="alert(1))',
        '["onclick=alert(1) x="](https://example.com)',
        "https://example.com/<script>alert(1)</script>",
        "[[x](https://a.example.com)](https://b.example.com)",
        "\x00<img src=x onerror=alert(1)>",
        "https://example.com/\u202etxt.exe",
    ],
)
def test_attacks_stay_text(attack: str) -> None:
    assert_harmless(rendered(attack))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    for tag, attributes in reader.tags:
        if tag == "br":
            assert not attributes
            continue
        assert tag == "a"
        assert set(attributes) == {"href", "target", "rel"}
        assert re.match(r"https?://", attributes["href"] or "", re.IGNORECASE)


@given(st.text(alphabet=st.sampled_from("ab<>\"'&[]()/:.;htpsw\n\rjavcrip=# x")) | st.text())
def test_whatever_is_written_only_links_and_breaks_come_out(text: str) -> None:
    assert_harmless(rendered(text))


def test_long_hostile_text_is_quick() -> None:
    for text in ("[" * 50_000, "https://" * 10_000, "(" * 50_000 + "https://x" + ")" * 50_000, "[a](" * 20_000):
        assert_harmless(rendered(text)[:2000].rpartition("<")[0])
