"""Reading a public web page (spec 05, "Knowledge"): only the open internet, little of it, and not for long.

Whoever names the address is a person of a workspace, so it may lead anywhere: every address of every hop is looked up
and checked before and after connecting, redirections are followed by hand, and nothing private is ever asked.
"""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from integrations import hosts, wire

MOST_BYTES = 2 * 1024 * 1024
MOST_HOPS = 3
SECONDS = 15.0
CONNECT_S = 5.0
READABLE = {"text/html", "application/xhtml+xml", "text/plain"}
_HEADERS = {
    "User-Agent": "ZRG knowledge reader",
    "Accept": "text/html, text/plain;q=0.9",
    "Accept-Language": "en, *;q=0.5",
}
_PORTS = {"http": 80, "https": 443}
_CHUNK = 32 * 1024
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)


class Unreadable(Exception):
    """The page cannot be had, for a reason a person may read; asking again changes nothing."""


class NotNow(Exception):
    """The page could not be had this time, for a reason a person may read."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a web server answered: the source, decoded, and where it was in the end."""

    url: str
    body: str
    is_html: bool


def check_address(url: str) -> None:
    """Raises Unreadable for what is no address of a public page, without asking anybody."""
    parts = _parts(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Unreadable("Give the address of a web page, beginning with https://.")
    if parts.username or parts.password:
        raise Unreadable("An address with a user name in it cannot be read.")
    if not hosts.is_sandbox(parts.hostname, parts.port) and parts.port not in {None, _PORTS[parts.scheme]}:
        raise Unreadable("Only the usual ports of the web are read.")


def fetch_page(url: str) -> Page:
    """Read a page: http or https, no private address, at most 2 MB of HTML or plain text, 15 seconds in all, three
    redirections. Raises Unreadable and NotNow."""
    wire.begin(SECONDS)
    for _ in range(MOST_HOPS + 1):
        check_address(url)
        answer = _ask(url)
        if isinstance(answer, Page):
            return answer
        url = urljoin(url, answer)
    raise Unreadable(f"The page sends on more than {MOST_HOPS} times.")


def _ask(url: str) -> Page | str:
    """The page, or where it sends on to."""
    try:
        times = (min(CONNECT_S, wire.current.remaining()), wire.current.remaining())
        with _session(os.getpid()).get(
            url, headers=_HEADERS, timeout=times, allow_redirects=False, stream=True
        ) as response:
            return _read(response, url)
    except wire.PrivateAddress:
        raise Unreadable("The address leads into a private network.") from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError):
        raise Unreadable("This is not the address of a web page.") from None
    except (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError):
        raise Unreadable("The page cannot be unpacked.") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NotNow(_why(error)) from None


def _read(response: requests.Response, url: str) -> Page | str:
    status = response.status_code
    if status in {301, 302, 303, 307, 308} and response.headers.get("Location"):
        return str(response.headers["Location"])
    if status == 429 or status >= 500:
        raise NotNow(f"The server answers {status}.")
    if status != 200:
        raise Unreadable(f"The server answers {status}: check the address.")
    kind = response.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
    if kind not in READABLE:
        raise Unreadable(f"This is {kind}, not a page of text.")
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise Unreadable(f"The page is larger than {MOST_BYTES // 1024 // 1024} MB.")
    return Page(url, _decoded(bytes(body), response.headers.get("Content-Type", "")), kind != "text/plain")


def _decoded(body: bytes, content_type: str) -> str:
    declared = re.search(r"charset=\"?([A-Za-z0-9_-]{2,40})", content_type)
    inside = _CHARSET.search(body[:2048])
    name = declared[1] if declared else inside[1].decode() if inside else "utf-8"
    try:
        return body.decode(name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError | requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return "The page did not come in time."
    root = error
    while (inner := root.__cause__ or root.__context__) is not None:
        root = inner
    if isinstance(root, socket.gaierror):
        return "The name of the server is not known."
    if isinstance(root, TimeoutError):
        return "The page did not come in time."
    return "The server could not be reached."


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Unreadable("This is not the address of a web page.") from None
    return parts


@lru_cache(maxsize=1)
def _session(_process: int) -> requests.Session:
    """Keeps no cookies, reads no proxies or passwords of the environment."""
    made = requests.Session()
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.mount("https://", wire.PublicAdapter())
    made.mount("http://", wire.PublicAdapter())
    return made
