"""The image has the packages of requirements.txt and no other: what only development installs is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the entrypoint starts, and all of the product that the image holds, in a process that finds no other package.
ALONE = """
import importlib.machinery, importlib.metadata, pkgutil, re, sys

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pinned = {plain(line.split("==")[0]) for line in open("requirements.txt") if "==" in line}
homes = importlib.metadata.packages_distributions()
foreign = {top for top, names in homes.items() if not pinned.intersection(map(plain, names))} - {"manage"}

class OfTheImage(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in foreign else super().find_spec(name, path, target)

assert "pytest" in foreign, "nothing was taken away"
sys.meta_path[:] = [OfTheImage if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]
import django
django.setup()
import celery.bin.celery, celery.concurrency.prefork, django_celery_beat.schedulers, granian.cli, zrg.wsgi
from django.urls import get_resolver
from zrg.celery import app
app.connection_for_write().transport_cls
get_resolver().url_patterns
for top in ("zrg", "integrations", "notifications", "leads", "inbox", "booking", "followups"):
    for module in pkgutil.walk_packages([top], f"{top}."):
        if not module.name.startswith(("zrg.local", "integrations.sandbox")):
            __import__(module.name)
"""


def test_every_process_of_the_image_starts_without_the_packages_of_development() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
