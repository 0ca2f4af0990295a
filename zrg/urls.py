"""The site map."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from inbox.views import conversation_list
from zrg import health_views
from zrg.web import settings_views

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one sign-in, with its limits and second factor (spec 01)

_VIEWS = {"settings": settings_views.shell}


def home(request: HttpRequest) -> HttpResponse:
    """`/?view=…`: the deep links of spec 01. Any view nobody knows is the inbox."""
    return _VIEWS.get(request.GET.get("view", ""), conversation_list.inbox)(request)


urlpatterns = [
    path("", home, name="home"),
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
    path("metrics", health_views.metrics, name="metrics"),
    path("api/cron/", include("zrg.jobs.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/webhooks/", include("integrations.urls")),
    path("", include("zrg.web.urls")),
    path("settings/", include("zrg.ai.urls")),
    path("settings/", include("integrations.pages.urls")),
    path("", include("leads.urls")),
    path("", include("inbox.urls")),
]

handler400 = "zrg.web.views.bad_request"
handler403 = "zrg.web.views.forbidden"
handler404 = "zrg.web.views.not_found"
handler429 = "zrg.web.views.too_many"  # allauth's: too many attempts to sign in
handler500 = "zrg.web.views.broken"
handler429 = "zrg.web.views.too_many"  # allauth's: too many attempts to sign in, to have a password set anew
