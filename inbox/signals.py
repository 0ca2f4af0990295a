"""Facts about messages that floors above may need. Sent with `send`: an error fails the change it belongs to."""

from django.dispatch import Signal

lead_replied = Signal()  # message: a person of the lead's side wrote (not an automatic reply, not a bounce)
message_sent = Signal()  # message: an outbound message is at the provider, whoever wrote it
message_failed = Signal()  # message
message_unconfirmed = Signal()  # message: looked up three times and not found; a person decides
message_undone = Signal()  # message: taken back by a person before it left
draft_decided = (
    Signal()
)  # draft: approved, rejected, superseded, expired or pending again; whoever shows it, corrects it
