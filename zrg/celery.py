"""Celery: queues, limits, acks. Imports nothing of ours (layout.md); the work itself lives in database rows."""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zrg.settings")

QUEUES = ("ingest", "reply", "send", "bulk", "sweeps")

app = Celery("zrg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.conf.task_default_queue = "reply"
app.autodiscover_tasks(["zrg.jobs"])
