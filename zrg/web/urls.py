"""Pages about the person who is signed in."""

from django.urls import path

from zrg.web import views

app_name = "web"

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/theme", views.theme, name="theme"),
]
