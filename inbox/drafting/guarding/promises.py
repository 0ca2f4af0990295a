"""Claims a text cannot keep by itself: guarantees, and attachments nobody attached."""

import re
from collections.abc import Iterator

from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import one_line, plain

_PROMISE = re.compile(
    r"(?<!\w)(?:guarantee\w{0,2}|garantie\w{0,4}|garantissons|garantir|garantiz\w{1,5}|garantit\w|garantiamo|"
    r"garantimos|"
    r"garanterar\w{0,2}|gwarantuj\w{1,4}|money[- ]back|risk[- ]free|risikofrei|"
    r"(?:i have |i've |please find |see |find )attached|attached (?:is|are|you|please|below)|(?:see|"
    r"in) the attach\w{1,6}|"
    r"im anhang|anbei|en piece jointe|ci-joint\w{0,2}|adjunt[oa]|adjunto le|in allegato|allego|in de bijlage|"
    r"bijgevoegd|"
    r"em anexo|segue anexo|bifogat|bifogar|w zalaczniku|zalaczam)(?!\w)"
)


def check(text: str, allowed: Allowed) -> Iterator[Problem]:
    """Yield a problem for each such claim in `text` (plain) that our own texts do not make."""
    matches = list(_PROMISE.finditer(one_line(text)))
    if not matches:
        return
    ours = " ".join(one_line(plain(own)) for own in allowed.ours)
    for match in matches:
        if match.group() not in ours:
            yield problem(Kind.PROMISE, match.group(), "{} promises something that is not in our own texts.")
