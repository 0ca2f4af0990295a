"""Actions of the lead panel."""

from django.urls import path

from leads import views

app_name = "leads"

urlpatterns = [path("leads/<uuid:lead_id>/facts", views.edit_facts, name="facts")]
