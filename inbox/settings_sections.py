"""How a workspace answers: a section of the settings (spec 01, "replies")."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from inbox.models import ReplySettings
from inbox.selectors import people_of
from zrg.web.forms import SWITCH, for_reader
from zrg.web.settings_tabs import Section
from zrg.workspaces.access import standing
from zrg.workspaces.capabilities import Standing
from zrg.workspaces.models import User, Workspace

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = ("09:00", "17:00")


class _Names(forms.ModelMultipleChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user.name} ({user.email})" if user.name else str(user.email)


class RepliesForm(forms.ModelForm):
    """Own hours are three inputs a day (`on_0`, `from_0`, `to_0` for Monday), kept as {"0": ["09:00", "17:00"]}."""

    reviewers = _Names(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Who is asked when the AI is not sure. Nobody chosen: the assigned setter, else the admins.",
    )

    class Meta:
        model = ReplySettings
        fields = ["undo_seconds", "auto_send_schedule", "reviewers", "slack_text_in_dm"]
        labels = {
            "undo_seconds": "Undo for (seconds)",
            "auto_send_schedule": "Auto-send",
            "slack_text_in_dm": "Text in Slack messages",
        }
        help_texts = {
            "undo_seconds": "0 to 60: how long a person's send can be taken back.",
            "auto_send_schedule": "When the AI may send by itself; outside these hours it waits. People always may.",
            "slack_text_in_dm": "Off: reviewers get a link, but neither the lead's words nor the draft's.",
        }
        widgets = {
            "undo_seconds": forms.NumberInput(attrs={"class": "short", "min": 0, "max": 60}),
            "slack_text_in_dm": forms.CheckboxInput(attrs=SWITCH),
        }

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].queryset = people_of(workspace)  # type: ignore[attr-defined]
        self.hours_error = ""

    @property
    def days(self) -> list[dict[str, Any]]:
        """A row for each weekday, as typed or as kept."""
        return [self._typed(day) if self.is_bound else self._kept(day) for day in range(7)]

    def _kept(self, day: int) -> dict[str, Any]:
        hours = self.instance.own_hours.get(str(day))
        begin, end = hours or USUAL
        return {"number": day, "name": DAYS[day], "on": bool(hours), "from": begin, "to": end}

    def _typed(self, day: int) -> dict[str, Any]:
        begin, end = (str(self.data.get(f"{name}_{day}", "")).strip() for name in ("from", "to"))
        return {"number": day, "name": DAYS[day], "on": f"on_{day}" in self.data, "from": begin, "to": end}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        hours: dict[str, list[str]] = {}
        for row in self.days:
            if not row["on"]:
                continue
            begin, end = _time(row["from"]), _time(row["to"])
            if begin is None or end is None or begin >= end:
                self.hours_error = f"{row['name']}: give a beginning and a later end, as in 09:00 and 17:00."
                self.add_error(None, self.hours_error)
                return given
            hours[str(row["number"])] = [begin, end]
        if given.get("auto_send_schedule") == ReplySettings.Schedule.OWN and not hours:
            self.add_error("auto_send_schedule", "Auto-send: choose at least one day, or another schedule.")
        self.instance.own_hours = hours
        return given


def _time(text: str) -> str | None:
    """14:05; None for what is no time of day."""
    try:
        return datetime.strptime(text[:5], "%H:%M").strftime("%H:%M")  # noqa: DTZ007 -- a time of day, no moment
    except ValueError:
        return None


def replies_of(workspace: Workspace) -> ReplySettings:
    """The row, born with the workspace."""
    return ReplySettings.objects.get_or_create(workspace=workspace)[0]


def _replies(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(RepliesForm(instance=replies_of(workspace), workspace=workspace), request, workspace)
    if standing(request.user, workspace) == Standing.PORTAL:
        del form.fields["reviewers"]  # the team is not the client's to see
    more = {"save_label": "Save replies", "zone": workspace.timezone}
    return {"form": form, "action": reverse("inbox:settings_replies", args=[workspace.pk]), **more}


REPLIES = Section("general", "replies", "Replies", "inbox/settings_replies.html", _replies)
