"""How a provider's answer may be taken: the adapter's verdict, understood by runner and pages alike."""

from __future__ import annotations

from zrg.jobs.errors import Permanent, RetryLater


class ProviderError(Exception):
    """Something about a provider call; the text is safe to show to a person: no secrets, no bodies."""


class TryLater(ProviderError, RetryLater):
    """Worth another attempt, after `retry_after` seconds if the provider named a time. Nothing was done there."""


class LimitReached(TryLater):
    """The account's allowance of a day or week is spent, by our count or the provider's: a message waits for the next
    one, however long that takes, and never fails for it. `retry_after` always says how long."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message, retry_after=retry_after)
        self.wait_s = retry_after


class Refused(ProviderError, Permanent):
    """Asking again changes nothing: a dead address, a closed thread, do-not-disturb (`code` says which)."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


class NeedsAttention(ProviderError, Permanent):
    """The credentials or the account: a person of the workspace must act, the connection is failing."""


class Disconnected(NeedsAttention):
    """The provider has lost the account itself: somebody must sign in there again, the connection is disconnected."""


class OutcomeUnknown(ProviderError):
    """The request left and no answer came. Look it up before anything else; never just send again."""


class Queued(OutcomeUnknown):
    """The provider took the message into a queue of its own and names no id yet: looked up like an unknown outcome."""


class Malformed(ProviderError, Permanent):
    """A delivery that says too little or nothing we can read; the text names the field and is shown to its sender."""
