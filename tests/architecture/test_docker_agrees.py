"""Facts written twice agree: queues and variables of the code, of compose and of the local product."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from zrg.celery import QUEUES
from zrg.doctor.services import OLDEST_POSTGRES, OLDEST_REDIS
from zrg.local import product

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "zrg:latest"}


def queues_of(service: dict[str, Any]) -> list[str]:
    role, *words = service["command"]
    return words[0].split(",") if role == "worker" else []


def test_every_queue_has_exactly_one_worker_in_compose() -> None:
    assert sorted(queue for service in OURS.values() for queue in queues_of(service)) == sorted(QUEUES)


def test_every_queue_has_exactly_one_worker_on_a_developers_machine() -> None:
    assert sorted(queue for queues, _ in product.WORKERS.values() for queue in queues.split(",")) == sorted(QUEUES)


def test_workers_are_asked_for_their_health_by_the_queues_they_serve() -> None:
    for service in OURS.values():
        if queues := queues_of(service):
            assert service["healthcheck"]["test"][-2:] == ["healthy-worker", ",".join(queues)]


def test_what_is_told_of_running_it_elsewhere_is_what_compose_runs() -> None:
    doc = (ROOT / "docs" / "deployment.md").read_text()
    assert re.findall(r"worker -Q ([a-z,]+)", doc) == [
        ",".join(queues) for queues in map(queues_of, OURS.values()) if queues
    ]
    assert f"PostgreSQL {OLDEST_POSTGRES} or newer" in doc
    assert f"Redis {OLDEST_REDIS} or" in doc


def test_every_first_word_of_compose_is_known_to_the_entrypoint() -> None:
    known = set(re.findall(r"^  ([a-z-]+)\)$", (ROOT / "docker" / "entrypoint").read_text(), re.MULTILINE))
    used = {service["command"][0] for service in OURS.values()}
    used |= {service["healthcheck"]["test"][2] for service in OURS.values() if "test" in service.get("healthcheck", {})}
    assert used <= known


def test_there_is_one_beat_and_one_migration() -> None:
    roles = [service["command"][0] for service in OURS.values()]
    assert roles.count("beat") == roles.count("migrate") == 1
    assert "deploy" not in SERVICES["beat"], "two beats would send every schedule twice"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_change_nothing_and_gain_nothing(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_the_web_is_reachable_and_only_from_the_host() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_everything_waits_for_the_migration() -> None:
    for name, service in OURS.items():
        if name != "migrate":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_holds_every_package_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages == set(re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE))
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", dockerfile, re.MULTILINE)


def test_the_image_and_the_makefile_install_with_the_same_tool_and_python() -> None:
    dockerfile, makefile = (ROOT / "docker" / "Dockerfile").read_text(), (ROOT / "Makefile").read_text()
    assert set(re.findall(r"uv==[\d.]+", dockerfile)) == set(re.findall(r"uv==[\d.]+", makefile))
    assert set(re.findall(r"FROM python:(\d\.\d+)-slim", dockerfile)) == {"3.11"}


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
    sent = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    copied = set(re.findall(r"^COPY (?!--)(\S+)", dockerfile, re.MULTILINE))
    assert copied == sent
