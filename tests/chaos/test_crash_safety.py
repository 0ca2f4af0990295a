"""Kill -9 of web, workers, broker, database and sandbox in the middle of 2,000 deliveries and 40 sends.

Processes, not mocks: the product as `make up` starts it. Afterwards every delivery is one message, nothing was sent
twice, nothing is stuck. The order of the kills is random; its seed is printed and can be given: ZRG_CHAOS_SEED=7.
"""

from __future__ import annotations

import os
import random
import re
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from tests.chaos.killing import Killer
from tests.chaos.storm import Providers, send_whatever_happens
from tests.driving import Database, Person, Sandbox, eventually, sweep
from tests.factories import traffic
from tests.factories.traffic import Accounts, Letter, Prospect
from tests.product import Product

pytestmark = pytest.mark.chaos

DELIVERIES, COURIERS, SENDS = 2_000, 6, 40
VICTIMS = ("web worker", "web", "replies worker", "replies", "bulk worker", "bulk", "broker", "database", "sandbox")
AGAIN = ("web worker", "replies worker", "database", "replies")
STORM_S = 600.0
"""Far above what it takes on a quiet machine (30 s)."""
PEOPLE = [Prospect(number) for number in range(1_001, 1_301)]  # beyond the numbers of the demo's leads
HARBOR = Accounts(emailbison="7", ghl="loc_harbor")
ANSWER = "Answer {} of the storm"
STALE = """
UPDATE {} SET locked_at = now() - interval '1 hour' WHERE status = 'RUNNING' AND locked_at < now() - interval '6 s'
"""
DUE = "UPDATE {} SET run_at = now() WHERE status = 'PENDING' AND run_at > now()"
SOONER = "UPDATE inbox_draft SET send_at = now() WHERE send_at > now()"
OPEN = "SELECT count(*) FROM {} WHERE status IN ('PENDING', 'RUNNING')"
KNOWN = "SELECT count(*) FROM leads_leadidentity WHERE kind = 'emailbison_lead' AND value = ANY(%s)"
"""The demo's leads had these numbers once: who came with such a number was filed under them, and missing."""
QUEUES = ("integrations_webhookevent", "inbox_messagejob")


@dataclass
class Aftermath:
    """What is left to look at when the storm is over."""

    product: Product
    database: Database
    sandbox: Sandbox
    letters: list[Letter]
    answers: Counter[str]
    before: dict[str, int]


@pytest.fixture(scope="module")
def aftermath(product: Product) -> Aftermath:
    seed = int(os.environ.get("ZRG_CHAOS_SEED") or secrets.randbelow(10_000))
    print(f"ZRG_CHAOS_SEED={seed}")
    rng = random.Random(seed)
    database, sandbox = Database(product), Sandbox(product)
    _settle(product, database)  # the demo is loaded before the product says it is up; its last jobs may still run
    letters = _letters()
    assert database.one(KNOWN, [str(who.number) for who in PEOPLE]) == 0, "numbers of other people"
    before = {name: database.one(f"SELECT count(*) FROM {name}") for name in ("inbox_message", "leads_lead")}
    providers = Providers(_urls(product))
    mara, leads = Person(product, "mara@agency.example.com"), _leads_to_answer(database)
    sends = [(mara, leads[number % len(leads)], ANSWER.format(number)) for number in range(SENDS)]
    _storm(product, providers, traffic.duplicated(letters, to=DELIVERIES, rng=rng), sends, rng)
    Killer(product).wait_until_all_run()
    _settle(product, database)
    return Aftermath(product, database, sandbox, letters, providers.answers, before)


def _letters() -> list[Letter]:
    """Campaign mails, replies and texts of 300 leads: 1,200 deliveries, to be made 2,000 by duplicates."""
    return [
        letter
        for who in PEOPLE
        for letter in (
            traffic.sent(who, HARBOR),
            traffic.reply(who, HARBOR),
            traffic.sms(who, HARBOR),
            traffic.reply(who, HARBOR, turn=1),
        )
    ]


def _urls(product: Product) -> dict[str, str]:
    harbor = next(one for one in product.demo["workspaces"] if one["name"] == "Harbor Payroll")
    return {one["provider"]: one["webhook_url"] for one in harbor["connections"]}


def _leads_to_answer(database: Database) -> list[str]:
    """The demo's leads who wrote an e-mail; the sandbox knows them."""
    rows = database.ask(
        "SELECT lead.id FROM leads_lead lead JOIN workspaces_workspace w ON w.id = lead.workspace_id "
        "WHERE w.name = 'Harbor Payroll' AND lead.status <> 'blacklisted' AND lead.last_email_reply_at IS NOT NULL "
        "ORDER BY lead.email"
    )
    return [str(lead_id) for (lead_id,) in rows]


def _storm(
    product: Product,
    providers: Providers,
    letters: list[Letter],
    sends: list[tuple[Person, str, str]],
    rng: random.Random,
) -> None:
    """Deliver and send from several threads; kill something each time another share has been accepted."""
    killer, victims = Killer(product), [*VICTIMS, *AGAIN]
    rng.shuffle(victims)
    sender = threading.Thread(target=_send_all, args=(sends, failures := []), daemon=True)
    couriers = providers.deliver(letters, threads=COURIERS)
    sender.start()
    share, deadline = len(letters) / (len(victims) + 1), time.monotonic() + STORM_S
    for number, victim in enumerate(victims, 1):
        moment = share * number + rng.uniform(-share / 3, share / 3)
        eventually(lambda moment=moment: providers.accepted >= moment, seconds=300, what="the next share of deliveries")
        killer.wait_for(victim.removesuffix(" worker"))
        print(f"{providers.accepted:5} accepted: killed {killer.kill(victim)}")
    for thread in (*couriers, sender):
        thread.join(max(deadline - time.monotonic(), 1))
        assert not thread.is_alive(), f"Deliveries did not come to an end: {providers.accepted}, {providers.answers}"
    assert failures == []


