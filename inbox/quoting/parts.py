"""The answer of `split_reply` and the lines it is worked out on. Pure."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """An e-mail taken apart.

    `reply` is what the lead wrote in this mail; `signature` holds signature, disclaimers and
    gateway banners; `quoted` is history. `links` are targets the HTML part of the reply has and
    `reply` does not show (at most 10; spec 03 appends them as "Links:"). `unsplit` is True when
    nothing of the lead's own was found and `reply` is therefore the whole mail: it may hold
    words that are ours.
    """

    reply: str
    signature: str = ""
    quoted: str = ""
    links: tuple[str, ...] = ()
    unsplit: bool = False


class Kind(Enum):
    """Whose a line is."""

    OWN = "own"
    SIGNATURE = "signature"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a mail: `raw` as it stood, `text` without quote marks and invisible characters.

    `depth` counts the quote marks in front of it; `marks` are what HTML elements say of it.
    """

    raw: str
    text: str
    depth: int = 0
    marks: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.text
