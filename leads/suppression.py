"""The list every send asks (spec 03): opt-outs, dead addresses, SMS STOP. Nothing goes around it.

An entry stands until a person with the capability lifts it with a reason, or START lifts what an SMS STOP did. The
lead is locked before its entries, everywhere. What a `key` told once is never done again: a replayed event does not
bring back what a person has lifted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from leads import statuses, timeline
from leads.models import ChannelKind, Lead, LeadIdentity, LeadStatus, SoftBounce, SuppressionEntry
from leads.signals import suppression_lifted
from zrg.workspaces.models import User

SOFT_BOUNCES_COUNT_AS_HARD = 3

Reason = SuppressionEntry.Reason

FAMILY: dict[str, ChannelKind] = {
    "email": ChannelKind.EMAIL,
    "phone": ChannelKind.SMS,
    "linkedin_url": ChannelKind.LINKEDIN,
    "linkedin_member": ChannelKind.LINKEDIN,
}

# Whose standing entries a new one takes over: an opt-out must still stand when START or a new address ends the other.
_TAKES_OVER: dict[str, tuple[str, ...]] = {
    Reason.OPT_OUT: (Reason.BOUNCE, Reason.SMS_STOP),
    Reason.MANUAL: (Reason.BOUNCE, Reason.SMS_STOP),
}


def standing(lead: Lead, family: str, values: Iterable[str]) -> SuppressionEntry | None:
    """The entry that forbids writing to one of these normalized values on a channel family; None if none does."""
    wanted = [value for value in values if value]
    if not wanted:
        return None
    entries = SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, lifted_at=None)
    return entries.filter(family=family, value__in=wanted).order_by("created_at").first()


def standing_against(lead: Lead) -> QuerySet[SuppressionEntry]:
    """Every standing entry that was made for this lead or names one of its names."""
    about = Q(lead=lead)
    for kind, value in names_of(lead):
        about |= Q(family=FAMILY[kind], value=value)
    return SuppressionEntry.objects.filter(about, workspace_id=lead.workspace_id, lifted_at=None)


def names_of(lead: Lead) -> list[tuple[str, str]]:
    """The lead's names (kind, value) that something can be sent to."""
    return list(LeadIdentity.objects.filter(lead=lead, kind__in=FAMILY).values_list("kind", "value"))


def add(lead: Lead, names: Iterable[tuple[str, str]], *, reason: str, evidence: str, by: User | None = None) -> None:
    """Put identities (kind, normalized value) on the list. A standing entry stays, but for its weaker reason."""
    wanted = sorted({(FAMILY[kind], value) for kind, value in names if kind in FAMILY and value})
    about = {"reason": reason, "evidence": evidence[:300], "lead": lead, "created_by": by}
    SuppressionEntry.objects.bulk_create(
        [
            SuppressionEntry(workspace_id=lead.workspace_id, family=family, value=value, **about)
            for family, value in wanted
        ],
        ignore_conflicts=True,
    )
    for family, value in wanted if reason in _TAKES_OVER else []:
        weaker = SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, family=family, value=value)
        weaker.filter(lifted_at=None, reason__in=_TAKES_OVER[reason]).update(**about)


def extend(lead: Lead, names: Iterable[tuple[str, str]]) -> None:
    """Names just learned of a lead who asked not to be written to, or of whom a person said so, join its list: they are
    ways to the same person. Nothing for a lead that may be written to, or whose one address is dead."""
    if lead.status != LeadStatus.BLACKLISTED or lead.blacklist_reason == "bounce":
        return
    made_for_it = SuppressionEntry.objects.filter(lead=lead, lifted_at=None).exclude(reason=Reason.BOUNCE)
    first = made_for_it.order_by("created_at", "pk").first()
    if first is not None:
        add(lead, names, reason=first.reason, evidence=first.evidence, by=first.created_by)


def opt_out(
    lead: Lead,
    *,
    sender_names: Iterable[tuple[str, str]],
    evidence: str,
    key: str,
    sms_stop: bool = False,
    at: datetime | None = None,
) -> None:
    """A locked lead asked us to stop: blacklisted on all channels, every identity of who asked goes on the list.

    `sender_names` are the names of a CC replier besides the lead's own; `key` makes a second telling change nothing.
    `at` is when they said it, for the timeline."""
    key = f"opt_out:{key}"
    if timeline.told(lead, key):
        return
    reason = Reason.SMS_STOP if sms_stop else Reason.OPT_OUT
    add(lead, [*names_of(lead), *sender_names], reason=reason, evidence=evidence)
    if not statuses.blacklist(lead, reason="opt_out", why=evidence, at=at, dedupe_key=key):
        text = "Asked again not to be written to"
        timeline.record(lead, kind="opt_out", text=text, why=evidence, tone="danger", at=at, dedupe_key=key)


def hard_bounce(lead: Lead, *, address: str, evidence: str, key: str) -> None:
    """Only that address goes on the list; a locked lead is blacklisted when it is its primary one. Once per `key`."""
    key = f"bounce:{key}"
    if timeline.told(lead, key):
        return
    add(lead, [("email", address)], reason=Reason.BOUNCE, evidence=evidence)
    is_primary = lead.email in {"", address}
    if is_primary and statuses.blacklist(lead, reason="bounce", why=evidence, dedupe_key=key):
        return
    text = f"{address} is dead: not written to any more"
    timeline.record(lead, kind="bounce", text=text, why=evidence, tone="warn", dedupe_key=key)


