"""What finds a lead: accents, case and wildcards don't count, other addresses do, and the indexes serve it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from leads import searching
from leads.finding import find_leads
from leads.models import Folded, Lead, LeadIdentity
from tests.factories import leads
from zrg.lib import rows
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def found(text: str, workspace: Workspace) -> list[str]:
    about = searching.sought(text, region=workspace.phone_region)
    if about is None:
        return []
    hits = Lead.objects.filter(workspace=workspace).filter(searching.condition(about, workspace=workspace))
    return sorted(lead.name for lead in hits)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("José Muñoz", ["jose", "MUNOZ", "josé muñoz", "JOSÉ", "jose\u0301 mun\u0303oz", "jose muñ", "oz osé"]),
        ("Jose Munoz", ["josé", "Muñoz", "jősė"]),
        ("Jürgen Müller", ["muller", "müller", "MÜLLER", "jurgen müll", "Ju\u0308rgen"]),
        ("Łukasz Żółć", ["lukasz zolc", "łukasz", "ŻÓŁĆ"]),
        ("Zdeněk Dvořák", ["zdenek dvorak", "DVOŘÁK"]),
        ("Søren Ærøskøbing", ["soren", "aeroskobing", "SØREN ÆRØ"]),
        ("Greta Groß", ["gross", "groß", "GROSS", "GROẞ"]),
        ("Þórdís Guðmundsdóttir", ["thordis", "gudmundsdottir", "ÞÓRDÍS GUÐ"]),
        ("Nguyễn Văn Đức", ["nguyen van duc", "NGUYỄN", "đức"]),
        ("İbrahim Işık", ["ibrahim", "isik", "ışık", "IŞIK", "İBRAHİM"]),
        ("Ștefan Țăranu", ["stefan taranu", "şefan".replace("şe", "şte")]),
        ("Aliyev Əli", ["eli", "əli"]),
        ("Léa Cœur", ["lea coeur", "CŒUR"]),
        ("Núria Col·lell", ["collell", "col·lell"]),
        ("Aoife O’Brien", ["o'brien", "O’Brien", "O´Brien", "brien"]),
        ("Jean–Luc Ｐｉｃａｒｄ", ["jean-luc", "picard", "ＪＥＡＮ"]),
        ("Алёна Йорданова", ["алёна", "АЛЕНА", "йордан", "алена ЙОРДАНОВА"]),
        ("Γιώργος Παπάς", ["γιωργοσ", "ΓΙΏΡΓΟΣ", "παπας"]),
        ("王伟明", ["王伟", "伟明", "王伟明"]),
        ("محمّد", ["محمد", "مُحَمّد"]),
        ("김민준", ["민준"]),
    ],
)
def test_accents_and_case_do_not_count(name: str, typed: list[str], harbor: Workspace) -> None:
    first, _, last = name.partition(" ")
    leads.lead(harbor, first_name=first, last_name=last, email="")
    leads.lead(harbor, first_name="Otto", last_name="Miller 王", company="Мир & Ψυχή")
    assert {text: found(text, harbor) for text in typed} == {text: [name] for text in typed}


def test_what_is_not_there_is_not_found(harbor: Workspace) -> None:
    leads.lead(harbor, first_name="Jürgen", last_name="Müller 302", company="Мир")
    assert [found(text, harbor) for text in ("miller", "muler", "мирт", "jurgenmuller", "王")] == [[]] * 5
    leads.lead(harbor, first_name="Мила", phone="")
    assert found("302", harbor) == ["Jürgen Müller 302"]  # Cyrillic in bytes has no digits


WILD = ("100% Payroll", "100 Payroll", "a_b Labs", "axb Labs", r"c:\new Media", "c:new Media", r"王 d:\e")


@pytest.mark.parametrize(
    ("typed", "companies"),
    [
        ("100%", ["100% Payroll"]),
        ("100％", ["100% Payroll"]),  # the full-width one of Japanese keyboards
        ("0% pay", ["100% Payroll"]),
        ("a_b", ["a_b Labs"]),
        ("a＿b", ["a_b Labs"]),
        (r"c:\new", [r"c:\new Media"]),
        (r"\new", [r"c:\new Media"]),
        (r"d:\e", [r"王 d:\e"]),
        (r"王 d:\e", [r"王 d:\e"]),
        ("%", ["100% Payroll"]),
        ("_", ["a_b Labs"]),
        ("%new", []),
        (r"\%", []),
        ("'", []),
        ("\x00100%\x00", ["100% Payroll"]),
    ],
)
def test_every_sign_stands_for_itself(typed: str, companies: list[str], harbor: Workspace) -> None:
    for company in WILD:
        leads.lead(harbor, first_name=company, email="")
    assert found(typed, harbor) == companies


@pytest.mark.parametrize("typed", ["", " ", "\u0301\u0301", "\u200b \u00ad", "\x00"])
def test_nothing_that_can_be_seen_is_nothing_to_look_for(typed: str, harbor: Workspace) -> None:
    assert searching.sought(typed) is None
    assert find_leads(typed) == []


@pytest.mark.parametrize(
    ("typed", "is_indexed"),
    [
        ("ann", True),
        ("212", True),
        ("ma oyelaran", True),
        ("王", True),
        ("мя", True),
        ("(2) 1 2-3", True),  # a number
        ("ma", False),
        ("mü", False),
        ("ße", True),  # three letters
        ("%%%", False),
        ("___ \\\\\\", False),
        ("a.b.c de", False),
    ],
)
def test_what_no_index_knows_says_so(typed: str, is_indexed: bool, harbor: Workspace) -> None:
    about = searching.sought(typed)
    assert about is not None
    assert about.is_indexed is is_indexed


def test_other_addresses_and_numbers_find_as_the_primary_ones_do(harbor: Workspace) -> None:
    marcus = leads.lead(harbor, first_name="Marcus", last_name="Oyelaran", email="marcus@fenwick.example.com")
    leads.name(marcus, "email", "élise@kestrel-bäder.example.com")
    leads.name(marcus, "phone", "+12125550199")
    leads.name(marcus, "linkedin_url", "linkedin.com/in/marcus-secret")
    leads.lead(harbor, first_name="Marcus", last_name="Other")
    texts = [
        "elise",
        "ÉLISE@kestrel",
        "kestrel-bader",
        "marcus kestrel",
        "5550199",
        "(212) 555–0199",
        "oyelaran 2125550199",
    ]
    assert {text: found(text, harbor) for text in texts} == {text: ["Marcus Oyelaran"] for text in texts}
    assert found("kestrel other", harbor) == found("secret", harbor) == []


@pytest.mark.parametrize(
    "typed", ["0171 555 0199", "+49 171 5550199", "0049 171 555-0199", "(0171) 5550199", "1715550199"]
)
@pytest.mark.parametrize("is_primary", [True, False])
def test_a_number_is_found_the_way_people_of_the_region_type_it(
    typed: str, is_primary: bool, harbor: Workspace
) -> None:
    Workspace.objects.filter(pk=harbor.pk).update(phone_region="DE")
    harbor.refresh_from_db()
    lead = leads.lead(harbor, first_name="Jens", phone="+491715550199" if is_primary else "")
    if not is_primary:
        leads.name(lead, "phone", "+491715550199")
    leads.lead(harbor, first_name="Other", phone="+491725550198")
    assert found(typed, harbor) == ["Jens"]


def test_another_workspace_is_never_found(harbor: Workspace, elsewhere: Workspace) -> None:
    stranger = leads.lead(elsewhere, first_name="José", email="jose@far.example.com")
    leads.name(stranger, "email", "zoë@farther.example.com")
    leads.lead(harbor, first_name="Ann")
    assert found("jose", harbor) == found("zoe@farther", harbor) == []
    assert find_leads("jose") == find_leads("zoë@farther") == [stranger.pk]  # the operations look everywhere


def test_addresses_of_another_workspace_crowd_out_none(
    harbor: Workspace, elsewhere: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_MOST_ALTERNATES", 1)
    for workspace, name in ((elsewhere, "Stranger"), (harbor, "Ours"), (elsewhere, "Other")):
        leads.name(leads.lead(workspace, first_name=name), "email", f"zoë-{name.lower()}@kestrel.example.com")
    assert found("@kestrel", harbor) == ["Ours"]


def test_a_tombstone_is_not_found_but_by_its_id(harbor: Workspace) -> None:
    survivor, loser = leads.lead(harbor, first_name="José"), leads.lead(harbor, first_name="José")
    Lead.objects.filter(pk=loser.pk).update(merged_into=survivor)
    assert find_leads("jose") == [survivor.pk]
    assert find_leads(f" {loser.pk} ") == [loser.pk]


@pytest.mark.parametrize("name", ["Zoë", "Zoe"])
def test_a_name_that_changes_is_found_by_the_new_one(name: str, harbor: Workspace) -> None:
    lead = leads.lead(harbor, first_name="José")
    loaded = Lead.objects.get(pk=lead.pk)  # with what it was folded to
    loaded.first_name = name
    loaded.save()
    assert (found("jose", harbor), found("zoe", harbor)) == ([], [name])
    rows.update(Lead(pk=lead.pk, workspace=harbor, first_name="Łucja"), {"first_name"})
    assert (found("zoe", harbor), found("lucja", harbor)) == ([], ["Łucja"])


def test_a_lead_written_past_the_orm_is_found(harbor: Workspace) -> None:
    rows.insert(Lead(workspace=harbor, company="Crème & Söhne"))
    assert len(found("creme sohne", harbor)) == 1


def test_leads_from_before_are_folded_by_the_migration(harbor: Workspace) -> None:
    for name in ("José", "Zoë", "Ann", "Łucja", "王"):
        leads.lead(harbor, first_name=name)
    folded = dict(Lead.objects.values_list("first_name", "folded_text"))
    Lead.objects.update(folded_text=None)
    [name] = [path.stem for path in Path("leads/migrations").glob("*_folded_search.py")]
    migration = import_module(f"leads.migrations.{name}")
    migration.fill(None, SimpleNamespace(connection=connection), at_once=2)
    assert dict(Lead.objects.values_list("first_name", "folded_text")) == folded
    assert folded["Ann"] is None
    assert None not in {folded[name] for name in ("José", "Zoë", "Łucja", "王")}


@pytest.fixture
def crowd(harbor: Workspace) -> Workspace:
    """As many leads, with another address each, as the planner needs to prefer an index."""
    many = [Lead(workspace=harbor, first_name=f"Zoë {n}", company="Kestrel") for n in range(1500)]
    Lead.objects.bulk_create(many)
    LeadIdentity.objects.bulk_create(
        LeadIdentity(workspace=harbor, lead=lead, kind="email", value=f"zoë{n}@kestrel.example.com", source="test")
        for n, lead in enumerate(many)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead, leads_leadidentity")
        for index in ("lead_search_folded", "alternate_search_folded"):
            # Until then each look-up reads all that came.
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
    return harbor


def test_the_indexes_serve_it_and_the_planner_knows_how_common_a_word_is(crowd: Workspace) -> None:
    """What differs from an index's expression in a cast is served by none, and a partial index tells no numbers."""
    rare, common = plans_of("jose", crowd), plans_of("zoe", crowd)
    for plan, index in zip(rare, ("alternate_search_folded", "lead_search_folded"), strict=True):
        assert "'%jose%'" in plan.partition(f"Bitmap Index Scan on {index}")[2].splitlines()[1]
        assert "rows=1 " in plan
    assert all("rows=1500 " in plan for plan in common)


