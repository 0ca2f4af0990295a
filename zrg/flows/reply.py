"""What happens when a lead writes: the steps, top to bottom, each safe to run again (spec 00, "The main job").

Filing, safety (opt-out, bounce, automatic replies) and the roll-up are done before, in the transaction that recorded
the message (inbox/inbound.py): they need no model and no provider."""

from __future__ import annotations

from inbox import history
from inbox.models import MessageJob
from leads.models import ChannelKind


def run(job: MessageJob) -> None:
    """Job handler of every *_INBOUND_POST_PROCESS."""
    if job.message.channel == ChannelKind.SMS:
        history.pull(job.message)
