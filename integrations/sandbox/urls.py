"""The sandbox's addresses: the providers' APIs, the control API, the page."""

from __future__ import annotations

from django.urls import include, path

from integrations.sandbox import control, page
from integrations.sandbox.control import ordered
from integrations.sandbox.gate import Dialect, by_method
from integrations.sandbox.sides import PROVIDERS

_control = Dialect()

urlpatterns = [
    *(path(f"{provider}/", include(f"integrations.sandbox.{folder}.urls")) for provider, folder in PROVIDERS.items()),
    path("control/state", by_method(_control, GET=ordered(control.state))),
    path(
        "control/accounts",
        by_method(_control, GET=ordered(control.list_accounts), POST=ordered(control.create_account)),
    ),
    path("control/sent", by_method(_control, GET=ordered(control.sent))),
    path("control/conversation", by_method(_control, GET=ordered(control.conversation))),
    path("control/deliveries", by_method(_control, GET=ordered(control.list_deliveries))),
    path("control/deliveries/resend", by_method(_control, POST=ordered(control.resend))),
    path(
        "control/faults",
        by_method(
            _control,
            GET=ordered(control.list_faults),
            POST=ordered(control.plan_fault),
            DELETE=ordered(control.lift_faults),
        ),
    ),
    path("control/model", by_method(_control, GET=ordered(control.model_calls))),
    path("control/requests", by_method(_control, GET=ordered(control.list_requests))),
    path("control/reset", by_method(_control, POST=ordered(control.reset))),
    path("control/<str:provider>/<str:act>", by_method(_control, POST=ordered(control.act))),
    path("page/<str:name>", page.order, name="order"),
    path("assets/<str:name>", page.asset, name="asset"),
    path("", page.show, name="page"),
]

handler404 = "integrations.sandbox.page.missing"
