"""A campaign mail that a platform sent to Ann, as it tells of it."""

from __future__ import annotations

from typing import Any

from integrations.events import (
    CampaignRef,
    Channel,
    MessageSent,
    Person,
)
from tests.factories.leads import ago

ANN = Person(names=(("emailbison_lead", "31"),), email="ann@buyer.example.com")

Q1 = CampaignRef("emailbison", "12", "Q1")


def sent(number: int = 770, **more: Any) -> MessageSent:
    given: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "person": ANN,
        "text": "Is lowering costs of interest?",
        "subject": "Quick idea",
        "at": ago(days=1),
        "ids": {"emailbison_scheduled": str(number)},
        "campaign": Q1,
    }
    return MessageSent(**(given | more))
