"""Is a draft to be made at all? (spec 06, "When a draft is made"). Pure; the answer is the reason why not."""

from __future__ import annotations

import re

from inbox.models import Message
from leads.models import Direction, Lead, LeadStatus, Tag
from leads.statuses import POSITIVE

DRAFTED = POSITIVE | {Tag.FOLLOW_UP, Tag.OBJECTION}
_NOBODY = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|notifications?|abuse)(?:[+.\-_].*)?@",
    re.IGNORECASE,
)


def reason_against(lead: Lead, *, trigger: Message | None, suppressed: str = "") -> str:
    """Empty: a draft is made. `suppressed`: the entry that stands against the recipient, in words."""
    sender = (trigger.from_email if trigger and trigger.direction == Direction.IN else "") or lead.email
    if lead.status == LeadStatus.BLACKLISTED or lead.tag == Tag.BLACKLIST:
        return "The lead is blacklisted."
    if suppressed:
        return suppressed
    if lead.unclassified:
        return "The last reply was not understood."
    if lead.tag not in DRAFTED:
        return f"The tag {lead.get_tag_display()} asks for no answer."
    if _NOBODY.match(sender):
        return "Nobody reads the address that wrote."
    return ""
