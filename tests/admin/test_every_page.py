"""Every page of the admin opens, quickly, for whom it should, and shows no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin import rows
from tests.admin.rows import SECRET
from tests.conftest import person
from zrg.workspaces.models import User, Workspace

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = [model._meta.label for model in MODELS]
BIG = {"leads.Lead", "inbox.Message", "integrations.WebhookEvent", "inbox.MessageJob", "jobs.FunctionRun"}


@pytest.fixture(scope="module")
def busy(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Workspace]]:
    """Sixty of everything, made once for the module and rolled back behind it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield rows.everything(person("Bea Busy"))
        transaction.set_rollback(True)


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages_of(model: Any) -> list[str]:
    """List, one object, its history, and the page to add one."""
    found = [address(model, "changelist")]
    if one := model._default_manager.order_by("pk").first():
        found += [address(model, "change", one.pk), address(model, "history", one.pk)]
    return found


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_superuser_opens_every_page_and_none_shows_a_secret(model: Any, busy: list[Workspace], desk: Client) -> None:
    for page in pages_of(model):
        answer = desk.get(page)
        assert answer.status_code == 200, page
        assert SECRET not in answer.text, page
    may_add = admin.site._registry[model].has_add_permission(_asked(desk))
    assert desk.get(address(model, "add")).status_code == (200 if may_add else 403)


def _asked(desk: Client) -> Any:
    return desk.get(reverse("admin:index")).wsgi_request


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_lists_cost_a_fixed_number_of_queries(model: Any, busy: list[Workspace], desk: Client) -> None:
    desk.get(reverse("admin:index"))  # what is cached per process is cached
    with CaptureQueriesContext(
        database,
    ) as queries:
        desk.get(address(model, "changelist"))
    told = "\n".join(query["sql"][:200] for query in queries)
    assert len(queries) <= 15, told
    if model._meta.label in BIG:
        assert not [query["sql"] for query in queries if counts_a_table(query["sql"])], told


def counts_a_table(sql: str) -> bool:
    """COUNT(*) with no limit inside."""
    return bool(re.search(r"count\(\*\)", sql, re.IGNORECASE)) and "LIMIT" not in sql


@pytest.mark.parametrize("query", ["?q=Ann", "?workspace__id__exact={}", "?kind=unplaced", "?o=-1"])
def test_narrowed_lists_of_leads_count_no_table(query: str, busy: list[Workspace], desk: Client) -> None:
    from leads.models import Lead

    with CaptureQueriesContext(database) as queries:
        answer = desk.get(address(Lead, "changelist") + query.format(busy[0].pk))
    assert answer.status_code == 200
    assert not [query["sql"] for query in queries if counts_a_table(query["sql"])]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_support_sees_and_changes_nothing(model: Any, busy: list[Workspace], client: Client, susi: User) -> None:
    client.force_login(susi)
    meta, site = model._meta, admin.site._registry[model]
    may_see = susi.has_perm(f"{meta.app_label}.view_{meta.model_name}")
    for page in pages_of(model):
        assert client.get(page).status_code == (200 if may_see else 403), page
    assert client.get(address(model, "add")).status_code == 403
    request = client.get(reverse("admin:index")).wsgi_request
    assert not site.get_actions(request)
    one = model._default_manager.order_by("pk").first()
    if one and may_see:
        assert client.post(address(model, "change", one.pk), {}).status_code == 403


def test_strangers_are_sent_to_the_one_sign_in(client: Client, alice: User) -> None:
    assert client.get("/admin/").url == "/accounts/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url.startswith("/accounts/login/")
    client.force_login(alice)
    assert client.get("/admin/", follow=True).status_code == 403
