"""How campaigns answer (spec 06): checked and changed here, one or many, by pages and admin alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction

from leads.models import Campaign
from zrg.ai.models import Persona
from zrg.workspaces.models import Workspace

LONGEST_DELAY_S = 24 * 60 * 60
FIELDS = ("response_mode", "auto_send_threshold", "auto_send_delay_min_s", "auto_send_delay_max_s")
LABELS = {
    "response_mode": "Answers",
    "auto_send_threshold": "Threshold",
    "auto_send_delay_min_s": "Shortest delay",
    "auto_send_delay_max_s": "Longest delay",
    "persona": "Persona",
}
_THRESHOLD = "Threshold: give a number from 0 to 1, as in 0.9."
_ORDER = "Shortest delay: it must not be longer than the longest."


class Unfit(ValueError):
    """The change was refused, with the reason for a person."""


class CampaignForm(forms.ModelForm):
    """One campaign's answering; says beside each field what is wrong with it."""

    class Meta:
        model = Campaign
        fields = (*FIELDS, "persona")
        labels = LABELS
        help_texts = {
            "response_mode": "AI auto-send: what the evaluator finds safe goes without a person.",
            "auto_send_threshold": "0 to 1: how sure the evaluator must be; below it a person decides.",
            "auto_send_delay_min_s": "Seconds before a draft is sent by itself, at least; 0 and 0: at once.",
            "auto_send_delay_max_s": "Seconds, at most; the delay is drawn between the two.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "persona" in self.fields:
            found = Persona.objects.filter(workspace_id=self.instance.workspace_id)
            self.fields["persona"].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        threshold = given.get("auto_send_threshold")
        if threshold is not None and not 0 <= threshold <= 1:
            self.add_error("auto_send_threshold", _THRESHOLD)
        shortest, longest = given.get("auto_send_delay_min_s"), given.get("auto_send_delay_max_s")
        if longest is not None and longest > LONGEST_DELAY_S:
            self.add_error("auto_send_delay_max_s", "Longest delay: at most a day, 86,400 seconds.")
        if shortest is not None and longest is not None and shortest > longest:
            self.add_error("auto_send_delay_min_s", _ORDER)
        return given


@dataclass(frozen=True, slots=True)
class Change:
    """What many campaigns are given; None leaves a field as it is. `clear_persona`: the workspace's default speaks."""

    response_mode: str | None = None
    auto_send_threshold: float | None = None
    auto_send_delay_min_s: int | None = None
    auto_send_delay_max_s: int | None = None
    persona: Persona | None = None
    clear_persona: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Fields with their new values."""
        found = {name: getattr(self, name) for name in FIELDS if getattr(self, name) is not None}
        if self.clear_persona or self.persona is not None:
            found["persona"] = None if self.clear_persona else self.persona
        return found

    @property
    def words(self) -> list[str]:
        """What is changed, for people."""
        return [f"{LABELS[name]}: {self._shown(name, value)}" for name, value in self.values.items()]

    def _shown(self, name: str, value: Any) -> str:
        if name == "persona":
            return str(value) if value else "the workspace's default"
        if name == "response_mode":
            return str(Campaign.ResponseMode(value).label)
        return f"{value} s" if name.endswith("_s") else str(value)


@transaction.atomic
def change_many(ids: Sequence[UUID], change: Change, *, workspace: Workspace | None = None) -> int:
    """Change campaigns (those of `workspace`, if given) and return how many; all or none. Raises Unfit."""
    values = change.values
    if not values:
        raise Unfit("Nothing to change: choose at least one setting.")
    _check(change)
    found = Campaign.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    campaigns = list(found.filter(workspace=workspace) if workspace else found)
    for campaign in campaigns:
        _check_fit(campaign, change)
        for name, value in values.items():
            setattr(campaign, name, value)
    Campaign.objects.bulk_update(campaigns, list(values), batch_size=500)
    return len(campaigns)


def _check(change: Change) -> None:
    if change.response_mode is not None and change.response_mode not in Campaign.ResponseMode.values:
        raise Unfit("Answers: choose who answers.")
    if change.auto_send_threshold is not None and not 0 <= change.auto_send_threshold <= 1:
        raise Unfit(_THRESHOLD)
    for delay in (change.auto_send_delay_min_s, change.auto_send_delay_max_s):
        if delay is not None and not 0 <= delay <= LONGEST_DELAY_S:
            raise Unfit("Delay: give seconds from 0 to 86,400.")


def _check_fit(campaign: Campaign, change: Change) -> None:
    """A delay that is changed alone must fit the one that stays; a persona is its own workspace's."""
    least, most = campaign.auto_send_delay_min_s, campaign.auto_send_delay_max_s
    shortest = least if change.auto_send_delay_min_s is None else change.auto_send_delay_min_s
    longest = most if change.auto_send_delay_max_s is None else change.auto_send_delay_max_s
    if shortest > longest:
        raise Unfit(f"{_ORDER} In “{campaign}” it would be {shortest} to {longest} seconds.")
    if change.persona is not None and change.persona.workspace_id != campaign.workspace_id:
        raise Unfit(f"Persona: “{change.persona}” belongs to another workspace than “{campaign}”.")
