"""Leads and campaigns as tables to take along: named columns only, so that no secret and no message text slips in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields, resources

from leads.models import Campaign, Lead


class LeadTable(resources.ModelResource):
    """A lead's facts and where it stands. Export only: leads are made by what they write."""

    workspace_name = fields.Field(attribute="workspace__name", column_name="workspace")
    campaign_name = fields.Field(attribute="campaign__name", column_name="campaign")
    assignee_email = fields.Field(attribute="assignee__email", column_name="assignee")

    class Meta:
        model = Lead
        fields = (
            "id",
            "workspace_name",
            "campaign_name",
            "first_name",
            "last_name",
            "email",
            "phone",
            "linkedin_url",
            "title",
            "company",
            "website",
            "state",
            "industry",
            "headcount",
            "timezone",
            "status",
            "tag",
            "blacklist_reason",
            "assignee_email",
            "last_message_at",
            "last_inbound_at",
            "last_outbound_at",
            "created_at",
        )
        export_order = fields

    def get_queryset(self) -> Any:
        return Lead.objects.select_related("workspace", "campaign", "assignee")


class CampaignTable(resources.ModelResource):
    """How each campaign answers. On import only these settings of campaigns that exist are changed: a campaign itself
    is made and named by its sending platform."""

    SETTINGS = ("response_mode", "auto_send_threshold", "auto_send_delay_min_s", "auto_send_delay_max_s")

    workspace_name = fields.Field(attribute="workspace__name", column_name="workspace", readonly=True)
    provider = fields.Field(attribute="provider", column_name="provider", readonly=True)
    name = fields.Field(attribute="name", column_name="name", readonly=True)

    class Meta:
        model = Campaign
        fields = (
            "id",
            "workspace_name",
            "provider",
            "name",
            "response_mode",
            "auto_send_threshold",
            "auto_send_delay_min_s",
            "auto_send_delay_max_s",
        )
        export_order = fields
        import_id_fields = ("id",)
        clean_model_instances = True
        skip_unchanged = True
        use_bulk = False

    def before_save_instance(self, instance: Campaign, row: Any, **kwargs: Any) -> None:
        if instance._state.adding:
            raise ValidationError("There is no campaign with this id. Campaigns are made by their sending platform.")

    def init_instance(self, row: Any = None) -> Campaign:
        raise ValidationError("There is no campaign with this id. Campaigns are made by their sending platform.")
