"""Reading the page of a knowledge asset (spec 05, "Knowledge"): asked for, made readable, kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from inbox.html_text import html_lines, join_lines
from integrations import fetching
from integrations.fetching import NotNow, Page, Unreadable
from zrg.ai import knowledge
from zrg.ai.knowledge import Unsearchable
from zrg.ai.models import KnowledgeJob

# What stands around every page of a site and says nothing about it.
_AROUND = {"nav", "footer", "aside"}
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,1000}?)</title", re.IGNORECASE | re.DOTALL)
_EMPTY = "The page has no text. Pages that are made by script in the browser cannot be read: paste the text instead."


def fetch(job: KnowledgeJob) -> None:
    """Job handler. A page that cannot be had is a fact about the asset, not a failure of the job; one that does not
    come this time is tried again, and what was read before stays meanwhile."""
    asset = job.asset
    try:
        page = fetching.fetch_page(asset.url)
        title, text = readable(page)
        if not text:
            raise Unreadable(_EMPTY)
        knowledge.fetched(asset.pk, url=asset.url, title=title, text=text)
    except (Unreadable, Unsearchable) as why:
        knowledge.fetch_failed(asset.pk, url=asset.url, why=str(why))
    except NotNow as why:
        if job.attempts < job.max_attempts:
            raise
        knowledge.fetch_failed(asset.pk, url=asset.url, why=str(why))


def readable(page: Page) -> tuple[str, str]:
    """Title and text of a page, without its navigation; links keep their targets."""
    if not page.is_html:
        return "", page.body.strip()
    found = _TITLE.search(page.body)
    title = " ".join(unescape(found[1]).split()) if found else ""
    lines = (line.text for line in html_lines(page.body, _around) if not line.marks)
    return title, join_lines(lines).strip()


def _around(tag: str, attributes: Mapping[str, str]) -> str | None:
    return tag if tag in _AROUND or attributes.get("role") in {"navigation", "contentinfo"} else None
