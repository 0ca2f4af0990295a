"""Deliveries and sends that go on while everything is being killed, by callers who behave as the real ones do."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import requests

from tests.driving import Person
from tests.factories.traffic import Letter

AGAIN_S = 0.25
PATIENCE_S = 300.0


@dataclass
class Providers:
    """Delivers letters from several threads; what isn't answered with 200 is delivered again until it is."""

    urls: dict[str, str]
    """Webhook address by provider."""
    accepted: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, letters: list[Letter], *, threads: int) -> list[threading.Thread]:
        """Start delivering; the threads, to be joined."""
        waiting: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        for letter in letters:
            waiting.put(letter)
        started = [threading.Thread(target=self._courier, args=(waiting,), daemon=True) for _ in range(threads)]
        for thread in started:
            thread.start()
        return started

    def _courier(self, waiting: queue.SimpleQueue[Letter]) -> None:
        http = requests.Session()
        while True:
            try:
                letter = waiting.get_nowait()
            except queue.Empty:
                return
            while self._try(http, letter) != "200":
                time.sleep(AGAIN_S)
            with self._lock:
                self.accepted += 1

    def _try(self, http: requests.Session, letter: Letter) -> str:
        headers = {"Content-Type": "application/json"}
        try:
            answer = http.post(self.urls[letter.provider], data=letter.body, headers=headers, timeout=20)
        except requests.RequestException as error:
            return self._note(type(error).__name__)
        return self._note(str(answer.status_code))

    def _note(self, outcome: str) -> str:
        with self._lock:
            self.answers[outcome] += 1
        return outcome


def send_whatever_happens(person: Person, lead_id: str, text: str) -> None:
    """Write one answer and press Send until the page takes it: the same form again, as a browser does."""
    deadline = time.monotonic() + PATIENCE_S
    form: dict[str, str] = {}
    while time.monotonic() < deadline:
        try:
            form = form or person.composer(leadId=lead_id) | {"channel": "email", "text": text}
            answer = person.send(lead_id, form)
            if answer.status_code == 302:
                return
            if answer.status_code == 422:  # something came in between: a second click sends it all the same
                form["confirmed"] = person.composer(leadId=lead_id)["version"]
        except (requests.RequestException, AssertionError):
            form = {} if "text" not in form else form
        time.sleep(AGAIN_S)
    raise AssertionError(f"“{text}” could not be sent within {PATIENCE_S} s.")
