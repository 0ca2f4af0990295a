"""A workspace with accounts at the sandbox, and a lead who wrote."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from inbox.models import MessageJob
from integrations.events import Person
from integrations.models import Connection, EmailBisonHost
from leads.models import Lead
from tests.factories.inbox import arrive, email, sms
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace

_numbers = itertools.count(100)


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    return sandbox_process


@pytest.fixture
def connected(harbor: Workspace, sandbox: SandboxServer, settings: Any) -> Iterator[SandboxServer]:
    """Harbor with an EmailBison and a GoHighLevel account at the sandbox; its lead Ann wrote by e-mail and SMS."""
    settings.SANDBOX_URL = sandbox.base_url
    settings.EMAILBISON_BASE_URL = sandbox.url("/emailbison")
    settings.GHL_BASE_URL = sandbox.url("/ghl")
    settings.PROVIDER_TIMEOUT_S = 2
    number = next(_numbers)
    bison = sandbox.account("emailbison", number, name="Harbor", senders=["nora@harbor.example.com"], campaigns=["Q1"])
    ghl = sandbox.account("ghl", f"loc_{number}", name="Harbor", phone="+13135550100", rate_max=10_000)
    host = EmailBisonHost.objects.create(host="sandbox.example.com")
    Connection.objects.create(
        workspace=harbor,
        provider="emailbison",
        external_id=str(number),
        host=host.host,
        credentials={"api_key": bison["token"]},
        status="ok",
    )
    Connection.objects.create(
        workspace=harbor,
        provider="ghl",
        external_id=f"loc_{number}",
        credentials={"api_key": ghl["token"]},
        status="ok",
    )
    order = {"account": str(number), "lead_email": "ann@buyer.example.com"}
    sandbox.control("emailbison/lead", {"account": str(number), "email": "ann@buyer.example.com", "first_name": "Ann"})
    sandbox.control("emailbison/campaign-send", order)
    reply = sandbox.control("emailbison/reply", order | {"text": "Sounds good"})["reply"]
    contact = sandbox.control("ghl/contact", {"account": f"loc_{number}", "phone": "+12125550142", "name": "Ann"})
    thread = {"reply_id": str(reply["id"]), "sender_email_id": str(reply["sender_email_id"])}
    arrive(harbor, email(ids={"emailbison_reply": str(reply["id"])}, thread=thread))
    cid = contact["contact"]["id"]
    text = sms(
        contact=cid, person=Person(names=(("ghl_contact", cid),), email="ann@buyer.example.com", phone="+12125550142")
    )
    arrive(harbor, text)
    MessageJob.objects.all().delete()
    yield sandbox
    sandbox.reset(f"emailbison:{number}")
    sandbox.reset(f"ghl:loc_{number}")


@pytest.fixture
def ann(connected: SandboxServer) -> Lead:
    return Lead.objects.get()
