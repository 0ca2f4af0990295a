"""Who may see and do what on the pages: by role, and for strangers nothing, not even that it exists."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Message
from leads.models import AssignmentEvent, Lead
from tests.factories.conversations import accounts, conversation, message
from zrg.workspaces.models import User, Workspace


@pytest.fixture
def lead(harbor: Workspace) -> Lead:
    accounts(harbor)
    made = conversation(harbor, "Hello", first_name="Ann", company="Fenwick")
    message(made, "Original", raw_text="Original and more", raw_html="<p>Original</p>")
    return made


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(lead: Lead) -> str:
    return f"/?view=inbox&clientId={lead.workspace_id}&leadId={lead.pk}"


def writes(lead: Lead, sent: Message) -> list[tuple[str, dict[str, str]]]:
    """Everything that changes something, with a body that would work."""
    reply = {"text": "Hi", "channel": "email", "to": lead.email, "key": str(uuid.uuid4())}
    reply |= {"version": str(lead.thread_version), "opened": lead.created_at.isoformat()}
    return [
        (reverse("inbox:reply", args=[lead.pk]), reply),
        (reverse("inbox:read", args=[lead.pk]), {}),
        (reverse("inbox:done", args=[lead.pk]), {}),
        (reverse("inbox:reopen", args=[lead.pk]), {}),
        (reverse("inbox:assign", args=[lead.pk]), {"to": ""}),
        (reverse("inbox:promote", args=[lead.pk]), {"email": "x@buyer.example.com"}),
        (reverse("leads:facts", args=[lead.pk]), {"company": "Stolen"}),
        (reverse("inbox:undo", args=[sent.pk]), {}),
        (reverse("inbox:retry", args=[sent.pk]), {}),
        (reverse("inbox:mark_sent", args=[sent.pk]), {}),
    ]


def test_a_stranger_finds_nothing_here(lead: Lead, mallory: User, elsewhere: Workspace) -> None:
    client = as_user(mallory)
    sent = message(lead, "Ours", inbound=False, delivery="unconfirmed")
    assert client.get(f"/?leadId={lead.pk}").status_code == 404
    assert client.get(page_of(lead)).status_code == 404
    assert client.get(reverse("inbox:original", args=[sent.pk])).status_code == 404
    for address, body in writes(lead, sent):
        assert client.post(address, body).status_code == 404, address
    assert (
        client.get(f"/inbox/refresh?clientId={lead.workspace_id}&leadId={lead.pk}").content.decode().count("Ann") == 0
    )


def test_unknown_and_foreign_ids_look_the_same(lead: Lead, mallory: User, elsewhere: Workspace) -> None:
    client = as_user(mallory)
    unknown = uuid.uuid4()
    foreign = client.get(page_of(lead))
    nothing = client.get(f"/?view=inbox&clientId={unknown}&leadId={unknown}")
    assert foreign.status_code == nothing.status_code == 404
    assert [line for line in foreign.content.splitlines() if b"Reference" not in line] == [
        line for line in nothing.content.splitlines() if b"Reference" not in line
    ]
    assert client.get("/?leadId=rubbish").status_code == 404


def test_nobody_reads_without_signing_in(client: Client, lead: Lead) -> None:
    sent = message(lead, "Ours", inbound=False)
    for address in ("/", page_of(lead), "/inbox/refresh", reverse("inbox:original", args=[sent.pk]), "/me/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    for address, body in writes(lead, sent):
        assert client.post(address, body).status_code == 302


def test_the_deep_link_survives_signing_in(client: Client, lead: Lead, sam: User) -> None:
    address = page_of(lead)
    login = client.get(address)["Location"]
    answer = client.post(login, {"login": sam.email, "password": "correct horse battery"})
    assert answer["Location"] == address


def test_the_portal_reads_everything_and_changes_nothing(lead: Lead, pia: User) -> None:
    client = as_user(pia)
    sent = message(lead, "Ours", inbound=False, delivery="unconfirmed")
    html = client.get(page_of(lead)).content.decode()
    assert "Read only." in html
    assert 'id="composer"' not in html
    assert "Promote" not in html
    assert "hx-post=" not in html
    for address, body in writes(lead, sent):
        assert client.post(address, body).status_code in {403, 404}, address
    lead.refresh_from_db()
    assert (lead.company, lead.is_unread) == ("Fenwick", True)


def test_the_refusal_explains_itself(lead: Lead, pia: User) -> None:
    answer = as_user(pia).post(reverse("inbox:done", args=[lead.pk]))
    assert "You can read this conversation, not answer in it." in answer.content.decode()
    assert answer["X-Correlation-Id"] in answer.content.decode()


def test_a_narrow_setter_sees_their_own_and_the_unassigned(
    lead: Lead, harbor: Workspace, sam: User, ingo: User
) -> None:
    Workspace.objects.filter(pk=harbor.pk).update(setters_see_all=False)
    client = as_user(sam)
    assert client.get(page_of(lead)).status_code == 200
    Lead.objects.filter(pk=lead.pk).update(assignee=ingo)
    assert client.get(page_of(lead)).status_code == 404
    assert client.post(reverse("inbox:done", args=[lead.pk])).status_code == 404
    assert "Ann" not in client.get(f"/inbox/refresh?clientId={harbor.pk}&leadId={lead.pk}").content.decode()
    Lead.objects.filter(pk=lead.pk).update(assignee=sam)
    assert client.get(page_of(lead)).status_code == 200


def test_a_setter_takes_an_unassigned_lead_and_gives_none_away(lead: Lead, sam: User, ingo: User) -> None:
    client = as_user(sam)
    address = reverse("inbox:assign", args=[lead.pk])
    assert client.post(address, {"to": str(ingo.pk)}).status_code == 403
    assert client.post(address, {"to": str(sam.pk)}).status_code == 302
    lead.refresh_from_db()
    assert lead.assignee == sam
    assert client.post(address, {"to": ""}).status_code == 403
    assert AssignmentEvent.objects.filter(lead=lead, to=sam, by=sam, source="manual").count() == 1


def test_a_manager_gives_leads_to_people_of_the_workspace_only(
    lead: Lead, ingo: User, sam: User, pia: User, mallory: User
) -> None:
    client = as_user(ingo)
    address = reverse("inbox:assign", args=[lead.pk])
    assert client.post(address, {"to": str(mallory.pk)}).status_code == 404
    assert client.post(address, {"to": str(pia.pk)}).status_code == 404
    assert client.post(address, {"to": "rubbish"}).status_code == 404
    assert client.post(address, {"to": str(sam.pk)}, headers={"HX-Request": "true"}).status_code == 200
    lead.refresh_from_db()
    assert lead.assignee == sam


def test_an_archived_workspace_is_gone(lead: Lead, harbor: Workspace, sam: User) -> None:
    from django.utils import timezone

    Workspace.objects.filter(pk=harbor.pk).update(archived_at=timezone.now())
    assert as_user(sam).get(f"/?leadId={lead.pk}").status_code in {200, 404}
    assert as_user(sam).post(reverse("inbox:done", args=[lead.pk])).status_code == 404


def test_the_owner_opens_a_lead_of_another_of_their_workspaces_by_its_id_alone(lead: Lead, alice: User) -> None:
    other = Workspace.objects.create(name="Aardvark", owner=alice)
    client = as_user(alice)
    client.get(f"/?clientId={other.pk}")
    answer = client.get(f"/?leadId={lead.pk}")
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