def plans_of(word: str, workspace: Workspace) -> list[str]:
    about = searching.sought(word)
    assert about is not None
    with CaptureQueriesContext(connection) as queries:
        condition = searching.condition(about, workspace=workspace)
        list(Lead.objects.live().filter(condition, workspace=workspace).values_list("pk"))
    return [plan_of(query["sql"]) for query in queries]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        return "\n".join(line for (line,) in cursor.fetchall())


def folded(text: str) -> str:
    return str(Workspace.objects.values_list(Folded(Value(text)), flat=True)[0])


def test_what_is_folded_is_ascii_whatever_it_was(harbor: Workspace) -> None:
    """Trigrams know nothing else where the database's LC_CTYPE is C."""
    everything = "".join(chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000)
    assert folded(everything).isascii()


def test_the_function_does_what_it_did_when_the_indexes_were_built(harbor: Workspace) -> None:
    """Never correct this: rows in the indexes are as the function was. Other rules need a function of another name."""
    assert folded("Łódź, STRAẞE 5; O´Brien – Þór½ ǽ") == "lodz, strasse 5; o'brien - thor1/2 ae"
    assert folded("Ёж 305\\7 王") == "\\jzq\\zwv\\jzq\\zww 305\\7 \\jky\\zxw\\zxj"
