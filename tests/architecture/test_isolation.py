"""Every address × every role × a foreign workspace's ids: 404, never a word of theirs, never a 5xx (spec 01).

Each request is rolled back, so a walk changes nothing on its way. What is foreign carries MARKER in every text.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as of_the_run
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from leads.models import Lead
from tests.architecture import site_map, tenants
from tests.architecture.site_map import Place
from tests.architecture.tenants import Tenant
from tests.conftest import person
from tests.factories import leads
from tests.factories.conversations import message
from zrg.workspaces.models import Membership, Role, User, Workspace

pytestmark = pytest.mark.django_db

MARKER, HIDDEN = "zzforeignzz", "zzhiddenzz"
OURS = "Sounds good"
SCOPED = {"lead_id", "message_id", "draft_id", "workspace_id"}
"""What an address is about belongs to somebody: a stranger finds nothing there."""
FRAGMENTS = ("list", "more", "open", "earlier")

ROLES = (
    "anonymous",
    "owner",
    "admin",
    "inbox manager",
    "setter",
    "narrow setter",
    "portal",
    "stranger",
    "staff",
    "superuser",
)
IN_HARBOR = {
    "admin": Role.ADMIN,
    "inbox manager": Role.INBOX_MANAGER,
    "setter": Role.SETTER,
    "narrow setter": Role.SETTER,
    "portal": Role.PORTAL,
}
STRANGERS_TO_ELSEWHERE = tuple(role for role in ROLES if role != "superuser")
WORKERS = ("owner", "admin", "inbox manager", "setter", "narrow setter")


@dataclass
class World:
    """Harbor is ours, Elsewhere is foreign; `walker` is who walks (None: nobody signed in)."""

    role: str
    walker: User | None
    ours: Tenant
    foreign: Tenant
    hidden: Lead
    """Of Harbor, assigned to a colleague: not there for a narrow setter."""
    client: Client
    session: str = ""

    def foreign_values(self) -> dict[str, Any]:
        return tenants.values_of(self.foreign)

    def our_values(self) -> dict[str, Any]:
        return tenants.values_of(self.ours)

    def asked(self, path: str, method: str = "GET", data: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        """The answer to the walker, every trace of the request undone."""
        self.client.cookies.clear()
        if self.session:
            self.client.cookies[of_the_run.SESSION_COOKIE_NAME] = self.session
        ask = self.client.get if method == "GET" else self.client.post
        with undone():
            return ask(path, data or {}, headers=headers)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for each role; every test's own transaction lies inside, so none sees another's changes."""
    hidden_from_walkers = {"CRON_SECRET": "not-known-to-anybody-who-walks-here", "METRICS_TOKEN": "neither-is-this-one"}
    with django_db_blocker.unblock(), override_settings(**hidden_from_walkers), undone():
        yield _world_of(request.param)


def _world_of(role: str) -> World:
    alice, mallory, colleague = person("Alice Owner"), person("Mallory Stranger"), person("Carla Colleague")
    harbor = Workspace.objects.create(name="Harbor", owner=alice)
    elsewhere = Workspace.objects.create(name="Elsewhere", owner=mallory)
    tenants.house_keeping()
    Membership.objects.create(workspace=harbor, user=colleague, role=Role.SETTER)
    walker = _walker(role, alice, harbor)
    ours = tenants.furnish(harbor, by=walker if role in IN_HARBOR and walker else alice, number=1)
    hidden = leads.lead(harbor, first_name=HIDDEN, assignee=colleague)
    message(hidden, HIDDEN)
    foreign = tenants.furnish(elsewhere, by=mallory, number=2)
    tenants.mark(elsewhere, mallory, MARKER)
    made = World(role, walker, ours, foreign, hidden, client=Client(raise_request_exception=False))
    if walker:
        made.client.force_login(walker)
        made.session = made.client.cookies[of_the_run.SESSION_COOKIE_NAME].value
    return made


