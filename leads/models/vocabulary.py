"""The words of channels, directions, tags and states (spec 03)."""

from __future__ import annotations

from django.db import models


class ChannelKind(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"
    LINKEDIN = "linkedin", "LinkedIn"


class Direction(models.TextChoices):
    IN = "in", "Inbound"
    OUT = "out", "Outbound"


class Tag(models.TextChoices):
    """What a lead last meant (spec 03)."""

    NEW = "new", "New"
    NEUTRAL = "neutral", "Neutral"
    INTERESTED = "interested", "Interested"
    MEETING_REQUESTED = "meeting_requested", "Meeting requested"
    CALL_REQUESTED = "call_requested", "Call requested"
    INFORMATION_REQUESTED = "information_requested", "Information requested"
    MEETING_BOOKED = "meeting_booked", "Meeting booked"
    FOLLOW_UP = "follow_up", "Follow up"
    OBJECTION = "objection", "Objection"
    NOT_INTERESTED = "not_interested", "Not interested"
    OUT_OF_OFFICE = "out_of_office", "Out of office"
    AUTOMATED_REPLY = "automated_reply", "Automated reply"
    BLACKLIST = "blacklist", "Blacklist"
    SNOOZED = "snoozed", "Snoozed"


class LeadStatus(models.TextChoices):
    NEW = "new", "New"
    QUALIFIED = "qualified", "Qualified"
    MEETING_REQUESTED = "meeting_requested", "Meeting requested"
    MEETING_BOOKED = "meeting_booked", "Meeting booked"
    NOT_INTERESTED = "not_interested", "Not interested"
    UNQUALIFIED = "unqualified", "Unqualified"
    BLACKLISTED = "blacklisted", "Blacklisted"


class DraftState(models.TextChoices):
    """What a lead's pending draft waits for; empty where there is none."""

    WAITS = "waits", "Waits for a person"
    REVIEW = "review", "Auto-send wants a person to look"
    SCHEDULED = "scheduled", "Sends itself"
