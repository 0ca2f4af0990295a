"""What drafts may know of a workspace (spec 05, "Knowledge"): packed under a budget, fetched by a job."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import ProgramLimitExceeded

from zrg.ai.budgets import estimated_tokens
from zrg.ai.models import AiSettings, KnowledgeAsset, KnowledgeJob
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import Workspace

CHARS_PER_TOKEN = 3  # a little less than estimated: what is cut by it surely fits
LEAST_PIECE = 30  # tokens: a shorter piece of a text says nothing
MOST_WORDS = 40
AT_ONCE = 8
SHORTEST_WORD = 3
WEBSITE_SHARE = 0.5  # of the budget, where there is other knowledge too
MOST_BYTES = 1_000_000

TOO_LONG = "This is longer than 1 MB. Keep what drafts need, or split it."
TOO_MANY_WORDS = "This has too many different words to be searched. Split it in two."

_WORD = re.compile(r"[^\W_]+")
_PARAGRAPHS = re.compile(r"\n\s*\n")

# Rare words of the question count more than those that every asset has.
_RANKED = """
WITH assets AS MATERIALIZED (
    SELECT id, name, to_tsvector('simple', COALESCE(name, '') || ' ' || COALESCE(content, '')) AS words
      FROM ai_knowledgeasset WHERE workspace_id = %(workspace)s AND active AND content <> '' AND kind <> 'website'
), hits AS (
    SELECT assets.id, asked.word FROM assets, unnest(%(words)s::text[]) AS asked (word)
     WHERE assets.words @@ to_tsquery('simple', asked.word)
), rarity AS (
    SELECT word, ln(1 + ((SELECT count(*) FROM assets) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
      FROM hits GROUP BY word
)
SELECT assets.id FROM assets LEFT JOIN hits USING (id) LEFT JOIN rarity USING (word)
 GROUP BY assets.id, assets.name ORDER BY COALESCE(sum(rarity.weight), 0) DESC, assets.name, assets.id
"""


class Unsearchable(ValueError):
    """The text cannot be kept, for a reason a person may read."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Knowledge for one call: its text and the assets that are in it, in that order."""

    text: str
    asset_ids: tuple[UUID, ...]

    @property
    def tokens(self) -> int:
        """Estimated."""
        return estimated_tokens(self.text)


# ── Packing ────────────────────────────────────────────────────────────────────
def pack(workspace: Workspace, *, about: str, tokens: int) -> Packed:
    """At most `tokens` (estimated) of the workspace's active knowledge: its primary website first (half of the budget
    where there is more to know), then the other assets by how well they fit `about`, whole or cut at a paragraph."""
    website = (
        KnowledgeAsset.objects.filter(workspace=workspace, kind=KnowledgeAsset.Kind.WEBSITE, active=True)
        .exclude(content="")
        .first()
    )
    ranked = _ranked(workspace, about)
    parts: list[str] = []
    used: list[UUID] = []
    left = tokens
    if website:
        share = int(tokens * WEBSITE_SHARE) if ranked else tokens
        left -= _take(website, share, parts, used)
    for asset in _read(ranked):
        if left < LEAST_PIECE:
            break
        left -= _take(asset, left, parts, used)
    return Packed("\n\n".join(parts), tuple(used))


def _take(asset: KnowledgeAsset, budget: int, parts: list[str], used: list[UUID]) -> int:
    """Add what fits of an asset; what it costs."""
    head = f"# {asset.name}" + (f" ({asset.url})" if asset.url else "")
    text = cut(asset.content, budget - estimated_tokens(head) - 1)
    if not text:
        return 0
    parts.append(f"{head}\n{text}")
    used.append(asset.pk)
    return estimated_tokens(parts[-1]) + 1


def cut(text: str, tokens: int) -> str:
    """The text where it fits, else its first paragraphs that do; where those are little, because the next one is long,
    its first words too. Empty where nothing sensible fits."""
    if estimated_tokens(text) <= tokens:
        return text.strip()
    if tokens < LEAST_PIECE:
        return ""
    kept = ""
    for paragraph in _PARAGRAPHS.split(text.strip()):
        longer = f"{kept}\n\n{paragraph}" if kept else paragraph
        if estimated_tokens(longer) > tokens:
            break
        kept = longer
    return kept if estimated_tokens(kept) > tokens / 2 else _first_words(text.strip(), tokens)


def _first_words(text: str, tokens: int) -> str:
    start = text[: tokens * CHARS_PER_TOKEN]
    return start[: max(start.rfind(" "), start.rfind("\n"))].rstrip() or start


def _ranked(workspace: Workspace, about: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, {"workspace": workspace.pk, "words": list(_words(about))})
        return [row[0] for row in cursor.fetchall()]


def _words(about: str) -> Iterator[str]:
    words = (word.lower() for word in _WORD.findall(about))
    yield from list(dict.fromkeys(word for word in words if len(word) >= SHORTEST_WORD))[:MOST_WORDS]


def _read(ids: list[UUID]) -> Iterator[KnowledgeAsset]:
    """The assets in this order, a few at a time: most budgets are used up by the first."""
    for begin in range(0, len(ids), AT_ONCE):
        found = KnowledgeAsset.objects.in_bulk(ids[begin : begin + AT_ONCE])
        yield from (found[pk] for pk in ids[begin : begin + AT_ONCE] if pk in found)


# ── Keeping ────────────────────────────────────────────────────────────────────
def keep_text(asset: KnowledgeAsset, text: str) -> None:
    """Save the asset with this content and its length. Raises Unsearchable."""
    text = text.replace("\0", "").strip()
    if len(text.encode()) > MOST_BYTES:
        raise Unsearchable(TOO_LONG)
    asset.content, asset.tokens = text, estimated_tokens(text)
    try:
        with transaction.atomic():
            asset.save()
    except OperationalError as error:
        if isinstance(error.__cause__, ProgramLimitExceeded):
            raise Unsearchable(TOO_MANY_WORDS) from error
        raise


# ── Fetching ───────────────────────────────────────────────────────────────────
def is_page(asset: KnowledgeAsset) -> bool:
    """Is its content a page of the web?"""
    return asset.kind in {KnowledgeAsset.Kind.URL, KnowledgeAsset.Kind.WEBSITE}


@transaction.atomic
def request_fetch(asset: KnowledgeAsset) -> bool:
    """Have the page of an asset fetched; False where that is under way already. The content stays until then."""
    asset = KnowledgeAsset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
    if KnowledgeJob.objects.filter(asset=asset, status=Status.PENDING).exists():
        return False
    KnowledgeAsset.objects.filter(pk=asset.pk).update(fetch=KnowledgeAsset.Fetch.PENDING, fetch_error="")
    return enqueue(
        KnowledgeJob, dedupe_key=f"fetch:{uuid.uuid4()}", workspace_id=asset.workspace_id, asset=asset, lane=Lane.FIRST
    )


@transaction.atomic
def fetched(asset_id: UUID, *, url: str, title: str, text: str) -> bool:
    """Keep what was read from `url`; False where the asset is gone or leads elsewhere now. Raises Unsearchable."""
    asset = KnowledgeAsset.objects.select_for_update(of=("self",)).filter(pk=asset_id, url=url).first()
    if asset is None:
        return False
    asset.fetch, asset.fetch_error, asset.fetched_at = KnowledgeAsset.Fetch.DONE, "", timezone.now()
    if title and asset.name == asset.url[:200]:
        asset.name = title[:200]
    keep_text(asset, text)
    return True


def fetch_failed(asset_id: UUID, *, url: str, why: str) -> None:
    """Say at the asset why its page could not be read; what was read before stays."""
    found = KnowledgeAsset.objects.filter(pk=asset_id, url=url)
    found.update(fetch=KnowledgeAsset.Fetch.FAILED, fetch_error=why[:300], updated_at=timezone.now())


# ── The primary website ────────────────────────────────────────────────────────
@transaction.atomic
def set_website(workspace: Workspace, url: str) -> None:
    """Make `url` the workspace's primary website, in its settings and its knowledge, and have it read; empty: none."""
    settings, _ = AiSettings.objects.select_for_update(of=("self",)).get_or_create(workspace=workspace)
    asset = KnowledgeAsset.objects.filter(workspace=workspace, kind=KnowledgeAsset.Kind.WEBSITE).first()
    if settings.website_url != url:
        settings.website_url = url
        settings.save(update_fields=["website_url"])
    if not url:
        if asset:
            asset.delete()
        return
    if asset and asset.url == url:
        return
    asset = asset or KnowledgeAsset(workspace=workspace, kind=KnowledgeAsset.Kind.WEBSITE)
    asset.name, asset.url, asset.content, asset.tokens = url[:200], url, "", 0
    asset.save()
    request_fetch(asset)
