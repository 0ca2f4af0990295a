"""The gate every call of the product passes: who calls, how often, and what shall go wrong this time."""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from integrations.sandbox import accounts, faults, limits, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.faults import Fault

_KEPT_REQUESTS = 20_000
_SLOW_S = 2.0
_DRIPS = 200
_KEY = re.compile(r"(?<=[?&])api_key=[^&]*")  # SmartLead's credential; the log of calls is no place for it


class OwnPagesOnly:
    """Refuse what another web site's page sends through the developer's browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # a foreign name ends here with 400
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.method not in ("GET", "HEAD") and site not in ("none", "same-origin"):
            return HttpResponseForbidden("The sandbox takes orders from its own page and from scripts only.")
        return self.get_response(request)


@dataclass(frozen=True)
class Call:
    """One authenticated call of the product."""

    account: Account
    request: HttpRequest
    data: dict[str, Any]
    fault: Fault | None = None


class Stop(Exception):
    """End the call with this answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


class Dialect:
    """How one provider says that something is wrong. Subclass it once per provider."""

    rate_max = 1000
    rate_interval_s = 60
    # Faults that happen instead of the work; the others spoil its answer.
    instead: tuple[str, ...] = ("error_500", "rate_limited", "refused", "unauthorized", "success_false", "dnd")

    def token(self, request: HttpRequest) -> str:
        """What the caller shows as its credential."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def account(self, provider: str, request: HttpRequest) -> Account | None:
        """Whose call it is; None where the credential opens nothing."""
        return accounts.by_token(provider, self.token(request))

    def operation(self, request: HttpRequest, name: str) -> str:
        """What the call is called in the log and by faults; `name` is its view's."""
        return name

    def objection(self, request: HttpRequest, needs: Mapping[str, Any]) -> HttpResponse | None:
        """A reason to refuse before anything else, such as a missing header."""
        return None

    def problem(self, status: int, message: str) -> HttpResponse:
        """An error in the provider's own shape; this one is the control API's."""
        return answer({"error": message}, status)

    def unauthenticated(self) -> HttpResponse:
        return self.problem(401, "Unauthenticated.")

    def rate_limited(self, allowance: limits.Allowance | None) -> HttpResponse:
        return self.problem(429, "Too Many Requests")

    def rate_headers(self, allowance: limits.Allowance) -> dict[str, str]:
        return {}

    def planned(self, kind: str, message: str) -> HttpResponse:
        """The answer of a fault that happens before anything is done; `message` replaces the usual refusal."""
        answers: dict[str, Callable[[], HttpResponse]] = {
            "error_500": lambda: self.problem(500, "Server Error"),
            "rate_limited": lambda: self.rate_limited(None),
            "refused": lambda: self.problem(400, message or "The request was refused."),
            "unauthorized": self.unauthenticated,
        }
        return answers.get(kind, answers["refused"])()


