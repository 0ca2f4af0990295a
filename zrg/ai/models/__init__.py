"""What the AI knows of a workspace, what it is told, and what it cost (spec 05). A module per noun."""

from zrg.ai.models.interactions import AIInteraction, AiSpend, BudgetAlert, Outcome
from zrg.ai.models.knowledge import KnowledgeAsset, KnowledgeJob
from zrg.ai.models.personas import Persona
from zrg.ai.models.prompts import PromptOverride, PromptSnippetOverride
from zrg.ai.models.questions import QualificationQuestion
from zrg.ai.models.settings import AiSettings

__all__ = [
    "AIInteraction",
    "AiSettings",
    "AiSpend",
    "BudgetAlert",
    "KnowledgeAsset",
    "KnowledgeJob",
    "Outcome",
    "Persona",
    "PromptOverride",
    "PromptSnippetOverride",
    "QualificationQuestion",
]
