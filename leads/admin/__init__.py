"""Campaigns, suppression, merges. The lead's own page joins several floors: zrg/admin/leads.py."""

from leads.admin import campaigns, merging, suppression

__all__ = ["campaigns", "merging", "suppression"]
