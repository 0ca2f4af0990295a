"""The last word on a text before it is shown or sent, said by code (spec 05, 06; issue 3, bars). Pure.

No draft contains a link, time or price that is not in its inputs, a placeholder or the lead's own signature. What is
found here goes to a person, so doubt counts as a problem. Times and amounts are read in English, German, French,
Spanish, Italian, Dutch, Portuguese, Swedish and Polish.
"""

from collections.abc import Iterator
from itertools import islice

from inbox.drafting.guarding import addresses, amounts, markup, placeholders, promises, signing, times
from inbox.drafting.guarding.findings import Allowed, Kind, Problem, problem
from inbox.drafting.guarding.folding import light, plain

__all__ = ["LIMITS", "Allowed", "Kind", "Problem", "problems"]

# Characters a message of the channel may have (spec 06).
LIMITS = {"sms": 320, "linkedin_note": 300, "linkedin": 8000, "email": 20_000}
MOST_PROBLEMS = 50
# Beyond, nothing is read: it is too long for every channel, and said to be.
_LONGEST_READ = 100_000


def problems(text: str, allowed: Allowed) -> tuple[Problem, ...]:
    """Return what must not be sent in `text`, at most 50 findings, each once; () if it may go.

    Never raises; linear in the length of the text.
    """
    found = dict.fromkeys(islice(_found(text[:_LONGEST_READ], len(text), allowed), MOST_PROBLEMS))
    return tuple(found)


def _found(text: str, length: int, allowed: Allowed) -> Iterator[Problem]:
    limit = allowed.max_chars or LIMITS.get(allowed.channel, LIMITS["email"])
    if length > limit:
        yield problem(Kind.LENGTH, f"{length} characters", f"It has {{}}; {limit} are allowed.")
    if not any(char.isalnum() for char in text):
        yield problem(Kind.EMPTY, "nothing", "There is no text.")
        return
    offered = [light(slot) for slot in allowed.offered_times]
    clear = times.without_offered(light(text), offered)
    folded = plain(clear)
    yield from markup.check(text, clear, folded)
    yield from placeholders.check(clear, folded)
    yield from addresses.check(clear, allowed)
    yield from times.check(folded, allowed)
    yield from amounts.check(folded, allowed)
    yield from signing.check(clear, allowed)
    yield from promises.check(folded, allowed)
