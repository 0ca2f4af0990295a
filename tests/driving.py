"""Using the running product as people and scripts do: a browser without JavaScript, the cron endpoint, its database."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import psycopg
import requests

from tests.product import Product

PASSWORD_OF_THE_DEMO = "harbor-demo-2026"
_INPUT = re.compile(r'<input[^>]*\bname="(\w+)"[^>]*?\bvalue="([^"]*)"')
_COMPOSER = re.compile(r'<form class="composer.*?</form>', re.S)
_CHOSEN = re.compile(r'<option value="([^"]+)" selected')
_REFUSAL = re.compile(r'(?:id="composer-error"|is-danger" role="alert"|composer-none)[^>]*>(.*?)</(?:div|p)>', re.S)


def eventually(condition: Callable[[], Any], *, seconds: float = 30, what: str = "it") -> Any:
    """The first true answer; AssertionError when there was none in time. Polls, so a quick machine doesn't wait."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)
    return found


class Person:
    """Somebody signed in at the product, with pages of plain HTML and forms that are sent."""

    def __init__(self, product: Product, email: str, password: str = PASSWORD_OF_THE_DEMO) -> None:
        self.url, self.http = product.url, requests.Session()
        page = self.http.get(f"{self.url}/accounts/login/", timeout=30)
        form = dict(_INPUT.findall(page.text)) | {"login": email, "password": password}
        answer = self.http.post(f"{self.url}/accounts/login/", data=form, timeout=30, headers={"Referer": page.url})
        assert answer.ok, answer.status_code
        assert "sessionid" in self.http.cookies, "The sign-in was refused."

    def page(self, **query: Any) -> str:
        """The inbox page: `clientId`, `leadId`, `list`, `q` … AssertionError if it isn't there."""
        answer = self.http.get(f"{self.url}/", params=query, timeout=30)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def composer(self, **query: Any) -> dict[str, str]:
        """The fields of the open conversation's composer, as the page fills them in; empty where nobody can write."""
        found = _COMPOSER.search(self.page(**query))
        form = found[0] if found else ""
        fields = {name: unescape(value) for name, value in _INPUT.findall(form)}
        if chosen := _CHOSEN.search(form):
            fields["to"] = unescape(chosen[1])
        return fields if '<textarea id="text" name="text"' in form else {}

    def send(self, lead_id: str, form: dict[str, str]) -> requests.Response:
        """Send the composer's form: 302 when it is on its way, 422 with the page when the text is kept."""
        return self._post(f"/inbox/{lead_id}/reply", form)

    def reply(self, lead_id: str, text: str, *, channel: str = "email", **more: str) -> requests.Response:
        """Open the conversation, write, send."""
        form = self.composer(leadId=lead_id)
        return self.send(lead_id, form | {"channel": channel, "text": text} | more)

    def press(self, path: str) -> requests.Response:
        """A button that posts nothing but itself, such as Undo."""
        return self._post(path, {})

    def _post(self, path: str, form: dict[str, str]) -> requests.Response:
        token = self.http.cookies.get("csrftoken", "")
        data = {"csrfmiddlewaretoken": token} | form
        headers = {"Referer": f"{self.url}/", "Origin": self.url}
        return self.http.post(f"{self.url}{path}", data=data, headers=headers, timeout=30, allow_redirects=False)


def refusal_on(page: str) -> str:
    """What the composer says about why something was not sent."""
    return " ".join(re.sub(r"<[^>]+>", " ", match) for match in _REFUSAL.findall(page)).strip()


class Database:
    """The product's own tables, asked from outside; opens a new connection where the last one was lost."""

    def __init__(self, product: Product) -> None:
        self.url = product.run("python", "-c", "import os; print(os.environ['DATABASE_URL'])").strip().split("\n")[-1]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; nothing for a command. Waits some seconds for a database that is starting."""
        for _ in range(100):
            with contextlib.suppress(psycopg.OperationalError), self._connected() as line:
                cursor = line.execute(sql, values)  # type: ignore[call-overload]
                return cursor.fetchall() if cursor.description else []
            time.sleep(0.1)
        raise AssertionError("The product's database does not answer.")

    def one(self, sql: str, *values: Any) -> Any:
        """The first column of the first row."""
        return self.ask(sql, *values)[0][0]

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as line:
            yield line


class Sandbox:
    """The control API of the sandbox beside the product."""

    def __init__(self, product: Product) -> None:
        self.url = f"{product.sandbox_url}/control"

    def act(self, path: str, **order: Any) -> dict[str, Any]:
        """`POST /control/<path>`."""
        return self._read(requests.post(f"{self.url}/{path}", json=order, timeout=60))

    def ask(self, path: str, **query: Any) -> dict[str, Any]:
        """`GET /control/<path>`."""
        return self._read(requests.get(f"{self.url}/{path}", params=query, timeout=60))

    def lift_faults(self) -> None:
        """Everything works again."""
        self._read(requests.delete(f"{self.url}/faults", timeout=60))

    def sent(self, **query: Any) -> list[dict[str, Any]]:
        """What the product sent, newest first."""
        return list(self.ask("sent", limit=500, **query)["sent"])

    @staticmethod
    def _read(answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[:300]}"
        return dict(answer.json())


def sweep(product: Product) -> dict[str, Any]:
    """Run the background-jobs sweep here and now, as an outside scheduler may."""
    lines = (product.home / "secrets.env").read_text().splitlines()
    secret = dict(line.split("=", 1) for line in lines)["CRON_SECRET"]
    headers = {"Authorization": f"Bearer {secret}"}
    answer = requests.post(f"{product.url}/api/cron/background-jobs?sync=1&limit=200", headers=headers, timeout=120)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
