"""`python -m bench [ack] [burst] [jobs] [processing] [reply] [inbox]`: all by default.

Needs DATABASE_URL and REDIS_URL (`make bench` brings them); works in a database of its own, `zrg_bench`, made anew."""

from __future__ import annotations

import importlib
import os
import sys

import psycopg
from psycopg import sql

SUITES = ("ack", "burst", "jobs", "processing", "reply", "inbox")


def main(names: list[str]) -> int:
    wanted = names or list(SUITES)
    if unknown := [name for name in wanted if name not in SUITES]:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(SUITES)}.")
        return 2
    own = _own_database()
    broker = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/7"  # nobody else's wake-ups
    os.environ |= {"DATABASE_URL": own, "REDIS_URL": broker, "DJANGO_SETTINGS_MODULE": "zrg.settings"}
    os.environ["LOG_LEVEL"] = "WARNING"
    import django

    django.setup()
    from django.core.management import call_command

    from bench import table

    call_command("migrate", verbosity=0, interactive=False)
    all_kept = True
    for name in wanted:
        rows = importlib.import_module(f"bench.{name}").run()
        path = table.save(name, rows)
        print(f"\n{table.markdown(rows)}\n→ {path}", flush=True)
        all_kept &= all(row.kept is not False for row in rows)
    return 0 if all_kept else 1


def _own_database() -> str:
    base = os.environ["DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS zrg_bench WITH (FORCE)")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier("zrg_bench")))
    head, _, _ = base.rpartition("/")
    return f"{head}/zrg_bench"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