def _send_all(sends: list[tuple[Person, str, str]], failures: list[BaseException]) -> None:
    try:
        for person, lead_id, text in sends:
            send_whatever_happens(person, lead_id, text)
    except BaseException as error:
        failures.append(error)


def _settle(product: Product, database: Database) -> None:
    """Let time pass until no work is left: locks grow old, pauses and countdowns end, the sweep runs."""

    def is_done() -> bool:
        left = {table: database.one(OPEN.format(table)) for table in QUEUES}
        print(f"left: {left}")
        if not any(left.values()):
            return True
        database.ask(SOONER)
        for table in QUEUES:
            database.ask(STALE.format(table))
            database.ask(DUE.format(table))
        sweep(product)
        return False

    eventually(is_done, seconds=STORM_S, what="the end of all work")


def test_every_delivery_is_one_message(aftermath: Aftermath) -> None:
    expected = traffic.messages(aftermath.letters)
    rows = aftermath.database.ask(
        "SELECT coalesce(emailbison_scheduled_id, emailbison_reply_id, ghl_message_id), count(*) FROM inbox_message m "
        "JOIN leads_lead lead ON lead.id = m.lead_id WHERE lead.email LIKE 'lead%%@buyer.example.com' GROUP BY 1"
    )
    assert {number for number, count in rows if count > 1} == set()
    missing = expected - {number for number, _ in rows}
    assert missing == set(), _what_became_of(aftermath, missing)
    assert {number for number, _ in rows} == expected
    received = aftermath.database.one("SELECT count(*) FROM inbox_message WHERE body NOT LIKE 'Answer %%'")
    assert received == aftermath.before["inbox_message"] + len(expected)


def test_every_lead_is_there_once(aftermath: Aftermath) -> None:
    found = {
        email
        for (email,) in aftermath.database.ask(
            "SELECT email FROM leads_lead WHERE email LIKE 'lead%%@buyer.example.com' AND merged_into_id IS NULL"
        )
    }
    missing = {who.email for who in PEOPLE} - found
    assert missing == set(), _what_became_of(aftermath, missing)
    leads = aftermath.database.one("SELECT count(*) FROM leads_lead")
    assert leads == aftermath.before["leads_lead"] + len(PEOPLE)
    assert aftermath.database.one("SELECT count(*) FROM leads_mergesuggestion") == 0


def _what_became_of(aftermath: Aftermath, missing: set[str]) -> str:
    """Evidence: of each delivery that speaks of a missing id or address, the row as it is and whom it was filed under,
    or that there is none; what the callers were told, and whose rows the same workers held."""
    lines = [f"{len(missing)} missing: {sorted(missing)[:40]}", f"answers: {dict(aftermath.answers)}"]
    rows = aftermath.database.ask(
        "SELECT id, event_type, dedupe_key, status, attempts, reason, last_error, locked_by, started_at, finished_at, "
        "lead_id, (SELECT email FROM leads_lead WHERE leads_lead.id = lead_id), payload::text "
        "FROM integrations_webhookevent ORDER BY id"
    )
    for one in sorted(missing)[:40]:
        kept = [row[:-1] for row in rows if re.search(rf"\b{re.escape(one)}\b", f"{row[2]} {row[-1]}")]
        lines += [f"{one}:", *(f"    {row}" for row in kept)] if kept else [f"{one}: no row was kept"]
    return "\n".join([*lines, "— the product's last words —", aftermath.product.log.read_text()[-4000:]])


def test_nothing_is_stuck_and_nothing_has_failed(aftermath: Aftermath) -> None:
    for table in QUEUES:
        states = dict(aftermath.database.ask(f"SELECT status, count(*) FROM {table} GROUP BY 1"))
        assert set(states) == {"SUCCEEDED"}, (table, states, _errors(aftermath, table))
    kept = aftermath.database.one(
        "SELECT count(*) FROM integrations_webhookevent WHERE event_type <> 'MANUAL_EMAIL_SENT'"
    )
    assert kept >= len(aftermath.letters)


def _errors(aftermath: Aftermath, table: str) -> list[tuple[Any, ...]]:
    return aftermath.database.ask(f"SELECT status, last_error FROM {table} WHERE status <> 'SUCCEEDED' LIMIT 3")


def test_providers_were_told_only_to_come_again(aftermath: Aftermath) -> None:
    """What the product itself answered: taken, or not now. Everything else is a lost line."""
    statuses = {outcome for outcome in aftermath.answers if outcome.isdecimal()}
    print(aftermath.answers)
    assert statuses <= {"200", "429", "503"}


def test_nothing_was_sent_twice_and_every_send_has_an_outcome(aftermath: Aftermath) -> None:
    texts = [ANSWER.format(number) for number in range(SENDS)]
    there = Counter(letter["text"].strip() for letter in aftermath.sandbox.sent() if "of the storm" in letter["text"])
    assert {text: count for text, count in there.items() if count > 1} == {}
    rows = aftermath.database.ask("SELECT body, delivery, look_ups FROM inbox_message WHERE body LIKE 'Answer %%'")
    assert sorted(body for body, _, _ in rows) == sorted(texts)
    assert {delivery for _, delivery, _ in rows} <= {"sent", "unconfirmed", "failed"}
    for body, delivery, _ in rows:
        assert (delivery != "sent") or there[body] == 1, f"{body} is called sent and was not"
        assert (delivery != "failed") or there[body] == 0, f"{body} is called failed and was sent"
    print(Counter(delivery for _, delivery, _ in rows))
