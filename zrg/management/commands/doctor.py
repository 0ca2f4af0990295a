"""manage.py doctor"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand

from integrations import resealing
from zrg.doctor.examination import CHECKS, examine
from zrg.jobs import schedules


class Command(BaseCommand):
    help = "Check this installation: what is wrong and how to put it right. Exit code 1 when something must be."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--new-key", action="store_true", help="print a fresh key for CREDENTIALS_KEYS, no more")
        parser.add_argument(
            "--reseal", action="store_true", help="encrypt stored credentials anew with the first of CREDENTIALS_KEYS"
        )
        parser.add_argument("--restore-schedules", action="store_true", help="bring deleted default schedules back")
        parser.add_argument(
            "--skip",
            action="append",
            default=[],
            choices=[check.name for check in CHECKS],
            help="leave a check out, as `--skip workers --skip beat` before they are started",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        if options["reseal"]:
            found = resealing.reseal_all()
            unread = f"; {found.locked} fit no key and were left alone" if found.locked else ""
            self.stderr.write(f"Credentials encrypted with the newest key: {found.done}{unread}.")
        if options["restore_schedules"]:
            self.stderr.write(f"Restored: {', '.join(schedules.restore()) or 'none was missing'}.")
        is_well = self._as_json(options["skip"]) if options["json"] else self._as_text(options["skip"])
        if not is_well:
            sys.exit(1)

    def _as_json(self, skip: list[str]) -> bool:
        found = [
            {
                "check": check.name,
                "level": "error" if finding.is_error else "warning",
                "problem": finding.problem,
                "remedy": finding.remedy,
            }
            for check, findings in examine(skip=skip)
            for finding in findings
        ]
        is_well = not any(finding["level"] == "error" for finding in found)
        self.stdout.write(json.dumps({"ok": is_well, "findings": found}, indent=2))
        return is_well

    def _as_text(self, skip: list[str]) -> bool:
        errors = 0
        for check, findings in examine(skip=skip):
            if not findings:
                self.stdout.write(f"✓ {check.name}")
            for finding in findings:
                errors += finding.is_error
                self.stdout.write(f"{'✗' if finding.is_error else '!'} {check.name}: {finding.problem}")
                self.stdout.write(f"  → {finding.remedy}")
        self.stdout.write(f"\n{errors} to put right." if errors else "\nAll is well.")
        return not errors
