"""How a provider's answer may be taken: the adapter's verdict, understood by runner and pages alike."""

from __future__ import annotations

from zrg.jobs.errors import Permanent, RetryLater


class ProviderError(Exception):
    """Something about a provider call; the text is safe to show to a person: no secrets, no bodies."""


class TryLater(ProviderError, RetryLater):
    """Worth another attempt, after `retry_after` seconds if the provider named a time. Nothing was done there."""


class Refused(ProviderError, Permanent):
    """Asking again changes nothing: a dead address, a closed thread, do-not-disturb (`code` says which)."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


class NeedsAttention(ProviderError, Permanent):
    """The credentials or the account: a person of the workspace must act, the connection is failing."""


class OutcomeUnknown(ProviderError):
    """The request left and no answer came. Look it up before anything else; never just send again."""


class Malformed(ProviderError, Permanent):
    """A delivery that says too little or nothing we can read; the text names the field and is shown to its sender."""