def _walker(role: str, alice: User, harbor: Workspace) -> User | None:
    if role == "anonymous":
        return None
    if role == "owner":
        return alice
    walker = person("Wanda Walker", is_staff=role in {"staff", "superuser"}, is_superuser=role == "superuser")
    if role in IN_HARBOR:
        Membership.objects.create(workspace=harbor, user=walker, role=IN_HARBOR[role])
    if role == "narrow setter":
        Workspace.objects.filter(pk=harbor.pk).update(setters_see_all=False)
    if role == "stranger":
        tenants.furnish(Workspace.objects.create(name="Third", owner=walker), by=walker, number=3)
    return walker


def as_everyone(*roles: str) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("world", roles, indirect=True)


# ── The walk ───────────────────────────────────────────────────────────────────
@as_everyone(*STRANGERS_TO_ELSEWHERE)
def test_nobody_gets_a_word_of_a_foreign_workspace_and_a_foreign_id_answers_as_one_that_nobody_has(
    world: World,
) -> None:
    nobody = {"suggestion_id": 987654321, "merge_id": uuid.uuid4(), **{hole: uuid.uuid4() for hole in SCOPED}}
    foreign, wrong = world.foreign_values(), []
    for place in site_map.places():
        path = site_map.fill(place, given=foreign, row_of=world.foreign.row_of)
        for method in ("GET", "POST"):
            answer = world.asked(path, method)
            complaint = _complaint(world, place, answer)
            if not complaint and SCOPED & set(place.holes):
                unknown = world.asked(place.path(foreign | nobody), method)
                if unknown.status_code != answer.status_code:
                    complaint = f"{answer.status_code}, and {unknown.status_code} for an id that nobody has"
            if complaint:
                wrong.append(f"{method} {path}: {complaint}")
    assert wrong == []


def _complaint(world: World, place: Place, answer: HttpResponse) -> str:
    if answer.status_code >= 500 and not _is_closed(place, answer):
        return f"{answer.status_code}"
    if MARKER in _text(answer):
        return "a foreign text"
    if place.is_admin and not _is_kept_out(answer):
        return f"{answer.status_code} in the admin for somebody without rights"
    if SCOPED & set(place.holes) and not _is_not_there(world, answer):
        return f"{answer.status_code} to a foreign id, location {answer.headers.get('Location')}"
    return ""


def _is_closed(place: Place, answer: HttpResponse) -> bool:
    """The probe says 503 while no worker is there."""
    return answer.status_code == 503 and place.name == "readyz"


def _text(answer: HttpResponse) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body.decode(errors="replace") + str(answer.headers)


_THE_ADMINS_OWN = {
    f"/admin/{page}"
    for page in ("", "login/", "logout/", "jsi18n/", "search/", "password_change/", "password_change/done/")
}


def _is_kept_out(answer: HttpResponse) -> bool:
    """Sent to sign in (or away), refused, or not there. The admin's own pages show no rows."""
    return answer.request["PATH_INFO"] in _THE_ADMINS_OWN or answer.status_code in {301, 302, 403, 404, 405}


def _is_not_there(world: World, answer: HttpResponse) -> bool:
    """404 as for an id nobody has; 405 is said before anybody looks; who is not signed in is sent to sign in."""
    if world.role == "anonymous":
        return answer.status_code in {302, 405} and (
            "Location" not in answer or "/accounts/login/" in answer["Location"]
        )
    return answer.status_code in {404, 405}


