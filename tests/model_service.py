"""The sandbox's model for tests: real HTTP, the rules' answers, faults on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tests.sandbox_server import SandboxServer
from zrg.ai import client
from zrg.lib import quick_redis


class Model:
    """What a test may do with the model service."""

    def __init__(self, server: SandboxServer, settings: Settings) -> None:
        self.server, self.settings = server, settings

    def fault(self, kind: str, *, prompt: str = "*", times: int | None = None, **more: Any) -> None:
        """Plan what goes wrong; `prompt` is a key such as draft.sms.v1, or `*`."""
        operation = prompt if prompt == "*" else prompt.replace(".", "_")
        given = {"provider": "openai", "operation": operation, "kind": kind, **more}
        self.server.control("faults", given | ({"times": times} if times is not None else {}))

    def calls(self) -> list[dict[str, Any]]:
        """What it was asked, newest first."""
        return self.server.control("model")["calls"]

    def turn_off(self) -> None:
        """Nobody listens there any more."""
        self.settings.OPENAI_BASE_URL = "http://127.0.0.1:1/v1"
        client.forget_library()


@pytest.fixture
def model(sandbox_process: SandboxServer, settings: Settings) -> Iterator[Model]:
    """A key and a model that answers by rules; without this fixture tests have no key."""
    settings.OPENAI_API_KEY = "sk-sandbox-demo"
    settings.OPENAI_BASE_URL = f"{sandbox_process.base_url}/openai/v1"
    settings.AI_DRAFT_TIMEOUT_S = 20
    client.forget_library()
    forget_failures()
    yield Model(sandbox_process, settings)
    sandbox_process.control("faults", method="DELETE")
    client.forget_library()
    forget_failures()


def forget_failures() -> None:
    """The circuit breaker's memory is shared by tests that share a Valkey."""
    redis = quick_redis.client()
    for key in redis.scan_iter("zrg:ai:*"):
        redis.delete(key)
