"""The forms and inlines of a lead's page (zrg/admin/leads.py)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminRadioSelectWidget

from inbox.models import Message
from leads import facts
from leads.models import Lead, LeadIdentity, SuppressionEntry, Tag, TimelineEvent
from zrg.web.admin_actions import count_of
from zrg.web.admin_base import ReadOnlyInline
from zrg.web.admin_display import ago, link, short
from zrg.workspaces.models import User

SWITCHES = ("auto_reply", "auto_follow_up", "auto_book")


class LeadForm(forms.ModelForm):
    """What a person may correct. Addresses are identities, status follows the tag: they go through their verbs."""

    class Meta:
        model = Lead
        fields = (*facts.EDITABLE, *SWITCHES, "assignee", "tag", "campaign")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tag" in self.fields and self.instance.tag != Tag.BLACKLIST:
            self.fields["tag"].choices = [choice for choice in Tag.choices if choice[0] != Tag.BLACKLIST]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in facts.EDITABLE:
            if name in self.changed_data and name in given:
                self._check(name, given[name])
        campaign = given.get("campaign")
        if campaign and campaign.workspace_id != self.instance.workspace_id:
            self.add_error("campaign", "This campaign belongs to another workspace.")
        return given

    def _check(self, name: str, value: str) -> None:
        try:
            facts.check(name, value)
        except facts.Unfit as unfit:
            self.add_error(name, str(unfit))


class MergeForm(forms.Form):
    """Which of the two stays."""

    survivor = forms.ChoiceField(
        label="This one stays, the other is merged into it", widget=UnfoldAdminRadioSelectWidget()
    )

    @classmethod
    def for_ids(cls, data: Any, ids: list[Any]) -> MergeForm:
        form = cls(data)
        chosen = Lead.objects.filter(pk__in=ids).select_related("workspace").annotate(count=Count("messages"))
        form.fields["survivor"].choices = [
            (
                str(lead.pk),
                f"{lead.name}, {lead.email or lead.phone or 'no address'}, {count_of(lead.count, 'message')}",
            )
            for lead in chosen
        ]
        return form


class AssigneeForm(forms.Form):
    """To whom."""

    to = forms.EmailField(
        label="E-mail of the new assignee",
        required=False,
        help_text="Somebody who works in the leads' workspace. Empty: nobody.",
        widget=UnfoldAdminEmailInputWidget(),
    )

    def clean_to(self) -> User | None:
        address = self.cleaned_data["to"].strip().lower()
        if not address:
            return None
        found = User.objects.filter(email=address, is_active=True).first()
        if found is None:
            raise forms.ValidationError("Nobody with this e-mail has an account.")
        return found


# ── What belongs to a lead ─────────────────────────────────────────────────────
class IdentitiesInline(ReadOnlyInline):
    model = LeadIdentity
    fields = ("kind", "value", "primary", "source", "first_seen", "verified_at")
    verbose_name_plural = "Names"
    ordering = ("kind", "pk")


class MessagesInline(ReadOnlyInline):
    """The last twenty."""

    model = Message
    fk_name = "lead"
    fields = ("when", "channel", "direction", "words", "delivery", "sent_by")
    readonly_fields = fields
    ordering = ("-sent_at", "-id")
    verbose_name_plural = "Last messages"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("raw_html", "raw_text")

    @display(description="When")
    def when(self, message: Message) -> SafeString | str:
        return link(message, str(ago(message.sent_at)))

    @display(description="Text")
    def words(self, message: Message) -> SafeString | str:
        return short(message.body or message.subject, 80)


class TimelineInline(ReadOnlyInline):
    """What the system did or declined to do, and why; the last twenty."""

    model = TimelineEvent
    fields = ("when", "text", "why", "did", "by")
    readonly_fields = fields
    ordering = ("-at", "-id")
    verbose_name_plural = "Timeline"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimelineEvent]:
        return super().get_queryset(request).select_related("by")

    @display(description="When")
    def when(self, event: TimelineEvent) -> SafeString | str:
        return ago(event.at)


class SuppressionsInline(ReadOnlyInline):
    model = SuppressionEntry
    fields = ("entry", "family", "reason", "evidence", "created_at", "lifted_at", "lift_reason")
    readonly_fields = ("entry",)
    ordering = ("-pk",)
    verbose_name_plural = "Suppression"

    @display(description="Value")
    def entry(self, entry: SuppressionEntry) -> SafeString | str:
        return link(entry, entry.value)
