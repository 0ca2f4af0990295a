"""Perhaps the same person: suggestions, merges, taking them back (spec 03)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads import merging
from leads.models import Merge, MergeSuggestion
from zrg.web.admin_actions import CannotAct, confirmed, count_of, for_one
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, link, pill, short
from zrg.web.admin_filters import AutocompleteFilter, ChoicesDropdownFilter
from zrg.web.admin_secrets import json_block


@admin.register(MergeSuggestion)
class MergeSuggestionAdmin(ReadOnlyAdmin):
    """Perhaps the same person: a human decides."""

    list_display = ("lead_link", "other_link", "workspace", "why", "state", "since")
    list_display_links = ("why",)
    list_select_related = ("workspace", "lead", "other")
    list_filter = (("status", ChoicesDropdownFilter), ("workspace", AutocompleteFilter))
    ordering = ("-pk",)
    actions = ("merge", "dismiss")
    actions_detail = ("merge_this", "dismiss_this")
    fields = ("state", "workspace", "lead_link", "other_link", "reason", "created_at", "decided_at", "decided_by")
    readonly_fields = ("state", "lead_link", "other_link")

    @confirmed(
        "Merge",
        explain="The second lead of each suggestion is merged into the first: everything moves, and its page leads "
        "there. It can be undone for 30 days.",
        submit="Merge",
        at_most=100,
    )
    def merge(self, request: HttpRequest, ids: list[Any]) -> str:
        return _merge_each(self._open(ids), by=request.user)

    @confirmed(
        "Dismiss", explain="They are two different people: it is not suggested again.", submit="Dismiss", at_most=500
    )
    def dismiss(self, request: HttpRequest, ids: list[Any]) -> str:
        chosen = list(self._open(ids))
        for suggestion in chosen:
            merging.dismiss(suggestion, by=request.user)
        return f"{count_of(len(chosen), 'suggestion')} dismissed."

    def fitting(self, obj: MergeSuggestion) -> tuple[str, ...]:
        """Decided once."""
        return ("merge_this", "dismiss_this") if obj.status == MergeSuggestion.Status.OPEN else ()

    merge_this = for_one("merge", "Merge", icon="merge")
    dismiss_this = for_one("dismiss", "Dismiss", icon="close")

    def _open(self, ids: list[Any]) -> QuerySet[MergeSuggestion]:
        return MergeSuggestion.objects.filter(pk__in=ids, status=MergeSuggestion.Status.OPEN).select_related(
            "lead", "other"
        )

    @display(description="Lead")
    def lead_link(self, suggestion: MergeSuggestion) -> SafeString | str:
        return link(suggestion.lead)

    @display(description="Perhaps the same as")
    def other_link(self, suggestion: MergeSuggestion) -> SafeString | str:
        return link(suggestion.other)

    @display(description="Why")
    def why(self, suggestion: MergeSuggestion) -> SafeString | str:
        return short(suggestion.reason)

    @display(description="State", ordering="status")
    def state(self, suggestion: MergeSuggestion) -> SafeString:
        return pill(suggestion.get_status_display(), "warn" if suggestion.status == "open" else "plain")

    @display(description="Since", ordering="created_at")
    def since(self, suggestion: MergeSuggestion) -> SafeString | str:
        return ago(suggestion.created_at)


def _merge_each(suggestions: QuerySet[MergeSuggestion], *, by: Any) -> str:
    """Merge one after another; what cannot be is told."""
    done, refused = 0, []
    for suggestion in suggestions:
        try:
            merging.merge(survivor=suggestion.lead, loser=suggestion.other, by=by)
            done += 1
        except merging.CannotMerge as reason:
            refused.append(str(reason))
    rest = f" {len(refused)} refused: {' '.join(sorted(set(refused)))}" if refused else ""
    return f"{count_of(done, 'pair')} merged.{rest}"


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """Merges, and taking them back."""

    list_display = ("when", "workspace", "loser_link", "survivor_link", "by", "state")
    list_display_links = ("when",)
    list_select_related = ("workspace", "survivor", "loser", "by")
    list_filter = (("workspace", AutocompleteFilter),)
    ordering = ("-pk",)
    actions_detail = ("undo_this",)
    fields = (
        "state",
        "workspace",
        "loser_link",
        "survivor_link",
        "by",
        "created_at",
        "undone_at",
        "undone_by",
        "record_block",
    )
    readonly_fields = ("state", "loser_link", "survivor_link", "record_block")

    @confirmed(
        "Undo merge",
        explain="Everything goes back to where it was; what came after the merge stays with the surviving lead.",
        submit="Undo the merge",
        danger=True,
        at_most=1,
    )
    def undo(self, request: HttpRequest, ids: list[Any]) -> str:
        for done in Merge.objects.filter(pk__in=ids):
            try:
                merging.undo(done, by=request.user)
            except merging.CannotMerge as reason:
                raise CannotAct(str(reason)) from reason
        return "The merge is undone."

    def fitting(self, obj: Merge) -> tuple[str, ...]:
        """For 30 days, once."""
        return ("undo_this",) if obj.may_be_undone(timezone.now()) else ()

    undo_this = for_one("undo", "Undo merge", icon="undo")

    @display(description="When", ordering="created_at")
    def when(self, merge: Merge) -> SafeString | str:
        return ago(merge.created_at)

    @display(description="Merged away")
    def loser_link(self, merge: Merge) -> SafeString | str:
        return link(merge.loser)

    @display(description="Into")
    def survivor_link(self, merge: Merge) -> SafeString | str:
        return link(merge.survivor)

    @display(description="State")
    def state(self, merge: Merge) -> SafeString:
        if merge.undone_at:
            return pill("Undone", "plain")
        return pill("Can be undone", "ok") if merge.may_be_undone(timezone.now()) else pill("Final", "plain")

    @display(description="What moved")
    def record_block(self, merge: Merge) -> SafeString:
        return json_block(merge.record)
