"""The inbox list at a million leads and five million messages: HTML over the production server, and the raw query.

The rows are made once, in a database of their own, which is kept for the next run: making them takes minutes.
BENCH_LEADS makes a smaller world."""
# ruff: noqa: E501

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from psycopg import sql

from bench import load
from bench.table import Row
from leads.models import Lead
from zrg.web.paging import Place
from zrg.workspaces.models import User, Workspace

LEADS = int(os.environ.get("BENCH_LEADS", "1000000"))
NAME = f"zrg_bench_million_{LEADS}"
GETS = 300

_LEADS = """
INSERT INTO leads_lead (id, workspace_id, first_name, last_name, email, phone, linkedin_url, title, company, website, state,
  industry, headcount, timezone, status, tag, unclassified, blacklist_reason, enrichment, auto_reply, auto_reply_set_by_person,
  auto_follow_up, auto_book, current_replier_email, current_replier_name, last_message_at, last_message_direction,
  last_message_channel, last_message_by, last_inbound_at, last_reply_at, preview, has_email, has_sms, has_linkedin, is_unread,
  needs_reply, send_failed, thread_version, created_at, updated_at, assignee_id,
  tag_reason, tag_is_uncertain, draft_state)
SELECT gen_random_uuid(), %(space)s, 'First' || n, 'Last' || (n %% 5000), 'lead' || n || '@buyer' || (n %% 9000) || '.example.com',
  '+1212' || lpad((5550000 + n)::text, 7, '0'), '', 'CFO', 'Company ' || (n %% 20000), '', '', '', '', '',
  (ARRAY['new','new','new','qualified','not_interested'])[1 + n %% 5], 'new', false, '', 'none', false, false, false, true, '', '',
  now() - n * interval '7 seconds', CASE WHEN n %% 3 = 0 THEN 'in' ELSE 'out' END, 'email', 'Campaign',
  now() - n * interval '7 seconds', NULL, 'Sounds good, tell me more about lead number ' || n, true, n %% 50 = 0, n %% 200 = 0,
  n %% 40 = 0, n %% 10 = 0, false, 5, now(), now(), CASE WHEN n %% 4 = 0 THEN %(user)s END::uuid,
  '', false, CASE WHEN n %% 25 = 0 THEN 'waits' ELSE '' END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""

_MESSAGES = """
INSERT INTO inbox_message (id, workspace_id, lead_id, channel, direction, body, subject, raw_html, raw_text, from_email, from_name,
  "to", cc, attachments, automated, sent_at, created_at, sent_by, thread, delivery, error, look_ups, rfc_message_id, dedupe_key)
SELECT gen_random_uuid(), lead.workspace_id, lead.id, 'email', CASE WHEN turn %% 2 = 0 THEN 'in' ELSE 'out' END,
  'A message of the usual length, with a question and a signature. Number ' || turn, 'Quick idea', '', '', '', '',
  '[]', '[]', '[]', '', lead.last_message_at - turn * interval '1 hour', now(),
  CASE WHEN turn %% 2 = 0 THEN 'lead' ELSE 'campaign' END, '{}', CASE WHEN turn %% 2 = 0 THEN 'received' ELSE 'sent' END, '', 0, '',
  lead.id || ':' || turn
