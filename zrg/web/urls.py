"""Pages about the person who is signed in, and the workspace's own section of the settings."""

from django.urls import path

from zrg.web import settings_views, views

app_name = "web"

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/theme", views.theme, name="theme"),
    path("settings/<uuid:workspace_id>/workspace", settings_views.workspace, name="settings_workspace"),
]
