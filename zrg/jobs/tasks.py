"""The two Celery tasks of the whole product: run due jobs, run a sweep."""

from celery import shared_task
from django.apps import apps

from zrg.jobs import executing, running


@shared_task(name="zrg.jobs.drain")
def drain(*, model: str, lane: int) -> None:
    running.drain(apps.get_model(model), lane)


@shared_task(name="zrg.jobs.run_sweep", soft_time_limit=780, time_limit=800)
def run_sweep(*, function: str, dispatch_key: str = "") -> None:
    executing.run_now(function, dispatch_key=dispatch_key)
