"""What the demo's workspaces tell the machine: offer, voices, knowledge, questions, and which campaigns send by
themselves. The drafts themselves are written by the product from it."""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

from leads.models import Campaign
from zrg.ai import knowledge, questions
from zrg.ai.models import AiSettings, KnowledgeAsset, Persona, QualificationQuestion
from zrg.demo import cast
from zrg.workspaces.models import Workspace

SURE_ENOUGH = 0.8
SHORTEST_DELAY_S, LONGEST_DELAY_S = 60, 120


@dataclass(frozen=True)
class Voice:
    """A persona, and the campaigns that speak with it; the first of a brief is the default."""

    name: str
    persona_name: str
    tone: str
    signature: str
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brief:
    """All that a workspace tells. `sending`: the campaigns that answer by themselves where they are sure enough."""

    service: str
    customer: str
    result: str
    goals: str
    voices: tuple[Voice, ...]
    knowledge: dict[str, str]
    questions: tuple[str, ...]
    sending: tuple[str, ...] = ()


HARBOR = Brief(
    service="Harbor runs payroll for companies with several sites, and reconciles all of them in one run.",
    customer="Operations and finance leaders of companies with 100 to 800 people on two or more sites.",
    result="One afternoon a month for payroll instead of two days.",
    goals="A call of twenty minutes with whoever signs off on payroll.",
    voices=(
        Voice("Nora, office", "Nora Field", "friendly-professional", "Best,\nNora Field\nHarbor Payroll"),
        Voice(
            "Nora, shop floor",
            "Nora Field",
            "plain and brief; no jargon",
            "Nora\nHarbor Payroll",
            campaigns=("Warehouses over 100 people",),
        ),
    ),
    knowledge={
        "Prices": "Teams over 100 people pay $11 a head and month. The first month is free, and there is no set-up fee.",
        "How the switch works": (
            "The switch takes three weeks, and about two hours of your own people's time.\n\n"
            "We run beside your present system until two payrolls agree, then you switch."
        ),
        "Wages with rules of their own": "Prevailing wage and union rates are handled per site, with certified payroll reports.",
        "Reconciling": (
            "Harbor reconciles the payroll of all sites in one run, so hours, rates and taxes agree before anybody is paid."
        ),
    },
    questions=(
        "How many people do you pay, and on how many sites?",
        "Which payroll system do you use today?",
        "Who signs off on a change of payroll?",
    ),
    sending=("Warehouses over 100 people",),
)
NORTHWIND = Brief(
    service="Northwind plans, finances and runs solar roofs for businesses in Colorado.",
    customer="Owners and tenants of commercial roofs over 10,000 square feet.",
    result="A lower power bill from the first month, without money down.",
    goals="The address of the roof and a year of power bills, for an estimate.",
    voices=(
        Voice("Northwind's office", "Northwind Solar", "friendly-professional", "Northwind Solar"),
        Voice("Leo", "Leo Hart", "warm and direct", "Leo Hart\nNorthwind Solar", campaigns=("Roof owners, Colorado",)),
    ),
    knowledge={
        "The estimate": "The estimate is free and needs the address of the roof and a year of power bills.",
        "Leased buildings": "A lease is no obstacle: the contract passes to the next tenant or to the owner.",
        "Savings": "Shops of this size save between $250 and $400 a month on power.",
    },
    questions=("Do you own the building or lease it?", "What is your power bill in a usual month?"),
)
BRIEFS = {cast.HARBOR: HARBOR, cast.NORTHWIND: NORTHWIND}


def brief(house: cast.House, workspace: Workspace) -> None:
    """Tell the machine about a workspace, before anybody writes."""
    told = BRIEFS[house]
    AiSettings.objects.filter(workspace=workspace).update(
        company_name=house.name,
        service_description=told.service,
        ideal_customer_profile=told.customer,
        target_result=told.result,
        goals=told.goals,
    )
    for place, voice in enumerate(told.voices):
        Persona.objects.create(
            workspace=workspace,
            name=voice.name,
            persona_name=voice.persona_name,
            tone=voice.tone,
            greeting="Hi {first_name},",
            signature=voice.signature,
            is_default=place == 0,
        )
    for name, text in told.knowledge.items():
        knowledge.keep_text(KnowledgeAsset(workspace=workspace, name=name), text)
    QualificationQuestion.objects.bulk_create(
        [QualificationQuestion(workspace=workspace, text=text) for text in told.questions]
    )
    questions.put_in_order(workspace)


def give_campaigns_their_way(house: cast.House, workspace: Workspace) -> None:
    """Mode, threshold, delay and persona of the campaigns, which their first mail has made."""
    told = BRIEFS[house]
    personas = {persona.name: persona for persona in Persona.objects.filter(workspace=workspace)}
    for campaign in Campaign.objects.filter(workspace=workspace):
        campaign.persona = next(
            (personas[voice.name] for voice in told.voices if campaign.name in voice.campaigns), None
        )
        if campaign.name in told.sending:
            campaign.response_mode = Campaign.ResponseMode.AI_AUTO_SEND
            campaign.auto_send_threshold = SURE_ENOUGH
            campaign.auto_send_delay_min_s, campaign.auto_send_delay_max_s = SHORTEST_DELAY_S, LONGEST_DELAY_S
        campaign.save()
