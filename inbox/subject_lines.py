"""What of a subject line is the subject: pure. Mail programs and gateways put marks in front of it, each its own."""

from __future__ import annotations

import re

_ANSWERS = (
    "re aw antw antwort sv vs odp r rif ref res resp ynt atb bls vá vast απ σχετ отв 回复 答复 回覆 返信 답장 השב رد"
)
_FORWARDS = "fw fwd wg tr rv enc i vl doorst pd vb ilt továbbítás προθ пер 转发 轉寄 転送 전달 הועבר"
_TAG = r"\[[^\]\n]{1,30}\]\s*"  # [EXTERNAL], [Ticket#4711]
_COUNT = r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]\s*"


def _marks(words: str) -> str:
    return f"(?:{'|'.join(map(re.escape, words.split()))}){_COUNT}"


_FRONT = re.compile(rf"\s*(?:{_TAG}|{_marks(f'{_ANSWERS} {_FORWARDS}')})*", re.IGNORECASE)
_ANSWER = re.compile(rf"\s*(?:{_TAG}|{_marks(_FORWARDS)})*{_marks(_ANSWERS)}", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def bare(subject: str) -> str:
    """The subject without marks of answers, forwards and gateways, to be compared."""
    front = _FRONT.match(subject)
    return _SPACE.sub(" ", subject[front.end() if front else 0 :]).strip().casefold()


def is_answer(subject: str) -> bool:
    """The mail program says that the subject is that of the mail which is answered."""
    return bool(_ANSWER.match(subject))
