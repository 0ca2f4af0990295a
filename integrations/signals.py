"""Facts about connections for the floors above."""

from __future__ import annotations

from django.dispatch import Signal

connection_failed = Signal()
"""A connection stopped working and a person must act: `connection`, `reason` (safe to show). Once a day each."""

connection_recovered = Signal()
"""A connection that had failed works again: `connection`."""
