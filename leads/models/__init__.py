"""The person: lead, identities, campaign, suppression, timeline, merges (spec 03, 06)."""

from leads.models.assignment import AssignmentEvent, AssignmentSettings
from leads.models.campaigns import Campaign
from leads.models.folding import SEARCHED_TEXT, Folded
from leads.models.identities import LeadIdentity
from leads.models.leads import Lead, LeadQuerySet
from leads.models.merges import UNDO_MERGE_FOR, Merge, MergeSuggestion
from leads.models.privacy import PrivacySettings
from leads.models.suppression import SoftBounce, SuppressionEntry
from leads.models.timeline import TimelineEvent
from leads.models.vocabulary import ChannelKind, Direction, DraftState, LeadStatus, Tag

__all__ = [
    "SEARCHED_TEXT",
    "UNDO_MERGE_FOR",
    "AssignmentEvent",
    "AssignmentSettings",
    "Campaign",
    "ChannelKind",
    "Direction",
    "DraftState",
    "Folded",
    "Lead",
    "LeadIdentity",
    "LeadQuerySet",
    "LeadStatus",
    "Merge",
    "MergeSuggestion",
    "PrivacySettings",
    "SoftBounce",
    "SuppressionEntry",
    "Tag",
    "TimelineEvent",
]
