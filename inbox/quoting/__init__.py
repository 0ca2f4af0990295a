"""What of an inbound e-mail is the lead's own: see `splitting`."""

from inbox.quoting.parts import ReplyParts
from inbox.quoting.splitting import split_reply

__all__ = ["ReplyParts", "split_reply"]
