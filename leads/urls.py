"""Actions of the lead panel, the campaigns page, and this app's section of the settings."""

from django.urls import path

from leads import campaign_views, settings_views, views

app_name = "leads"

urlpatterns = [
    path("leads/<uuid:lead_id>/facts", views.edit_facts, name="facts"),
    path("leads/<uuid:lead_id>/automation", views.switch, name="automation"),
    path("campaigns/", campaign_views.listed, name="campaigns"),
    path("campaigns/<uuid:workspace_id>/bulk", campaign_views.bulk, name="campaigns_bulk"),
    path("campaigns/<uuid:workspace_id>/<uuid:campaign_id>", campaign_views.edit, name="campaign"),
    path("settings/<uuid:workspace_id>/retention", settings_views.retention, name="retention"),
]
