"""Admin pages that join several floors: a workspace with the settings of every domain, a lead with its messages,
people, sweeps and their schedules. What belongs to one app alone is in that app's admin."""

from zrg.admin import leads, people, schedules, sweeps, workspaces

__all__ = ["leads", "people", "schedules", "sweeps", "workspaces"]
