"""How many parts an SMS is sent as."""

from __future__ import annotations

import pytest

from inbox.sms_parts import Parts, count


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts("GSM-7", 0, 160)),
        ("a" * 160, Parts("GSM-7", 1, 0)),
        ("a" * 161, Parts("GSM-7", 2, 145)),
        ("a" * 306, Parts("GSM-7", 2, 0)),
        ("a" * 307, Parts("GSM-7", 3, 152)),
        ("€" * 80, Parts("GSM-7", 1, 0)),
        ("€" * 81, Parts("GSM-7", 2, 153 - 10)),
        ("a" * 152 + "€" + "b" * 7, Parts("GSM-7", 2, 144)),
        ("ñé\n", Parts("GSM-7", 1, 157)),
        ("’" * 70, Parts("UCS-2", 1, 0)),
        ("’" * 71, Parts("UCS-2", 2, 63)),
        ("🙂" * 35, Parts("UCS-2", 1, 0)),
        ("🙂" * 36, Parts("UCS-2", 2, 67 - 6)),
        ("ç", Parts("UCS-2", 1, 69)),
    ],
)
def test_parts(text: str, parts: Parts) -> None:
    assert count(text) == parts
