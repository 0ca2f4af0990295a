"""Nothing is left unconnected: every event and job has its handler, every queue its workers, every
sweep its schedule."""

from __future__ import annotations

from typing import get_args

import pytest

from inbox import inbound
from inbox.models import MessageJob
from integrations import events, providers, registry
from integrations.models import Provider
from leads.models import ChannelKind
from zrg import wiring
from zrg.celery import QUEUES
from zrg.jobs import registry as jobs
from zrg.jobs import schedules, sweeping
from zrg.jobs.models import DurableJob, Lane
from zrg.jobs.queues import queue_models
from zrg.local.product import WORKERS

APPLIED_BY_INGESTION = {events.AccountStatus, events.Ignored}
WITHOUT_MESSAGES = {Provider.SLACK}  # clicks only


def test_every_event_has_a_handler() -> None:
    meant = set(get_args(events.Event))
    assert meant, "integrations.events.Event is no union of event classes any more"
    assert meant - APPLIED_BY_INGESTION == set(registry.known()) == set(wiring.EVENTS)


def test_every_kind_of_message_job_has_a_handler() -> None:
    handled = {kind for label, kind in jobs.known() if label == "inbox.MessageJob"}
    assert handled == set(MessageJob.Kind.values)


@pytest.mark.parametrize("model", queue_models(), ids=lambda model: model.__name__)
def test_every_durable_queue_has_handlers_lanes_and_workers(model: type[DurableJob]) -> None:
    assert any(label == model._meta.label for label, _ in jobs.known())
    assert set(model.QUEUES) == set(Lane.values)
    served = {queue for queues, _ in WORKERS.values() for queue in queues.split(",")}
    assert set(model.QUEUES.values()) <= set(QUEUES) & served


def test_the_workers_of_one_machine_serve_every_queue_once() -> None:
    served = [queue for queues, _ in WORKERS.values() for queue in queues.split(",")]
    assert sorted(served) == sorted(QUEUES)


def test_every_provider_whose_messages_come_in_has_a_flow_for_them() -> None:
    doors = {provider for provider in Provider.values if _has_door(provider)}
    assert doors - WITHOUT_MESSAGES == set(inbound.POST_PROCESS)
    assert set(inbound.POST_PROCESS.values()) <= set(MessageJob.Kind)
    assert len(set(inbound.POST_PROCESS.values())) == len(inbound.POST_PROCESS), "each has a job type of its own"


def _has_door(provider: str) -> bool:
    try:
        return providers.door(provider) is not None
    except LookupError:
        return False


def test_channels_are_the_same_in_events_and_in_the_database() -> None:
    assert {str(channel) for channel in events.Channel} == set(ChannelKind.values)


def test_every_sweep_is_scheduled_and_every_schedule_is_a_sweep() -> None:
    assert {default.function for default in schedules.DEFAULTS} == set(sweeping.known())
