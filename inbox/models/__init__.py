"""Messages, drafts, what was understood, and the work they cause (spec 03–06). A module per noun."""

from inbox.models.drafts import (
    DRAFT_MAY_BECOME,
    AutoSendAction,
    Draft,
    DraftOutcome,
    DraftStatus,
    ReviewMessage,
)
from inbox.models.jobs import MessageJob
from inbox.models.messages import (
    DELIVERY_MAY_BECOME,
    OUR_SIDE,
    PROVIDER_IDS,
    Delivery,
    Message,
    SentBy,
)
from inbox.models.reading import LeadMemory, SentimentEvent
from inbox.models.settings import ReplySettings

__all__ = [
    "DELIVERY_MAY_BECOME",
    "DRAFT_MAY_BECOME",
    "OUR_SIDE",
    "PROVIDER_IDS",
    "AutoSendAction",
    "Delivery",
    "Draft",
    "DraftOutcome",
    "DraftStatus",
    "LeadMemory",
    "Message",
    "MessageJob",
    "ReplySettings",
    "ReviewMessage",
    "SentBy",
    "SentimentEvent",
]