@dataclass(frozen=True)
class Gate:
    """Wraps a provider's views; `provider` is its name in the table of providers."""

    provider: str
    dialect: Dialect

    def operation(
        self, name: str, **needs: Any
    ) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
        """Name a view's operation, by which faults find it; `needs` go to the dialect's objections."""

        def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
            @functools.wraps(view)
            def answered(request: HttpRequest, **ids: Any) -> HttpResponseBase:
                return self._answer(name, needs, functools.partial(view, **ids), request)

            return answered

        return decorate

    def _answer(
        self, name: str, needs: Mapping[str, Any], view: Callable[[Call], HttpResponse], request: HttpRequest
    ) -> HttpResponseBase:
        began = time.time()
        account = self.dialect.account(self.provider, request)
        name = self.dialect.operation(request, name)
        fault = faults.take(account, self.provider, name)
        try:
            response = self._respond(account, fault, needs, view, request)
        except Stop as stop:
            response = stop.response
        self._note(account, name, request, response, fault, began)
        return _with_fault_after(response, fault, request)

    def _respond(
        self,
        account: Account | None,
        fault: Fault | None,
        needs: Mapping[str, Any],
        view: Callable[[Call], HttpResponse],
        request: HttpRequest,
    ) -> HttpResponse:
        if account is None:
            return self.dialect.unauthenticated()
        if fault and fault.kind == "hang_up":
            return HttpResponse(status=503)  # never arrives, see _with_fault_after
        if fault and fault.kind in self.dialect.instead:
            return self.dialect.planned(fault.kind, fault.message)
        maximum = account.rate_max or self.dialect.rate_max
        allowance = limits.use(account.key, maximum=maximum, interval_s=self.dialect.rate_interval_s)
        if allowance.is_spent:
            return self.dialect.rate_limited(allowance)
        objection = self.dialect.objection(request, needs)
        response = objection or view(Call(account, request, self._data(request), fault))
        for header, value in self.dialect.rate_headers(allowance).items():
            response[header] = value
        return response

    def _data(self, request: HttpRequest) -> dict[str, Any]:
        """The JSON body, or the fields of a form; {} when there is none."""
        if request.content_type == "multipart/form-data":
            return {
                **request.POST.dict(),
                "_files": [file.name for name in request.FILES for file in request.FILES.getlist(name)],
            }
        if not request.body:
            return {}
        try:
            data = json.loads(request.body)
        except ValueError:
            raise Stop(self.dialect.problem(400, "Malformed JSON in the body of the request.")) from None
        if not isinstance(data, dict):
            raise Stop(self.dialect.problem(400, "The body must be a JSON object."))
        return data

    def _note(
        self,
        account: Account | None,
        name: str,
        request: HttpRequest,
        response: HttpResponse,
        fault: Fault | None,
        began: float,
    ) -> None:
        sql = (
            "INSERT INTO requests (at, account, provider, operation, method, path, status, fault, took_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        key, kind = account.key if account else "", fault.kind if fault else ""
        took_ms = round((time.time() - began) * 1000, 2)
        values = (
            began,
            key,
            self.provider,
            name,
            request.method,
            _KEY.sub("api_key=…", request.get_full_path()),
            response.status_code,
            kind,
            took_ms,
        )
        with store.writing() as db:
            row_id = int(db.execute(sql, values).lastrowid or 0)
            if row_id % 500 == 0:
                db.execute("DELETE FROM requests WHERE id < ?", [row_id - _KEPT_REQUESTS])


def _with_fault_after(response: HttpResponse, fault: Fault | None, request: HttpRequest) -> HttpResponseBase:
    """Spoil an answer whose work is done."""
    if fault is None:
        return response
    if fault.kind == "slow":
        time.sleep(fault.delay_s if fault.delay_s is not None else _SLOW_S)
    elif fault.kind == "drip":
        return _dripping(response, fault.delay_s if fault.delay_s is not None else _SLOW_S)
    elif fault.kind == "malformed":
        return HttpResponse('{"data": [{"id": ', content_type="application/json")
    elif fault.kind in ("no_answer", "hang_up"):
        time.sleep(fault.delay_s or 0)
        hang_up(request)
    return response


def _dripping(response: HttpResponse, over_s: float) -> StreamingHttpResponse:
    """The same answer, its body in small pieces spread over the time."""
    body = response.content
    step = max(len(body) // _DRIPS, 1)

    def pieces() -> Iterator[bytes]:
        for begin in range(0, len(body), step):
            time.sleep(over_s * step / len(body))
            yield body[begin : begin + step]

    dripping = StreamingHttpResponse(pieces(), status=response.status_code, headers=dict(response.headers))
    dripping["Content-Length"] = str(len(body))
    return dripping


def hang_up(request: HttpRequest) -> None:
    """Close the line without an answer; the server's handler knows how (see `server.py`)."""
    close = request.META.get("sandbox.hang_up")
    if close is None:
        raise ConnectionAbortedError("This server cannot close the line; run the sandbox's own.")
    close()


def by_method(dialect: Dialect, **views: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """One address, one view per HTTP method; 405 in the provider's shape for the rest."""

    def choose(request: HttpRequest, **ids: Any) -> HttpResponseBase:
        view = views.get(request.method or "")
        if view is None:
            return dialect.problem(405, f"The {request.method} method is not supported for this route.")
        return view(request, **ids)

    return choose


def answer(body: object, status: int = 200) -> JsonResponse:
    """A JSON answer."""
    return JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
