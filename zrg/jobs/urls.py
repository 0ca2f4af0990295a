"""/api/cron/"""

from django.urls import path

from zrg.jobs import cron

app_name = "cron"

urlpatterns = [
    path("runs/<str:correlation_id>", cron.status, name="run"),
    path("<path:name>", cron.start, name="start"),
]
