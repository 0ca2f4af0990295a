"""The settings as people meet them: tabs, sections that save alone, refusals that name the field, reading without
changing, and everything without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbox.models import ReplySettings
from leads.models import PrivacySettings
from zrg.ai import prompts
from zrg.ai.models import AiSettings, AiSpend, KnowledgeAsset, Persona, PromptOverride, QualificationQuestion
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}
PROMPT = "sentiment.classify.v1"


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def tab(desk: Client, workspace: Workspace, name: str) -> Any:
    return desk.get("/", {"view": "settings", "clientId": str(workspace.pk), "settingsTab": name})


def at(workspace: Workspace, path: str) -> str:
    return f"/settings/{workspace.pk}/{path}"


def settings_of(workspace: Workspace) -> AiSettings:
    return AiSettings.objects.get(workspace=workspace)


# ── Tabs ───────────────────────────────────────────────────────────────────────
def test_tabs_are_deep_links_and_only_those_with_something_in_them_are_shown(desk: Client, harbor: Workspace) -> None:
    page = tab(desk, harbor, "ai")
    shown = [title for _, title, _ in page.context["tabs"]]
    assert shown == ["General", "Integrations", "AI personality"]
    assert 'aria-current="page">AI personality' in page.text
    for link in [href for _, _, href in page.context["tabs"]]:
        assert desk.get(link).status_code == 200


@pytest.mark.parametrize("name", ["", "booking", "nonsense"])
def test_a_tab_that_is_not_there_falls_back_to_the_first(desk: Client, harbor: Workspace, name: str) -> None:
    assert tab(desk, harbor, name).context["tab"] == "general"


def test_htmx_gets_the_tab_alone_and_history_the_whole_page(desk: Client, harbor: Workspace) -> None:
    address = f"/?view=settings&clientId={harbor.pk}&settingsTab=ai"
    piece = desk.get(address, headers={**HTMX, "HX-Target": "tab"}).text
    assert "<html" not in piece
    assert "<title>AI personality settings" in piece
    whole = desk.get(address, headers={**HTMX, "HX-Target": "tab", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text


def test_the_other_views_are_still_the_inbox(desk: Client, harbor: Workspace) -> None:
    for address in ("/", "/?view=inbox", "/?view=nonsense"):
        assert "inbox/page.html" in [template.name for template in desk.get(address).templates]


def test_who_has_no_workspace_is_told_so(client: Client, mallory: User) -> None:
    client.force_login(mallory)
    assert client.get("/?view=settings").url == "/"


# ── Sections ───────────────────────────────────────────────────────────────────
SECTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("workspace", {"name": "Harbor 2", "timezone": "Europe/Berlin", "phone_region": "de"}, "Workspace saved"),
    ("replies", {"undo_seconds": "5", "auto_send_schedule": "ALWAYS"}, "Replies saved"),
    ("ai/offer", {"company_name": "Harbor Inc", "service_description": "Payroll"}, "Offer saved"),
    ("ai/voice", {"tone": "dry", "greeting": "Hi {first_name},"}, "Voice saved"),
    ("ai/automation", {"classify_replies": "on"}, "Saved"),
    ("ai/models", {"verify": "gpt-9-mini"}, "Models saved"),
    ("ai/limits", {"monthly_budget_usd": "12.50"}, "Limits saved"),
    ("retention", {"ai_retention_days": "9"}, "Retention saved"),
]
IDS = [path for path, _, _ in SECTIONS]


@pytest.mark.parametrize(("path", "data", "said"), SECTIONS, ids=IDS)
def test_a_section_saves_alone_and_says_so(
    desk: Client, harbor: Workspace, path: str, data: dict[str, Any], said: str
) -> None:
    piece = desk.post(at(harbor, path), data, headers=HTMX)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    assert said in piece.text


@pytest.mark.parametrize(("path", "data", "said"), SECTIONS, ids=IDS)
def test_without_javascript_it_comes_back_to_its_place(
    desk: Client, harbor: Workspace, path: str, data: dict[str, Any], said: str
) -> None:
    answer = desk.post(at(harbor, path), data)
    assert (answer.status_code, answer.url.startswith("/?view=settings&")) == (302, True)
    assert said in desk.get(answer.url).text
    assert desk.get(at(harbor, path)).status_code == 302
    assert "<html" not in desk.get(at(harbor, path), headers=HTMX).text


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("workspace", {"name": "H", "timezone": "Mars/Base", "phone_region": "US"}, "Mars/Base"),
    ("workspace", {"name": "H", "timezone": "UTC", "phone_region": "XX"}, "not a country"),
    ("replies", {"undo_seconds": "61", "auto_send_schedule": "ALWAYS"}, "less than or equal to 60"),
    ("replies", {"undo_seconds": "5", "auto_send_schedule": "OWN"}, "Auto-send: choose at least one day"),
    (
        "replies",
        {"undo_seconds": "5", "auto_send_schedule": "OWN", "on_2": "on", "from_2": "17:00", "to_2": "09:00"},
        "Wednesday: give a beginning and a later end",
    ),
    ("ai/offer", {"website_url": "https://localhost"}, "Give the address of a page"),
    ("ai/offer", {"website_url": "javascript:alert(1)"}, "valid URL"),
    ("ai/voice", {"tone": "x", "greeting": "Hi {firstName}"}, "Greeting: {firstName} is unknown. Use {first_name}"),
    ("ai/voice", {"tone": "x", "sms_greeting": "Hi {"}, "SMS greeting: { is unknown"),
    ("ai/voice", {"tone": "x", "signature": "{Name}"}, "Signature: {Name} is unknown"),
    ("ai/models", {"verify": "gpt 9; drop"}, "Verifier: this is not the id of a model"),
    ("ai/limits", {"monthly_budget_usd": "-1"}, "Monthly budget: give an amount from 0"),
    ("retention", {"ai_retention_days": "0"}, "greater than or equal to 1"),
]


@pytest.mark.parametrize(("path", "data", "named"), WRONG, ids=[f"{path} {named[:20]}" for path, _, named in WRONG])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    desk: Client, harbor: Workspace, path: str, data: dict[str, Any], named: str
) -> None:
    before = list(AiSettings.objects.values()), list(ReplySettings.objects.values()), list(Workspace.objects.values())
    piece = desk.post(at(harbor, path), data, headers=HTMX)
    assert (piece.status_code, "Not saved" in piece.text) == (200, True)
    page = desk.post(at(harbor, path), data)
    assert page.status_code == 422
    for answer in (piece, page):
        assert named in answer.text.replace("&#x27;", "'")
        assert next(iter(data.values())) in answer.text, "what was typed is gone"
    after = list(AiSettings.objects.values()), list(ReplySettings.objects.values()), list(Workspace.objects.values())
    assert after == before


def test_saving_one_section_leaves_the_others_alone(desk: Client, harbor: Workspace) -> None:
    AiSettings.objects.filter(workspace=harbor).update(service_description="Payroll", models_by_task={"draft": "x-1"})
    desk.post(at(harbor, "ai/voice"), {"tone": "dry", "goals": "A call"})
    desk.post(at(harbor, "ai/limits"), {"store_ai_text": "on"})
    kept = settings_of(harbor)
    assert (kept.service_description, kept.models_by_task, kept.goals) == ("Payroll", {"draft": "x-1"}, "A call")
    assert (kept.store_ai_text, kept.classify_replies) == (True, True)


def test_own_hours_are_kept_by_weekday(desk: Client, harbor: Workspace) -> None:
    hours = {"on_0": "on", "from_0": "08:30", "to_0": "12:00", "from_1": "09:00", "to_1": "17:00"}
    desk.post(at(harbor, "replies"), {"undo_seconds": "0", "auto_send_schedule": "OWN", **hours})
    assert ReplySettings.objects.get(workspace=harbor).own_hours == {"0": ["08:30", "12:00"]}
    assert 'value="08:30"' in tab(desk, harbor, "general").text


def test_reviewers_are_people_of_the_workspace(desk: Client, harbor: Workspace, sam: User, mallory: User) -> None:
    base = {"undo_seconds": "5", "auto_send_schedule": "ALWAYS"}
    desk.post(at(harbor, "replies"), {**base, "reviewers": [str(sam.pk)]})
    assert list(ReplySettings.objects.get(workspace=harbor).reviewers.all()) == [sam]
    refused = desk.post(at(harbor, "replies"), {**base, "reviewers": [str(mallory.pk)]}, headers=HTMX)
    assert "Not saved" in refused.text


def test_who_changed_a_setting_is_in_its_history(desk: Client, harbor: Workspace, alice: User) -> None:
    desk.post(at(harbor, "ai/voice"), {"tone": "dry"})
    last = settings_of(harbor).events.order_by("-pgh_id").first()
    assert last.pgh_context.metadata["user"] == str(alice.pk)


def test_retention_is_kept(desk: Client, harbor: Workspace) -> None:
    desk.post(at(harbor, "retention"), {"ai_retention_days": "9"})
    assert PrivacySettings.objects.get(workspace=harbor).ai_retention_days == 9


# ── Personas ───────────────────────────────────────────────────────────────────
def test_a_persona_is_made_changed_made_default_and_deleted(desk: Client, harbor: Workspace) -> None:
    desk.post(at(harbor, "ai/personas/new"), {"name": "Nora", "greeting": "Hi {first_name},", "is_default": "on"})
    desk.post(at(harbor, "ai/personas/new"), {"name": "Sam", "is_default": "on"})
    nora, sam = (Persona.objects.get(workspace=harbor, name=name) for name in ("Nora", "Sam"))
    assert (nora.is_default, sam.is_default) == (False, True)
    desk.post(at(harbor, f"ai/personas/{nora.pk}/default"))
    desk.post(at(harbor, f"ai/personas/{nora.pk}"), {"name": "Nora W", "tone": "dry", "is_default": "on"})
    nora.refresh_from_db()
    assert (nora.name, nora.tone, nora.is_default) == ("Nora W", "dry", True)
    desk.post(at(harbor, f"ai/personas/{sam.pk}/delete"))
    assert list(Persona.objects.values_list("name", flat=True)) == ["Nora W"]


def test_the_first_persona_is_offered_as_the_default(desk: Client, harbor: Workspace) -> None:
    assert desk.get(at(harbor, "ai/personas/new")).context["form"]["is_default"].value() is True
    Persona.objects.create(workspace=harbor, name="One")
    assert desk.get(at(harbor, "ai/personas/new")).context["form"]["is_default"].value() is False


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"name": "Nora"}, "of this name is there already"),
        ({"name": "X", "greeting": "{x}"}, "Greeting: {x}"),
        ({}, "required"),
    ],
)
def test_a_persona_that_does_not_fit_is_refused(desk: Client, harbor: Workspace, data: Any, named: str) -> None:
    Persona.objects.create(workspace=harbor, name="Nora")
    answer = desk.post(at(harbor, "ai/personas/new"), data)
    assert (answer.status_code, named in answer.text) == (422, True)
    assert Persona.objects.count() == 1


def test_the_preview_follows_what_is_typed_and_saves_nothing(desk: Client, harbor: Workspace) -> None:
    AiSettings.objects.filter(workspace=harbor).update(company_name="Harbor Inc", signature="Best,\n{persona_name}")
    Persona.objects.create(workspace=harbor, name="Default", greeting="Dear {first_name},", is_default=True)
    typed = {"name": "New", "persona_name": "Nora", "sms_greeting": "Hey {first_name}!"}
    shown = desk.post(at(harbor, "ai/personas/preview"), typed).text
    assert "Dear Ann," in shown
    assert "Best,\nNora" in shown
    assert "Hey Ann!" in shown
    assert "the default persona" in shown
    assert Persona.objects.count() == 1
    unknown = desk.post(at(harbor, "ai/personas/preview?of=settings"), {"greeting": "Hi {firstName}"}).text
    assert "Unknown: {firstName}" in unknown
    assert settings_of(harbor).greeting == ""


# ── Knowledge ──────────────────────────────────────────────────────────────────
def add(desk: Client, workspace: Workspace, kind: str, **given: Any) -> Any:
    data = {"kind": kind, **{f"{kind}-{name}": value for name, value in given.items()}}
    return desk.post(at(workspace, "ai/knowledge"), data, headers=HTMX)


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_texts_pages_and_files_become_assets(desk: Client, harbor: Workspace) -> None:
    add(desk, harbor, "text", name="Prices", content="40 dollars")
    add(desk, harbor, "url", url="https://www.example.com/terms")
    add(desk, harbor, "file", file=file("faq.MD", b"\xef\xbb\xbf# FAQ"))
    found = KnowledgeAsset.objects.filter(workspace=harbor).order_by("kind")
    assert [(asset.kind, asset.name, asset.content, asset.fetch) for asset in found] == [
        ("file", "faq.MD", "# FAQ", "none"),
        ("text", "Prices", "40 dollars", "none"),
        ("url", "https://www.example.com/terms", "", "pending"),
    ]
    assert "Being read" in tab(desk, harbor, "ai").text


@pytest.mark.parametrize(
    ("kind", "given", "named"),
    [
        ("text", {"name": "", "content": "x"}, "required"),
        ("url", {"url": "http://localhost/x"}, "Give the address of a page"),
        ("url", {"url": "ftp://example.com/x"}, "Give the address of a page"),
        ("file", {"file": file("a.pdf", b"%PDF")}, "File: “a.pdf” cannot be read. Use .txt, .md, .csv"),
        ("file", {"file": file("a.txt", b"x" * 1_000_001)}, "File: it is larger than 1 MB"),
        ("file", {"file": file("a.txt", b"\xff\xfe\x00")}, "File: this is not text in UTF-8"),
        ("file", {"file": file("a.txt", b"  ")}, "File: it is empty"),
    ],
)
def test_what_cannot_be_knowledge_is_refused_with_the_field_named(
    desk: Client, harbor: Workspace, kind: str, given: dict[str, Any], named: str
) -> None:
    answer = add(desk, harbor, kind, **given)
    assert named in answer.text
    assert not KnowledgeAsset.objects.exists()


def test_an_asset_is_changed_switched_off_read_again_and_deleted(desk: Client, harbor: Workspace) -> None:
    page = KnowledgeAsset.objects.create(workspace=harbor, kind="url", name="Terms", url="https://www.example.com/a")
    desk.post(at(harbor, f"ai/knowledge/{page.pk}"), {"name": "T", "url": "https://www.example.com/b", "active": "on"})
    page.refresh_from_db()
    assert (page.name, page.url, page.fetch) == ("T", "https://www.example.com/b", "pending")
    desk.post(at(harbor, f"ai/knowledge/{page.pk}/switch"), {"active": "0"})
    page.refresh_from_db()
    assert not page.active
    assert "being read already" in desk.post(at(harbor, f"ai/knowledge/{page.pk}/refresh"), headers=HTMX).text
    desk.post(at(harbor, f"ai/knowledge/{page.pk}/delete"))
    assert not KnowledgeAsset.objects.exists()


def test_a_text_can_be_rewritten_but_not_beyond_its_limit(desk: Client, harbor: Workspace) -> None:
    add(desk, harbor, "text", name="Prices", content="40 dollars")
    text = KnowledgeAsset.objects.get()
    assert desk.post(at(harbor, f"ai/knowledge/{text.pk}/refresh")).status_code == 404
    edit = at(harbor, f"ai/knowledge/{text.pk}")
    desk.post(edit, {"name": "Prices", "content": "50 dollars", "active": "on"})
    refused = desk.post(edit, {"name": "Prices", "content": "x" * 1_000_001, "active": "on"})
    assert (refused.status_code, "longer than 1 MB" in refused.text) == (422, True)
    text.refresh_from_db()
    assert text.content == "50 dollars"


def test_deleting_the_website_clears_the_setting(desk: Client, harbor: Workspace) -> None:
    desk.post(at(harbor, "ai/offer"), {"website_url": "www.example.com"})
    home = KnowledgeAsset.objects.get(workspace=harbor, kind="website")
    assert home.url == "https://www.example.com"
    desk.post(at(harbor, f"ai/knowledge/{home.pk}/delete"))
    assert settings_of(harbor).website_url == ""


# ── Questions ──────────────────────────────────────────────────────────────────
def questions(workspace: Workspace) -> list[tuple[str, bool, bool]]:
    found = QualificationQuestion.objects.filter(workspace=workspace).order_by("order")
    return [(row.text, row.required, row.active) for row in found]


def formset(workspace: Workspace, *, new: str = "", **changed: Any) -> dict[str, Any]:
    rows = list(QualificationQuestion.objects.filter(workspace=workspace).order_by("order", "id"))
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(rows) + 1, "form-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-id": row.pk, f"form-{number}-text": row.text, f"form-{number}-active": "on"}
    return data | {f"form-{len(rows)}-text": new, f"form-{len(rows)}-active": "on"} | changed


def test_questions_are_added_changed_ordered_and_deleted(desk: Client, harbor: Workspace) -> None:
    for text in ("How many?", "Since when?", "Who decides?"):
        desk.post(at(harbor, "ai/questions"), formset(harbor, new=text))
    assert [text for text, _, _ in questions(harbor)] == ["How many?", "Since when?", "Who decides?"]
    last = QualificationQuestion.objects.get(text="Who decides?")
    changed = {"up": last.pk, "form-0-text": "How many people?", "form-0-required": "on"}
    desk.post(at(harbor, "ai/questions"), formset(harbor, **changed))
    assert [text for text, _, _ in questions(harbor)] == ["How many people?", "Who decides?", "Since when?"]
    assert questions(harbor)[0] == ("How many people?", True, True)
    desk.post(at(harbor, "ai/questions"), formset(harbor, **{"form-1-DELETE": "on"}))
    assert [text for text, _, _ in questions(harbor)] == ["How many people?", "Since when?"]


def test_a_question_of_another_workspace_cannot_be_changed_through_the_form(
    desk: Client, harbor: Workspace, elsewhere: Workspace
) -> None:
    theirs = QualificationQuestion.objects.create(workspace=elsewhere, text="Theirs")
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": theirs.pk, "form-0-text": "Ours now"}
    desk.post(at(harbor, "ai/questions"), data, headers=HTMX)
    theirs.refresh_from_db()
    assert (theirs.text, theirs.workspace) == ("Theirs", elsewhere)


# ── Prompts ────────────────────────────────────────────────────────────────────
def test_a_prompt_is_said_differently_and_taken_back(desk: Client, harbor: Workspace, alice: User) -> None:
    text = prompts.get(PROMPT).text + "\nBe careful."
    edit = at(harbor, f"ai/prompts/{PROMPT}")
    desk.post(edit, {"text": text, "note": "Too eager", "model": "gpt-9", "effort": "low"})
    mine = PromptOverride.objects.get(workspace=harbor)
    assert (mine.version, mine.active, mine.created_by, mine.note) == (1, True, alice, "Too eager")
    assert "Your version 1" in tab(desk, harbor, "ai").text
    desk.post(edit, {"text": text + " Again."})
    desk.post(f"{edit}/versions/1")
    mine.refresh_from_db()
    assert mine.active
    desk.post(f"{edit}/revert")
    assert not PromptOverride.objects.filter(active=True).exists()
    assert desk.post(f"{edit}/versions/7").status_code == 404


def test_a_prompt_that_does_not_fit_is_refused_and_kept_in_the_editor(desk: Client, harbor: Workspace) -> None:
    answer = desk.post(at(harbor, f"ai/prompts/{PROMPT}"), {"text": "Read {{ nonsense }}"})
    assert (answer.status_code, "Unknown: nonsense" in answer.text) == (422, True)
    assert "Read {{ nonsense }}" in answer.text
    assert not PromptOverride.objects.exists()


def test_unknown_prompts_are_not_there(desk: Client, harbor: Workspace) -> None:
    assert desk.get(at(harbor, "ai/prompts/nonsense.v1")).status_code == 404
    assert desk.get(at(harbor, "ai/snippets/nonsense")).status_code == 404


# ── Who ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("who", ["ingo", "sam", "pia"])
def test_who_is_no_admin_reads_and_is_told_why(
    client: Client, harbor: Workspace, who: str, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    client.force_login(user)
    for name in ("general", "ai"):
        page = tab(client, harbor, name)
        assert "Read only" in page.text
        assert ("Request changes from ZRG" in page.text) == (who == "pia")
        assert 'type="submit" id="save-' not in page.text
        assert "disabled" in page.text
    assert client.get(at(harbor, "ai/personas/new")).status_code == 403


def test_the_client_sees_a_card_where_texts_would_stand(client: Client, harbor: Workspace, pia: User) -> None:
    persona = Persona.objects.create(workspace=harbor, name="Nora", greeting="Hidden words")
    AiSettings.objects.filter(workspace=harbor).update(goals="Hidden goals")
    client.force_login(pia)
    page = tab(client, harbor, "ai").text
    assert page.count("Your agency looks after this. Request changes from ZRG.") == 3
    assert "Hidden" not in page
    for path in ("ai/voice", "ai/personas", "ai/prompts"):
        assert "Hidden" not in client.get(at(harbor, path), headers=HTMX).text
    for path in (f"ai/personas/{persona.pk}", f"ai/prompts/{PROMPT}", "ai/snippets/voice"):
        assert client.get(at(harbor, path)).status_code == 403
    assert "sam@example.com" not in tab(client, harbor, "general").text


# ── Spending ───────────────────────────────────────────────────────────────────
def test_spending_is_shown_against_the_budget(desk: Client, harbor: Workspace) -> None:
    from django.utils import timezone

    today = timezone.now().date()
    AiSpend.objects.create(workspace=harbor, day=today, feature="draft", calls=1_200, failures=3, cost_usd="8.5")
    AiSpend.objects.create(workspace=harbor, day=today, feature="sentiment", calls=10, cost_usd="1")
    AiSettings.objects.filter(workspace=harbor).update(monthly_budget_usd=10)
    section = desk.get(at(harbor, "ai/spending"), headers=HTMX).text
    assert "$9.50" in section
    assert "95 % used" in section
    assert section.index(">draft<") < section.index(">sentiment<")
    AiSettings.objects.filter(workspace=harbor).update(monthly_budget_usd=9)
    assert "Reached: nothing is sent by itself" in desk.get(at(harbor, "ai/spending"), headers=HTMX).text


def test_the_tab_costs_a_bounded_number_of_queries(
    desk: Client, harbor: Workspace, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        Persona.objects.create(workspace=harbor, name=f"P{number}")
        KnowledgeAsset.objects.create(workspace=harbor, name=f"K{number}", content="x" * 1_000)
        QualificationQuestion.objects.create(workspace=harbor, text=f"Q{number}", order=number)
    tab(desk, harbor, "ai")
    with django_assert_max_num_queries(20):
        tab(desk, harbor, "ai")
