"""`manage.py sandbox [--port N]`: play the providers' side of every contract (spec 15)."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Become the sandbox's own server: it has other settings, so this process is replaced, not reused."""

    help = "Serve the providers' sandbox (development and tests only)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.SANDBOX_PORT)
        parser.add_argument("--host", default=os.environ.get("SANDBOX_HOST") or "127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        address = ["--host", options["host"], "--port", str(options["port"])]
        os.execv(sys.executable, [sys.executable, "-m", "integrations.sandbox.server", *address])  # noqa: S606
