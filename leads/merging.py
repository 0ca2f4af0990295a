"""Two leads into one, and back (spec 03): in one transaction, undoable for 30 days.

The record of a merge holds what moved and what was overwritten, so that the undo puts exactly that back. Floors above
move their own rows when they hear `leads_merged` and note them in the record under a key of their own."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads import statuses, suppression, timeline
from leads.models import (
    AssignmentEvent,
    Lead,
    LeadIdentity,
    LeadStatus,
    Merge,
    MergeSuggestion,
    SuppressionEntry,
    TimelineEvent,
)
from leads.signals import leads_merged, merge_undone
from zrg.workspaces.models import User

_FILLED = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "linkedin_url",
    "title",
    "company",
    "website",
    "state",
    "timezone",
)
_TIMES = ("last_message_at", "last_inbound_at", "last_reply_at", "last_email_reply_at", "last_outbound_at")
_LATEST = ("last_message_direction", "last_message_channel", "last_message_by", "preview")
_FLAGS = ("has_email", "has_sms", "has_linkedin", "is_unread", "needs_reply", "send_failed")
_KEPT = (*_FILLED, *_TIMES, *_LATEST, *_FLAGS, "thread_version")
_STANDING = ("status", "tag", "blacklist_reason")
_MOVED: dict[str, Any] = {"timeline": TimelineEvent, "suppressions": SuppressionEntry, "assignments": AssignmentEvent}


class CannotMerge(Exception):
    """Refused, with a reason a person can read."""


@transaction.atomic
def merge(*, survivor: Lead, loser: Lead, by: User) -> Merge:
    """Merge `loser` into `survivor`: everything moves, the loser stays as a tombstone that redirects.

    Raises CannotMerge for leads of different workspaces, the same lead, or one that is merged already."""
    if survivor.pk == loser.pk or survivor.workspace_id != loser.workspace_id:
        raise CannotMerge("Choose two different leads of one workspace.")
    locked = {
        lead.pk: lead for lead in Lead.objects.select_for_update().filter(pk__in=[survivor.pk, loser.pk]).order_by("pk")
    }
    survivor, loser = locked[survivor.pk], locked[loser.pk]
    if survivor.merged_into_id or loser.merged_into_id:
        raise CannotMerge("One of these leads is merged into another already.")
    record: dict[str, Any] = {"survivor_before": _snapshot(survivor), "identities": _identities(survivor, loser)}
    for key, model in _MOVED.items():
        record[key] = _move(model, loser, survivor)
    leads_merged.send(sender=Lead, survivor=survivor, loser=loser, record=record)
    _combine(survivor, loser)
    _blacklist_both(survivor, loser, by=by)
    record["survivor_after"] = _snapshot(survivor)
    loser.merged_into, loser.needs_reply, loser.is_unread = survivor, False, False
    loser.save(update_fields=["merged_into", "needs_reply", "is_unread", "updated_at"])
    done = Merge.objects.create(
        workspace_id=survivor.workspace_id, survivor=survivor, loser=loser, by=by, record=record
    )
    pair = sorted([survivor.pk, loser.pk], key=str)
    MergeSuggestion.objects.filter(lead_id=pair[0], other_id=pair[1]).update(
        status=MergeSuggestion.Status.MERGED, decided_at=timezone.now(), decided_by=by
    )
    record["suggestions"] = _pass_on_suggestions(loser, survivor, by=by)
    done.save(update_fields=["record"])
    timeline.record(survivor, kind="merged", text=f"Merged with {loser.name}", by=by, did="Can be undone for 30 days.")
    return done


@transaction.atomic
def undo(done: Merge, *, by: User) -> None:
    """Put everything back as it was; what came after the merge stays with the survivor. Raises CannotMerge."""
    done = Merge.objects.select_for_update().get(pk=done.pk)
    if not done.may_be_undone(timezone.now()):
        raise CannotMerge("This merge was undone already, or is older than 30 days.")
    leads = {
        lead.pk: lead
        for lead in Lead.objects.select_for_update().filter(pk__in=[done.survivor_id, done.loser_id]).order_by("pk")
    }
    survivor, loser = leads[done.survivor_id], leads[done.loser_id]
    if survivor.merged_into_id:
        raise CannotMerge("The surviving lead was merged further. Undo that merge first.")
    for key, model in _MOVED.items():
        model.objects.filter(pk__in=done.record[key], lead=survivor).update(lead=loser)
    _give_back_identities(done.record["identities"], survivor, loser)
    _restore_facts(survivor, before=done.record["survivor_before"], after=done.record["survivor_after"])
    _give_back_suggestions(done.record.get("suggestions", []))
    merge_undone.send(sender=Lead, survivor=survivor, loser=loser, record=done.record)
    loser.merged_into = None
    loser.save(update_fields=["merged_into", "updated_at"])
    for lead in (survivor, loser):
        _keep_blacklisted(lead, by=by)
    done.undone_at, done.undone_by = timezone.now(), by
    done.save(update_fields=["undone_at", "undone_by"])
    timeline.record(survivor, kind="unmerged", text=f"The merge with {loser.name} was undone", by=by)


@transaction.atomic
def dismiss(suggestion: MergeSuggestion, *, by: User) -> None:
    """A person says: two different people."""
    MergeSuggestion.objects.filter(pk=suggestion.pk, status=MergeSuggestion.Status.OPEN).update(
        status=MergeSuggestion.Status.DISMISSED, decided_at=timezone.now(), decided_by=by
    )


def _snapshot(lead: Lead) -> dict[str, Any]:
    return {column: getattr(lead, column) for column in (*_FILLED, *_STANDING)}


def _identities(survivor: Lead, loser: Lead) -> list[dict[str, Any]]:
    """Move the loser's names; a kind keeps one primary, the survivor's."""
    taken = set(LeadIdentity.objects.filter(lead=survivor, primary=True).values_list("kind", flat=True))
    moved = []
    for identity in LeadIdentity.objects.select_for_update().filter(lead=loser).order_by("pk"):
        moved.append({"id": identity.pk, "primary": identity.primary})
        identity.lead = survivor
        identity.primary = identity.primary and identity.kind not in taken
        identity.save(update_fields=["lead", "primary"])
    return moved


def _give_back_identities(moved: list[dict[str, Any]], survivor: Lead, loser: Lead) -> None:
    for entry in moved:
        LeadIdentity.objects.filter(pk=entry["id"], lead=survivor).update(lead=loser, primary=entry["primary"])


def _pass_on_suggestions(loser: Lead, survivor: Lead, *, by: User) -> list[dict[str, Any]]:
    """Open suggestions about the loser are about the survivor now; one that is there already is closed with the merge.
    Returns them as they were."""
    about = MergeSuggestion.objects.select_for_update().filter(Q(lead=loser) | Q(other=loser))
    moved = []
    for suggestion in about.filter(status=MergeSuggestion.Status.OPEN).order_by("pk"):
        moved.append({"id": suggestion.pk, "lead": str(suggestion.lead_id), "other": str(suggestion.other_id)})
        third = suggestion.other_id if suggestion.lead_id == loser.pk else suggestion.lead_id
        first, second = sorted([survivor.pk, third], key=str)
        if third == survivor.pk or MergeSuggestion.objects.filter(lead_id=first, other_id=second).exists():
            suggestion.status = MergeSuggestion.Status.MERGED
            suggestion.decided_at, suggestion.decided_by = timezone.now(), by
        else:
            suggestion.lead_id, suggestion.other_id = first, second
        suggestion.save()
    return moved


def _give_back_suggestions(moved: list[dict[str, Any]]) -> None:
    """Unless somebody has decided since, each is open again about the lead it was about."""
    for entry in moved:
        mine = MergeSuggestion.objects.filter(pk=entry["id"])
        was_closed = Q(status=MergeSuggestion.Status.MERGED, lead_id=entry["lead"], other_id=entry["other"])
        mine.filter(Q(status=MergeSuggestion.Status.OPEN) | was_closed).update(
            lead_id=entry["lead"],
            other_id=entry["other"],
            status=MergeSuggestion.Status.OPEN,
            decided_at=None,
            decided_by=None,
        )


def _move(model: Any, loser: Lead, survivor: Lead) -> list[Any]:
    rows = model.objects.filter(lead=loser)
    if model is TimelineEvent:  # what both were told (a replay between two merges) stays where it is
        told = TimelineEvent.objects.filter(lead=survivor).exclude(dedupe_key="").values("dedupe_key")
        rows = rows.exclude(dedupe_key__in=told)
    ids = [str(pk) if not isinstance(pk, int) else pk for pk in rows.values_list("pk", flat=True)]
    model.objects.filter(pk__in=ids).update(lead=survivor)
    return ids


def _combine(survivor: Lead, loser: Lead) -> None:
    """Empty facts are filled, nothing is overwritten; rollups take the later."""
    for column in _FILLED:
        if not getattr(survivor, column):
            setattr(survivor, column, getattr(loser, column))
    if loser.last_message_at and (survivor.last_message_at is None or loser.last_message_at > survivor.last_message_at):
        for column in _LATEST:
            setattr(survivor, column, getattr(loser, column))
    for column in _TIMES:
        times = [time for time in (getattr(survivor, column), getattr(loser, column)) if time]
        setattr(survivor, column, max(times, default=None))
    for column in _FLAGS:
        setattr(survivor, column, getattr(survivor, column) or getattr(loser, column))
    survivor.needs_reply = survivor.needs_reply and not _is_answered(survivor)
    survivor.thread_version += loser.thread_version + 1
    survivor.save(update_fields=[*_KEPT, "updated_at"])


def _is_answered(lead: Lead) -> bool:
    """Our last word is later than theirs, whichever of the two leads each was said to."""
    return bool(lead.last_outbound_at and (lead.last_reply_at is None or lead.last_outbound_at >= lead.last_reply_at))


def _blacklist_both(survivor: Lead, loser: Lead, *, by: User) -> None:
    """A blacklist holds for both; but the loser's dead address only if the survivor has no other."""
    if loser.status != LeadStatus.BLACKLISTED:
        return
    if loser.blacklist_reason == "bounce" and survivor.email != loser.email:
        return
    why = f"{loser.name}, merged into this lead, was blacklisted."
    statuses.blacklist(survivor, reason=loser.blacklist_reason or "manual", why=why, by=by)