def soft_bounce(lead: Lead, *, address: str, evidence: str, key: str) -> bool:
    """Count a soft bounce of an address once per `key`; the third counts as hard: True then."""
    _, is_new = SoftBounce.objects.get_or_create(workspace_id=lead.workspace_id, address=address, dedupe_key=key[:400])
    if not is_new:
        return False
    count = _soft_bounces(lead, address)
    timeline.record(
        lead,
        kind="bounce",
        text=f"A message to {address} came back, for now ({count} of {SOFT_BOUNCES_COUNT_AS_HARD})",
        why=evidence,
        tone="warn",
        dedupe_key=f"bounce:{key}",
    )
    if count < SOFT_BOUNCES_COUNT_AS_HARD:
        return False
    hard_bounce(lead, address=address, evidence=f"Third temporary failure. {evidence}", key=f"{key}:third")
    return True


def _soft_bounces(lead: Lead, address: str) -> int:
    """Since a person last said that the address works."""
    lifted = SuppressionEntry.objects.filter(
        workspace_id=lead.workspace_id, family=ChannelKind.EMAIL, value=address, reason=Reason.BOUNCE
    ).aggregate(at=Max("lifted_at"))["at"]
    counted = SoftBounce.objects.filter(workspace_id=lead.workspace_id, address=address)
    return (counted.filter(at__gt=lifted) if lifted else counted).count()


@transaction.atomic
def lift(entry: SuppressionEntry, *, by: User | None, reason: str) -> None:
    """A person (the caller checks that they may) lifts an entry, saying why. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("Say why the suppression is lifted: it is kept with the entry.")
    leads = _locked_leads_of(entry)
    entry = SuppressionEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.lifted_at is not None:
        return
    _close(entry, by=by, reason=reason)
    for lead in leads:
        _tell_lifted(lead, entry, by=by)
        free(lead, why=entry.lift_reason, by=by)


def start(lead: Lead, *, phone: str, key: str, stopped_too: Collection[str] = ()) -> bool:
    """SMS START from a number of a locked lead: lifts only what an SMS STOP did, everything of it; True if there was
    anything. While others of its numbers that sent STOP are silent (`stopped_too`), this one alone is free."""
    stopped = SuppressionEntry.objects.select_for_update().filter(
        workspace_id=lead.workspace_id, lead=lead, reason=Reason.SMS_STOP, lifted_at=None
    )
    entries = list(stopped.order_by("pk"))
    if phone not in {entry.value for entry in entries}:
        return False
    for entry in [entry for entry in entries if not stopped_too or entry.value == phone]:
        _close(entry, by=None, reason="The lead sent START by SMS.")
        _tell_lifted(lead, entry, by=None)
    timeline.record(lead, kind="sms_start", text="Sent START: the SMS stop is lifted", dedupe_key=f"start:{key}")
    free(lead, why="The lead sent START by SMS.", by=None)
    return True


def free(lead: Lead, *, why: str, by: User | None) -> bool:
    """Take a locked lead off the blacklist if nothing holds it there any more; True if it was."""
    if lead.status != LeadStatus.BLACKLISTED:
        return False
    held = held_by(lead)
    if not held:
        statuses.restore(lead, why=why, by=by)
        return True
    if held != lead.blacklist_reason:
        lead.blacklist_reason = held
        lead.save(update_fields=["blacklist_reason", "updated_at"])
    return False


def held_by(lead: Lead) -> str:
    """Why the list keeps a lead blacklisted (opt_out, manual, bounce); empty if it does not.

    An opt-out holds the lead whole; what a person put on the list by hand, if a person blacklisted the lead, too; a
    bounce only while it is the primary address's."""
    left = list(standing_against(lead).values_list("reason", "family", "value"))
    reasons = {reason for reason, _, _ in left}
    if reasons & {Reason.OPT_OUT, Reason.SMS_STOP}:
        return "opt_out"
    if Reason.MANUAL in reasons and lead.blacklist_reason not in {"", "bounce"}:
        return "manual"
    return "bounce" if (Reason.BOUNCE, ChannelKind.EMAIL, lead.email) in left else ""


def _locked_leads_of(entry: SuppressionEntry) -> list[Lead]:
    """The lead it was made for and the one that has the name now, in the order in which everybody locks. Where a merge
    or its undo moved either while these were waited for, they are let go and chosen again."""
    while True:
        before = transaction.savepoint()
        concerned = _concerned(entry)
        leads = list(Lead.objects.select_for_update().filter(pk__in=concerned).order_by("pk"))
        if _concerned(entry) <= concerned:
            transaction.savepoint_commit(before)
            return leads
        transaction.savepoint_rollback(before)


def _concerned(entry: SuppressionEntry) -> set[UUID]:
    kinds = [kind for kind, family in FAMILY.items() if family == entry.family]
    named = LeadIdentity.objects.filter(workspace_id=entry.workspace_id, kind__in=kinds, value=entry.value)
    made_for = SuppressionEntry.objects.filter(pk=entry.pk, lead__isnull=False)
    return {*named.values_list("lead_id", flat=True), *made_for.values_list("lead_id", flat=True)}


def _close(entry: SuppressionEntry, *, by: User | None, reason: str) -> None:
    entry.lifted_at, entry.lifted_by, entry.lift_reason = timezone.now(), by, reason.strip()[:300]
    entry.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])


def _tell_lifted(lead: Lead, entry: SuppressionEntry, *, by: User | None) -> None:
    timeline.record(
        lead, kind="suppression_lifted", text=f"Suppression of {entry.value} lifted", why=entry.lift_reason, by=by
    )
    suppression_lifted.send(sender=SuppressionEntry, lead=lead, entry=entry)
