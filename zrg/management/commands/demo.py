"""`manage.py demo`: load the demo once, or describe it to a script."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from zrg.demo import staging


class Command(BaseCommand):
    help = "Load the demo (two workspaces, their people, conversations through the sandbox). Never in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing where anybody has an account already.")
        parser.add_argument(
            "--json", action="store_true", help="Print addresses, logins, ids and sandbox calls; load nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            raise CommandError("The demo is for development: it needs SANDBOX_URL and is refused in production.")
        if options["json"]:
            self.stdout.write(json.dumps(staging.describe(), indent=2))
            return
        if staging.is_loaded():
            if options["if_empty"]:
                return
            raise CommandError("There are accounts here already. Start anew with: make reset")
        try:
            staging.load()
        except staging.NoSandbox as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write("The demo is loaded.")