def _restore_facts(survivor: Lead, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """What the merge itself wrote is taken out again, unless somebody changed it since; and whoever waits for the
    survivor's lock is told that names of it may be another lead's now."""
    written = [column for column in before if before[column] != after[column]]
    changed = [column for column in written if getattr(survivor, column) == after[column]]
    for column in (*changed, *_given_back(survivor)):
        setattr(survivor, column, before[column])
        LeadIdentity.objects.filter(lead=survivor, kind=column, value=before[column]).update(primary=True)
    survivor.unmerges += 1
    survivor.save(update_fields=[*before, "unmerges", "updated_at"])


def _given_back(survivor: Lead) -> list[str]:
    """Which of its primary names (columns are called as their kinds) went back to the other lead."""
    own = set(LeadIdentity.objects.filter(lead=survivor).values_list("kind", "value"))
    shown = [(column, getattr(survivor, column)) for column in ("email", "phone", "linkedin_url")]
    return [column for column, value in shown if value and (column, value) not in own]


def _keep_blacklisted(lead: Lead, *, by: User) -> None:
    """An opt-out or a dead address of the time they were one stays with whom it concerns."""
    reason = suppression.held_by(lead)
    if reason:
        statuses.blacklist(lead, reason=reason, why="It stands on the suppression list.", by=by)