FROM (SELECT id, workspace_id, last_message_at FROM leads_lead ORDER BY id OFFSET %(skip)s LIMIT %(take)s) lead
CROSS JOIN generate_series(0, 4) turn
"""


def run() -> list[Row]:
    with _large_database():
        user, space = _world()
        with load.server("zrg.wsgi:application", workers=1) as port:
            return _measured(port, user, space)


@contextmanager
def _large_database():
    """Point Django (and the server it starts) at the large database, and back."""
    before = os.environ["DATABASE_URL"]
    head = before.rpartition("/")[0]
    with psycopg.connect(before, autocommit=True) as raw:
        if not raw.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            raw.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    os.environ["DATABASE_URL"] = f"{head}/{NAME}"
    name, settings.DATABASES["default"]["NAME"] = settings.DATABASES["default"]["NAME"], NAME
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = NAME
    call_command("migrate", verbosity=0, interactive=False)
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = before
        connections["default"].close()
        settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = name


def _world() -> tuple[User, Workspace]:
    user = User.objects.filter(email="bench@example.com").first() or User.objects.create_user("bench@example.com", "x")
    space, _ = Workspace.objects.get_or_create(name="A million leads", owner=user)
    if not Lead.objects.filter(workspace=space).exists():
        print(f"Making {LEADS:,} leads and {LEADS * 5:,} messages (once) …", flush=True)
        _fill(user, space)
    return user, space


def _fill(user: User, space: Workspace) -> None:
    step = min(LEADS, 100_000)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
        for first in range(1, LEADS + 1, step):
            last = min(first + step - 1, LEADS)
            cursor.execute(_LEADS, {"space": space.pk, "user": user.pk, "first": first, "last": last})
        for skip in range(0, LEADS, step):
            cursor.execute(_MESSAGES, {"skip": skip, "take": step})
        cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE leads_lead")
        cursor.execute("VACUUM ANALYZE inbox_message")


def _signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _measured(port: int, user: User, space: Workspace) -> list[Row]:
    cookie, where = _signed_in(user), f"/?clientId={space.pk}&list="
    newest = Lead.objects.filter(workspace=space).order_by("-last_message_at", "-id")
    deep_at = timezone.now() - timedelta(seconds=7 * LEADS * 0.9)
    deep = newest.filter(last_message_at__lt=deep_at).values("last_message_at", "id")[0]
    after = f"&after={Place(deep['last_message_at'], deep['id'])}"
    lead = newest.values_list("pk", flat=True)[5]
    pages = {
        "whole page, All": f"{where}all",
        "whole page, Needs reply": f"{where}needs",
        "whole page with a conversation": f"{where}all&leadId={lead}",
        "next page after the first": f"{where}all{_second(newest)}",
        "next page, 90 % deep": f"{where}all{after}",
        "filter: SMS": f"{where}all&channel=sms",
        "filter: status": f"{where}all&status=qualified",
        "search: an e-mail": f"{where}all&q=lead77777@buyer",
        "search: a common name": f"{where}all&q=last42",
        "search: everybody": f"{where}all&q=example",
        "search: nobody, with accents": f"{where}all&q=n%C3%B6b%C3%B8dy",
        "search: two letters": f"{where}all&q=zq",
    }
    fragment = {"next page after the first", "next page, 90 % deep"}
    floor = _times(lambda: _raw_page(space))[0]
    rows = []
    for name, path in pages.items():
        get = _getter(port, path, cookie, is_fragment=name in fragment)
        p50, p99 = _times(get)
        searched = name.startswith("search")
        kept = None if searched else p50 <= 20
        rows.append(Row(f"{name}, p50", p50, "ms", floor, "raw keyset page", "" if searched else "≤ 20 ms", kept))
        rows.append(
            Row(f"{name}, p99", p99, "ms", None, "", "" if searched else "≤ 50 ms", None if searched else p99 <= 50)
        )
    return rows


def _second(newest) -> str:
    row = newest.values("last_message_at", "id")[29]
    return f"&after={Place(row['last_message_at'], row['id'])}"


def _raw_page(space: Workspace) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM leads_lead WHERE workspace_id = %s AND merged_into_id IS NULL AND last_message_at IS NOT NULL "
            "ORDER BY last_message_at DESC, id DESC LIMIT 30",
            [space.pk],
        )
        cursor.fetchall()


def _getter(port: int, path: str, cookie: str, *, is_fragment: bool) -> Callable[[], None]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "Host": "localhost"} | ({"HX-Request": "true"} if is_fragment else {})

    def get() -> None:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) < 3_000:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")

    return get


def _times(call: Callable[[], None]) -> tuple[float, float]:
    for _ in range(20):
        call()
    times = []
    for _ in range(GETS):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]
