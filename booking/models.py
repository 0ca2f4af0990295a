"""How a workspace books meetings (spec 01, 09, 11)."""

from __future__ import annotations

import pghistory
from django.db import models

from zrg.workspaces.models import Workspace


@pghistory.track()
class BookingSettings(models.Model):
    class Provider(models.TextChoices):
        GHL = "GHL", "GoHighLevel"
        CALENDLY = "CALENDLY", "Calendly"

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="booking_settings")
    provider = models.CharField(max_length=8, choices=Provider, default=Provider.GHL)
    calendly_qualification_link = models.URLField(blank=True)
    calendly_qualification_uri = models.URLField(blank=True)
    calendly_direct_book_link = models.URLField(blank=True)
    calendly_direct_book_uri = models.URLField(blank=True)
    ghl_qualification_calendar_id = models.CharField(max_length=120, blank=True)
    ghl_direct_book_calendar_id = models.CharField(max_length=120, blank=True)
    meeting_duration_minutes = models.PositiveSmallIntegerField(default=30)
    auto_book_meetings = models.BooleanField(default=False)
    create_lead_from_booking = models.BooleanField(default=True)
    booking_qualification_check_enabled = models.BooleanField(default=False)
    qualification_shadow_mode = models.BooleanField(default=False)
    qualification_criteria = models.TextField(blank=True)
    disqualification_message = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "booking settings"

    def __str__(self) -> str:
        return "Booking settings"
