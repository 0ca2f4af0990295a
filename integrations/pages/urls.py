"""The tab "Integrations" of the settings, below /settings/."""

from django.urls import path

from integrations.pages import views

app_name = "connections"

_IN = "<uuid:workspace_id>/integrations"
_ACCOUNT = f"{_IN}/<str:provider>"

urlpatterns = [
    path(_IN, views.listed, name="listed"),
    path(_ACCOUNT, views.account, name="account"),
    path(f"{_ACCOUNT}/test", views.test, name="test"),
    path(f"{_ACCOUNT}/renew", views.renew, name="renew"),
    path(f"{_ACCOUNT}/disconnect", views.disconnect, name="disconnect"),
]