@as_everyone(*STRANGERS_TO_ELSEWHERE)
def test_foreign_ids_in_queries_and_forms_show_nothing_foreign(world: World) -> None:
    ours, foreign = world.ours, world.foreign
    ids = {
        "clientId": foreign.workspace.pk,
        "leadId": foreign.lead.pk,
        "restore": foreign.message.pk,
        "q": MARKER,
        "shown": 150,
    }
    form = {
        "to": foreign.lead.assignee_id,
        "email": foreign.lead.email,
        "lead": foreign.lead.pk,
        "message": foreign.message.pk,
    }
    for place in site_map.places():
        if place.is_admin:
            continue
        path = site_map.fill(place, given=world.our_values(), row_of=ours.row_of)
        for method, data in (("GET", ids), ("GET", ids | {"clientId": ours.workspace.pk}), ("POST", ids | form)):
            answer = world.asked(path, method, {name: str(value) for name, value in data.items()})
            said = _text(answer).replace(f"q={MARKER}", "").replace(f'value="{MARKER}"', "")
            assert answer.status_code < 500 or _is_closed(place, answer), (method, path)
            assert str(foreign.lead.email) not in said, (method, path)
            assert MARKER not in said or _only_says_what_was_searched(said), (method, path)


def _only_says_what_was_searched(said: str) -> bool:
    """“Nobody matches …” repeats the search, and links carry it; nothing else may."""
    return f"{MARKER}@" not in said and f"{MARKER}1" not in said


# ── The inbox's own questions ──────────────────────────────────────────────────
@as_everyone("owner", "admin", "inbox manager", "setter", "narrow setter", "portal")
def test_a_foreign_client_id_falls_back_to_ones_own_workspace(world: World) -> None:
    for target in ("", *FRAGMENTS[:2]):
        headers = {"HX-Request": "true", "HX-Target": target} if target else {}
        answer = world.asked("/", data={"clientId": str(world.foreign.workspace.pk)}, **headers)
        assert answer.status_code == 200
        assert MARKER not in _text(answer)
        assert target == "more" or OURS in _text(answer)


@as_everyone("owner", "admin", "inbox manager", "setter", "narrow setter", "portal")
def test_a_foreign_lead_is_not_found_however_it_is_asked_for(world: World) -> None:
    for client_id in ({}, {"clientId": str(world.foreign.workspace.pk)}, {"clientId": str(world.ours.workspace.pk)}):
        for target in ("", "open", "earlier"):
            headers = {"HX-Request": "true", "HX-Target": target} if target else {}
            answer = world.asked("/", data=client_id | {"leadId": str(world.foreign.lead.pk)}, **headers)
            assert answer.status_code == 404, (client_id, target)
            assert MARKER not in _text(answer)


@as_everyone("narrow setter")
def test_a_colleagues_lead_is_not_there_for_a_setter_who_sees_only_their_own(world: World) -> None:
    hidden = {"lead_id": world.hidden.pk, "message_id": world.hidden.messages.get().pk}
    values = world.our_values() | hidden
    for place in site_map.places():
        if set(hidden) & set(place.holes):
            for method in ("GET", "POST"):
                assert world.asked(place.path(values), method).status_code in {404, 405}, str(place)
    for path in ("/", "/?view=inbox&list=all", f"/?q={HIDDEN}", f"/inbox/refresh?leadId={world.hidden.pk}"):
        assert f"{HIDDEN}<" not in _text(world.asked(path)), path
        assert str(world.hidden.pk) not in _text(world.asked(path)).replace("leadId=" + str(world.hidden.pk), ""), path


@as_everyone("owner", "admin", "inbox manager", "setter")
def test_others_see_that_lead(world: World) -> None:
    answer = world.asked("/", data={"leadId": str(world.hidden.pk)})
    assert (answer.status_code, HIDDEN in _text(answer)) == (200, True)


# ── One's own ──────────────────────────────────────────────────────────────────
@as_everyone("owner", "admin", "inbox manager", "setter", "narrow setter", "portal", "superuser")
def test_ones_own_conversation_opens(world: World) -> None:
    client_id, lead_id = str(world.ours.workspace.pk), str(world.ours.lead.pk)
    for path in (
        f"/?clientId={client_id}",
        f"/?clientId={client_id}&leadId={lead_id}",
        f"/inbox/messages/{world.ours.message.pk}/original",
    ):
        answer = world.asked(path)
        assert answer.status_code == 200, path
        assert OURS in _text(answer), path


