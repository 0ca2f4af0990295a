"""The site map."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("zrg.web.urls")),
    path("", include("leads.urls")),
    path("", include("inbox.urls")),
]

handler400 = "zrg.web.views.bad_request"
handler403 = "zrg.web.views.forbidden"
handler404 = "zrg.web.views.not_found"
handler500 = "zrg.web.views.broken"
