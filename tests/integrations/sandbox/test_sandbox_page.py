"""The page does with plain forms what the control API does with JSON."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from integrations.sandbox.template_words import mrkdwn
from tests.integrations.sandbox.conftest import Client

ANN = "ann@buyer.example.com"


def page(client: Client, path: str = "/", **options: Any) -> requests.Response:
    return requests.get(client.sandbox.url(path), timeout=10, **options)


def press(client: Client, name: str, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
    return requests.post(client.sandbox.url(f"/page/{name}"), data=fields, headers=headers, timeout=10)


@pytest.fixture
def at_ann(bison: Client, ann: dict[str, Any]) -> str:
    return f"/?lead={bison.key}/{ann['id']}"


def test_it_shows_the_conversation_as_the_lead_reads_it(bison: Client, at_ann: str) -> None:
    reply = bison.act("reply", lead_email=ANN, text="What does it cost?")["reply"]
    bison.call("POST", f"/api/replies/{reply['id']}/reply", {"message": "<p>About $11 a head.</p>", "reply_all": True})
    shown = page(bison, at_ann).text
    order = [shown.index(text) for text in ("Quick idea", "What does it cost?", "About $11 a head.")]
    assert order == sorted(order)
    assert "is-product" in shown


def test_what_leads_and_agencies_write_is_never_markup(bison: Client, at_ann: str) -> None:
    bison.act("reply", lead_email=ANN, text="<script>alert(1)</script>")
    assert "<script>alert" not in page(bison, at_ann).text


def test_slacks_marks_are_shown_as_slack_shows_them_and_nothing_else_is_markup() -> None:
    shown = mrkdwn("*The draft* for <b>Ann</b>\n>Hi Ann,\n>*2* * 3\nDone")
    assert shown == (
        "<p><b>The draft</b> for &lt;b&gt;Ann&lt;/b&gt;</p><blockquote>Hi Ann,<br><b>2</b> * 3</blockquote><p>Done</p>"
    )


def test_a_form_writes_as_the_lead_and_returns(bison: Client, at_ann: str) -> None:
    fields = {"provider": "emailbison", "account": bison.key, "act": "reply", "lead_email": ANN, "back": at_ann}
    answer = press(bison, "act", text="Written on the page", quote="on", said="Sent", **fields)
    assert answer.status_code == 200
    assert "Written on the page" in answer.text
    assert answer.url.endswith("&done=Sent")


def test_a_bad_order_is_explained_on_the_page(bison: Client, at_ann: str) -> None:
    fields = {"provider": "emailbison", "account": bison.key, "act": "reply", "lead_email": ANN, "back": at_ann}
    assert "text is missing." in press(bison, "act", text="", **fields).text


def test_a_bad_order_is_explained_where_nobody_is_open_too(bison: Client) -> None:
    fields = {"provider": "nobody", "id": "1", "back": "/?lead=nobody/none"}
    shown = press(bison, "account", **fields).text
    assert 'role="alert"' in shown
    assert "This lead is not here" in shown


def test_a_wrong_address_is_a_page_to_people_only(bison: Client) -> None:
    shown = page(bison, "/nothing", headers={"Accept": "text/html"})
    assert (shown.status_code, "There is nothing here" in shown.text) == (404, True)
    assert "sandbox.css" not in page(bison, "/nothing", headers={"Accept": "application/json"}).text


def test_the_way_back_never_leaves_the_sandbox(bison: Client) -> None:
    answer = requests.post(
        bison.sandbox.url("/page/lift"),
        data={"back": "//evil.example.com", "id": "0"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.headers["Location"].startswith("/?")


def test_another_sites_page_gives_no_orders(bison: Client, ann: dict[str, Any]) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert press(bison, "reset", headers=foreign).status_code == 403
    assert requests.post(bison.sandbox.url("/control/reset"), headers=foreign, timeout=10).status_code == 403
    assert requests.get(bison.sandbox.url("/"), headers={"Host": "rebound.example.com"}, timeout=10).status_code == 400
    assert bison.call("GET", "/api/leads").json()["meta"]["total"] == 1


def test_a_person_on_both_channels_is_one_person(sandbox_pair: tuple[Client, Client]) -> None:
    bison, ghl = sandbox_pair
    bison.act("lead", email="marcus@fenwick.example.com", first_name="Marcus", last_name="Oyelaran")
    ghl.act("contact", name="Marcus Oyelaran", email="marcus@fenwick.example.com", phone="+13135550163")
    bison.act("campaign-send", lead_email="marcus@fenwick.example.com", subject="Payroll for two sites")
    ghl.act("sms", phone="+13135550163", text="Tue 2:30 it is.")
    shown = page(bison, f"/?lead={bison.key}/marcus@fenwick.example.com").text
    assert "Payroll for two sites" in shown
    assert "Tue 2:30 it is." in shown


@pytest.fixture
def sandbox_pair(bison: Client, ghl: Client) -> tuple[Client, Client]:
    for client in (bison, ghl):
        client.sandbox.account(
            client.account["provider"], client.account["id"], workspace=f"Harbor {bison.account['id']}"
        )
    return bison, ghl


def test_faults_are_planned_and_lifted_on_the_page(bison: Client) -> None:
    shown = press(bison, "fault", kind="slow", provider="emailbison", operation="suppress", times="3", back="/").text
    assert "emailbison suppress, 3×" in shown
    planned = bison.sandbox.control("faults")["faults"][-1]
    press(bison, "lift", id=planned["id"], back="/")
    assert planned not in bison.sandbox.control("faults")["faults"]


def test_its_style_sheets_and_script_are_served(bison: Client) -> None:
    for name in ("tokens.css", "sandbox.css", "htmx.js"):
        assert page(bison, f"/assets/{name}").status_code == 200
    assert page(bison, "/assets/../settings.py").status_code == 404
