"""What goes into a prompt of what a workspace knows, in which order, and how much of it."""

from __future__ import annotations

from typing import Any

import pytest

from zrg.ai import knowledge
from zrg.ai.budgets import estimated_tokens
from zrg.ai.models import AiSettings, KnowledgeAsset, KnowledgeJob
from zrg.workspaces.models import Workspace


def asset(workspace: Workspace, name: str, content: str, **more: Any) -> KnowledgeAsset:
    made = KnowledgeAsset(workspace=workspace, name=name, **more)
    knowledge.keep_text(made, content)
    return made


def website(workspace: Workspace, content: str) -> KnowledgeAsset:
    return asset(workspace, "Home", content, kind="website", url="https://harbor.example.com")


def names(packed: knowledge.Packed) -> list[str]:
    found = KnowledgeAsset.objects.in_bulk(packed.asset_ids)
    return [found[pk].name for pk in packed.asset_ids]


def test_the_website_comes_first_then_what_fits_the_question(harbor: Workspace) -> None:
    asset(harbor, "Awards", "We won a prize for payroll.")
    asset(harbor, "Pricing", "The cost is 40 dollars per head and month.")
    asset(harbor, "Security", "Data is kept in two places.")
    website(harbor, "Harbor does payroll.")
    packed = knowledge.pack(harbor, about="And what does it cost per head?", tokens=2_000)
    assert names(packed)[:2] == ["Home", "Pricing"]
    assert set(names(packed)) == {"Home", "Pricing", "Awards", "Security"}
    assert packed.text.startswith("# Home (https://harbor.example.com)\nHarbor does payroll.\n\n# Pricing\n")


def test_a_rare_word_counts_more_than_those_everybody_uses(harbor: Workspace) -> None:
    for number in range(4):
        asset(harbor, f"A{number}", "What we do for your team and what your team gets from us, for your business.")
    asset(harbor, "Z", "Garnishments are filed weekly.")
    packed = knowledge.pack(harbor, about="What does your team do about garnishments?", tokens=2_000)
    assert names(packed)[0] == "Z"


def test_whole_words_decide_in_any_language(harbor: Workspace) -> None:
    asset(harbor, "A", "Unser Büro ist in Köln.")
    asset(harbor, "B", "Die Lohnabrechnung kostet 30 Euro.")
    assert names(knowledge.pack(harbor, about="Was kostet die Lohnabrechnung?", tokens=500))[0] == "B"


@pytest.mark.parametrize("tokens", [0, 29, 40, 100, 333, 1_000])
def test_the_budget_is_never_exceeded(harbor: Workspace, tokens: int) -> None:
    website(harbor, "\n\n".join(f"Paragraph {number} of the website, some words long." for number in range(60)))
    for number in range(5):
        asset(harbor, f"Text {number}", "payroll " * 300)
    packed = knowledge.pack(harbor, about="payroll", tokens=tokens)
    assert estimated_tokens(packed.text) <= tokens if packed.text else packed.asset_ids == ()
    assert bool(packed.text) == (tokens >= 40)


def test_a_large_website_leaves_half_to_the_rest(harbor: Workspace) -> None:
    website(harbor, "\n\n".join(f"Paragraph {number} of the website, some words long." for number in range(200)))
    asset(harbor, "Pricing", "The cost is 40 dollars.")
    assert names(knowledge.pack(harbor, about="cost", tokens=400)) == ["Home", "Pricing"]


def test_what_does_not_fit_is_cut_at_a_paragraph(harbor: Workspace) -> None:
    paragraphs = [f"Paragraph {number}. " + "Some words about it. " * 8 for number in range(20)]
    asset(harbor, "Long", "\n\n".join(paragraphs))
    body = knowledge.pack(harbor, about="", tokens=300).text.partition("\n")[2]
    assert 2 <= body.count("Paragraph") < 20
    assert body.split("\n\n")[-1].strip() in [paragraph.strip() for paragraph in paragraphs]


def test_one_endless_paragraph_is_cut_at_a_word() -> None:
    kept = knowledge.cut("words " * 5_000, 100)
    assert kept.split() == ["words"] * len(kept.split())
    assert 50 < estimated_tokens(kept) <= 100


def test_switched_off_empty_and_foreign_assets_are_left_out(harbor: Workspace, elsewhere: Workspace) -> None:
    asset(harbor, "Off", "payroll", active=False)
    asset(harbor, "Empty", "", kind="url", url="https://harbor.example.com/x")
    asset(elsewhere, "Theirs", "payroll")
    assert knowledge.pack(harbor, about="payroll", tokens=500) == knowledge.Packed("", ())


def test_words_that_mean_something_to_a_search_engine_are_words(harbor: Workspace) -> None:
    asset(harbor, "A", "payroll")
    for about in ("pay & !roll | (", "':*'); DROP TABLE x; --", "\0payroll", "а" * 3_000, "<-> <2> &&&"):
        assert names(knowledge.pack(harbor, about=about, tokens=500)) == ["A"]


def test_the_cost_is_bounded(harbor: Workspace, django_assert_max_num_queries: Any) -> None:
    website(harbor, "Harbor")
    for number in range(40):
        asset(harbor, f"T{number:02}", "payroll " * 100)
    with django_assert_max_num_queries(3):
        knowledge.pack(harbor, about="payroll " * 500, tokens=1_000)


# ── Keeping ────────────────────────────────────────────────────────────────────
def test_a_text_that_is_too_long_is_refused(harbor: Workspace) -> None:
    with pytest.raises(knowledge.Unsearchable, match="1 MB"):
        asset(harbor, "Long", "a" * 1_000_001)


def test_a_text_that_cannot_be_searched_is_refused_and_the_transaction_lives(harbor: Workspace) -> None:
    with pytest.raises(knowledge.Unsearchable, match="different words"):
        asset(harbor, "Many", " ".join(f"{number:x}zq" for number in range(110_000)))
    assert not KnowledgeAsset.objects.exists()


# ── The primary website ────────────────────────────────────────────────────────
def test_the_website_of_the_settings_is_the_primary_asset(harbor: Workspace) -> None:
    knowledge.set_website(harbor, "https://harbor.example.com/")
    home = KnowledgeAsset.objects.get(workspace=harbor, kind="website")
    assert (home.url, home.fetch) == ("https://harbor.example.com/", "pending")
    assert KnowledgeJob.objects.filter(asset=home, status="PENDING").count() == 1
    knowledge.keep_text(home, "Old words")
    knowledge.set_website(harbor, "https://harbor.example.com/")
    home.refresh_from_db()
    assert home.content == "Old words"
    knowledge.set_website(harbor, "https://new.example.com/")
    home.refresh_from_db()
    assert (home.url, home.content) == ("https://new.example.com/", "")
    assert AiSettings.objects.get(workspace=harbor).website_url == "https://new.example.com/"
    knowledge.set_website(harbor, "")
    assert not KnowledgeAsset.objects.filter(workspace=harbor).exists()


def test_a_page_that_is_being_fetched_is_not_asked_for_twice(harbor: Workspace) -> None:
    page = asset(harbor, "Page", "", kind="url", url="https://harbor.example.com/x")
    assert [knowledge.request_fetch(page), knowledge.request_fetch(page)] == [True, False]


def test_what_was_read_of_a_former_address_is_not_kept(harbor: Workspace) -> None:
    page = asset(harbor, "Page", "", kind="url", url="https://new.example.com/")
    assert not knowledge.fetched(page.pk, url="https://old.example.com/", title="Old", text="Old")
    page.refresh_from_db()
    assert page.content == ""
