"""The site map."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from zrg import health_views

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one sign-in, with its limits and second factor (spec 01)

urlpatterns = [
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
    path("metrics", health_views.metrics, name="metrics"),
    path("api/cron/", include("zrg.jobs.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/webhooks/", include("integrations.urls")),
    path("", include("zrg.web.urls")),
    path("", include("leads.urls")),
    path("", include("inbox.urls")),
]

handler400 = "zrg.web.views.bad_request"
handler403 = "zrg.web.views.forbidden"
handler404 = "zrg.web.views.not_found"
handler500 = "zrg.web.views.broken"
