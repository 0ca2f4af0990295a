"""Workspaces, people and groups; what changed and who changed it; the search box."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.admin import rows
from tests.admin.doing import confirm, form_of, list_of, page_of, saved
from tests.factories import leads as lead_factory
from zrg.workspaces.models import Membership, User, Workspace


def test_settings_of_each_domain_are_changed_on_one_page(desk: Client, harbor: Workspace) -> None:
    data = form_of(desk, harbor)
    assert saved(desk.post(page_of(harbor), data | {"reply_settings-0-undo_seconds": "30"}))
    harbor.reply_settings.refresh_from_db()
    assert harbor.reply_settings.undo_seconds == 30
    wrong = desk.post(page_of(harbor), data | {"reply_settings-0-undo_seconds": "600", "timezone": "Mars/Base"})
    assert "Mars/Base" in str(wrong.context["errors"])
    assert "60" in str(wrong.context["errors"])


def test_archiving_asks_first_and_can_be_taken_back(desk: Client, harbor: Workspace) -> None:
    assert "/archive-this/" in desk.get(page_of(harbor)).text
    confirm(desk, "archive", harbor)
    harbor.refresh_from_db()
    assert harbor.archived_at is not None
    page = desk.get(page_of(harbor)).text
    assert "/restore-this/" in page
    assert "/archive-this/" not in page
    confirm(desk, "restore", harbor)
    harbor.refresh_from_db()
    assert harbor.archived_at is None


def test_the_checklist_says_what_is_missing(desk: Client, harbor: Workspace) -> None:
    assert "No e-mail platform is connected" in desk.get(page_of(harbor)).text
    rows.connection(harbor, "emailbison")
    page = desk.get(page_of(harbor)).text
    assert "Missing: Host, Workspace id." in page


def test_a_new_workspace_gets_its_settings(desk: Client, alice: User) -> None:
    given = {"name": "Lake", "owner": alice.pk, "timezone": "Europe/Berlin", "phone_region": "DE"}
    members = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    assert desk.post(reverse("admin:workspaces_workspace_add"), given | members).status_code == 302
    assert Workspace.objects.get(name="Lake").ai_settings.tone == "friendly-professional"


# ── What changed ───────────────────────────────────────────────────────────────
def test_the_history_says_what_changed_and_who_did_it(desk: Client, olga: User, harbor: Workspace) -> None:
    data = form_of(desk, harbor)
    desk.post(page_of(harbor), data | {"name": "Harbour", "reply_settings-0-undo_seconds": "30"})
    page = desk.get(reverse("admin:workspaces_workspace_history", args=[harbor.pk])).text
    assert "<del>Harbor</del> → <ins>Harbour</ins>" in page
    assert "<del>10</del> → <ins>30</ins>" in page
    assert str(olga) in page


def test_the_history_of_a_connection_holds_no_secret(desk: Client, harbor: Workspace) -> None:
    made = rows.connection(harbor)
    desk.post(page_of(made).replace("/change/", "/renew-address-this/"), {"confirmed": "1"})
    answer = desk.get(reverse("admin:integrations_connection_history", args=[made.pk]))
    made.refresh_from_db()
    assert made.webhook_token not in answer.text
    assert "Made: connection" in answer.text


# ── People ─────────────────────────────────────────────────────────────────────
def test_only_superusers_give_power(client: Client, otto: User, alice: User) -> None:
    client.force_login(otto)
    forms = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    given = {"email": alice.email, "name": "Alice", "is_active": "on", "is_staff": "on", "is_superuser": "on", **forms}
    assert client.post(page_of(alice), given).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.is_staff, alice.is_superuser) == ("Alice", False, False)


def test_nobody_takes_over_a_more_powerful_account(client: Client, otto: User, olga: User) -> None:
    client.force_login(otto)
    assert client.post(page_of(olga), {"email": "mine@example.com"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[olga.pk])
    assert client.post(password, {"password1": "a new one 2026", "password2": "a new one 2026"}).status_code == 403


def test_no_page_shows_a_password_hash(desk: Client, alice: User) -> None:
    page = desk.get(page_of(alice)).text
    assert alice.password not in page
    assert "algorithm" not in page


def test_somebody_is_given_a_password(desk: Client, alice: User) -> None:
    address = reverse("admin:auth_user_password_change", args=[alice.pk])
    given = {"usable_password": "true", "password1": "salt and pepper 2026", "password2": "salt and pepper 2026"}
    assert desk.post(address, given).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("salt and pepper 2026")


def test_the_groups_are_set_back_to_their_table_with_every_migrate(db: None) -> None:
    support = Group.objects.get(name="Support")
    before = set(support.permissions.values_list("codename", flat=True))
    support.permissions.add(*Group.objects.get(name="Ops").permissions.all())
    call_command("migrate", verbosity=0)
    assert set(support.permissions.values_list("codename", flat=True)) == before
    assert before
    assert all(codename.startswith("view_") for codename in before)


@pytest.mark.parametrize("group", ["Ops", "Support", "Engineering"])
def test_no_group_may_give_permissions(group: str, db: None) -> None:
    given = Group.objects.get(name=group).permissions.select_related("content_type")
    assert not [permission for permission in given if permission.content_type.app_label == "auth"]


def test_engineering_does_not_merge_people(client: Client, erik: User, harbor: Workspace) -> None:
    ann, bob = lead_factory.lead(harbor), lead_factory.lead(harbor)
    client.force_login(erik)
    confirm(client, "merge", ann, bob, query="?kind=silent", survivor=str(ann.pk))
    bob.refresh_from_db()
    assert bob.merged_into is None


# ── The search box ─────────────────────────────────────────────────────────────
def searched(client: Client, term: str) -> str:
    return client.get(reverse("admin:search"), {"s": term, "extended": "1"}).text


def test_the_search_box_finds_across_domains(desk: Client, harbor: Workspace) -> None:
    ann = lead_factory.lead(harbor, first_name="Annika")
    event = rows.delivery(harbor, number=1, correlation_id="abcdef1234567890")
    assert page_of(ann) in searched(desk, "annika")
    assert page_of(harbor) in searched(desk, "harbor")
    assert page_of(event) in searched(desk, "abcdef1234567890")
    assert page_of(ann) in searched(desk, str(ann.pk))


def test_the_search_box_shows_what_one_may_see(client: Client, mallory: User, harbor: Workspace) -> None:
    lead_factory.lead(harbor, first_name="Annika")
    mallory.is_staff = True
    mallory.save()
    client.force_login(mallory)
    assert "Annika" not in searched(client, "annika")


def test_members_are_part_of_the_workspace_page(desk: Client, harbor: Workspace, sam: User) -> None:
    data = form_of(desk, harbor)
    member = Membership.objects.get(user=sam)
    assert saved(desk.post(page_of(harbor), data | {"memberships-0-role": "INBOX_MANAGER"}))
    member.refresh_from_db()
    assert member.role == "INBOX_MANAGER"
    assert desk.get(list_of(Workspace)).status_code == 200
