"""Facts about leads that floors above may need, in the past tense. Sent with `send`: an error fails the change."""

from django.dispatch import Signal

lead_blacklisted = Signal()  # lead, reason: "opt_out" | "bounce" | "manual"
status_changed = Signal()  # lead, before, after
lead_assigned = Signal()  # lead, to, by
leads_merged = Signal()  # survivor, loser, record: dict to which each floor adds what it moved
merge_undone = Signal()  # survivor, loser, record
suppression_lifted = Signal()  # lead, entry