@as_everyone(*WORKERS, "superuser")
def test_who_answers_may_answer(world: World) -> None:
    answer = world.asked(f"/inbox/{world.ours.lead.pk}/reply", "POST", _reply(world))
    assert answer.status_code == 302, _text(answer)[:500]
    assert world.asked(f"/inbox/{world.ours.lead.pk}/done", "POST").status_code == 302


@as_everyone("portal")
def test_who_only_reads_is_told_so(world: World) -> None:
    answer = world.asked(f"/inbox/{world.ours.lead.pk}/reply", "POST", _reply(world))
    assert answer.status_code == 403
    assert "not answer in it" in _text(answer)


def _reply(world: World) -> dict[str, Any]:
    return {
        "channel": "email",
        "text": "Certainly",
        "to": world.ours.lead.email,
        "key": str(uuid.uuid4()),
        "version": world.ours.lead.thread_version + 1,
        "opened": timezone.now().isoformat(),
        "confirmed": Lead.objects.get(pk=world.ours.lead.pk).thread_version,
    }


@as_everyone(*WORKERS)
def test_what_belongs_to_a_foreign_lead_cannot_be_reached_through_ones_own(world: World) -> None:
    for place in site_map.places():
        if "lead_id" in place.holes and len(place.holes) > 1:
            mixed = world.foreign_values() | {"lead_id": world.ours.lead.pk}
            assert world.asked(place.path(mixed), "POST").status_code in {403, 404}, str(place)


@as_everyone(*WORKERS, "portal", "superuser")
def test_what_belongs_to_a_foreign_workspace_cannot_be_reached_through_ones_own(world: World) -> None:
    inner = {"persona_id", "asset_id", "campaign_id"}
    for place in site_map.places():
        if "workspace_id" in place.holes and inner & set(place.holes):
            mixed = world.foreign_values() | {"workspace_id": world.ours.workspace.pk}
            for method in ("GET", "POST"):
                assert world.asked(place.path(mixed), method).status_code in {403, 404, 405}, (method, str(place))


@as_everyone("inbox manager", "setter", "narrow setter", "portal")
def test_who_may_not_change_settings_changes_none(world: World) -> None:
    wrong = []
    for place in site_map.places():
        if "workspace_id" in place.holes and not place.is_admin:
            answer = world.asked(place.path(world.our_values()), "POST")
            if answer.status_code not in {403, 405}:
                wrong.append(f"{place}: {answer.status_code}")
    assert wrong == []


@as_everyone("portal")
def test_people_of_the_client_read_no_persona_no_prompt_and_no_team(world: World) -> None:
    secrets = tenants.tell_secrets(world.ours.workspace)
    for place in site_map.places():
        if place.is_admin or not (place.name == "home" or "workspace_id" in place.holes):
            continue
        for query in ({}, {"view": "settings", "settingsTab": "ai"}, {"view": "settings", "settingsTab": "general"}):
            for headers in ({}, {"HX-Request": "true"}):
                said = _text(world.asked(place.path(world.our_values()), "GET", query, **headers))
                assert not [secret for secret in secrets if secret in said], (str(place), query)
    assert "Request changes from ZRG" in _text(world.asked("/", data={"view": "settings", "settingsTab": "ai"}))


@as_everyone(*WORKERS)
def test_a_lead_cannot_be_given_to_somebody_of_another_workspace(world: World) -> None:
    stranger = str(world.foreign.lead.assignee_id)
    answer = world.asked(f"/inbox/{world.ours.lead.pk}/assign", "POST", {"to": stranger})
    assert answer.status_code in {403, 404}


@as_everyone("superuser")
def test_every_page_works_for_who_may_see_all(world: World) -> None:
    wrong = []
    for place in site_map.places():
        path = site_map.fill(place, given=world.our_values(), row_of=world.ours.row_of)
        for method in ("GET", "POST"):
            answer = world.asked(path, method)
            if answer.status_code >= 500 and not _is_closed(place, answer):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []
