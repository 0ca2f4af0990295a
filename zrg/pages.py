"""Which pages the frame leads to and what the settings consist of: two tables, filled from the apps; and who knows the
leads on which prompts are previewed."""

from __future__ import annotations

from inbox.prompt_previews import PreviewLeads
from inbox.settings_sections import REPLIES
from integrations.pages.sections import CONNECTIONS
from leads.settings_sections import RETENTION
from zrg.ai import previewing
from zrg.ai.sections import SECTIONS as AI
from zrg.ai.sections import SPENDING
from zrg.checklist import SETUP
from zrg.web import navigation, settings_tabs
from zrg.web.navigation import Page
from zrg.web.settings_sections import WORKSPACE

PAGES = (
    Page("inbox", "Inbox", "inbox", "/?view=inbox&"),
    Page("campaigns", "Campaigns", "flag", "/campaigns/?"),
    Page("settings", "Settings", "sliders", "/?view=settings&"),
)

SECTIONS = (SETUP, WORKSPACE, REPLIES, CONNECTIONS, *AI, RETENTION, SPENDING)


def connect() -> None:
    """Fill the registries of zrg.web and zrg.ai; called once when every app is loaded."""
    navigation.register(*PAGES)
    settings_tabs.register(*SECTIONS)
    previewing.register(PreviewLeads())
