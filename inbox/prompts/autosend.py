"""May a draft go out without a person? (spec 06, "Auto-send decision")"""

from __future__ import annotations

from pydantic import BaseModel, Field

from zrg.ai.prompts import Prompt, Tokens, register

GATE, EVALUATE = "autosend.gate.v1", "autosend.evaluate.v1"


class Gate(BaseModel):
    """Whether the reply wants an answer at all."""

    should_reply: bool
    reason: str


class Evaluation(BaseModel):
    """How sure the evaluator is that sending is right."""

    confidence: float = Field(ge=0, le=1)
    safe_to_send: bool
    requires_human_review: bool
    reason: str


register(
    Prompt(
        key=GATE,
        task="evaluate",
        feature="autosend",
        title="Does this reply want an answer?",
        effort="low",
        timeout_s=12,
        tokens=Tokens(scale=0.1, least=300, most=600, retry_most=1_200),
        variables=("company",),
        data=("transcript", "last_inbound"),
        text="""You decide whether the newest message to {{ company }} wants an answer now. Mere thanks, acknowledgements and \
goodbyes don't. reason is one short sentence.""",
    ),
    Prompt(
        key=EVALUATE,
        task="evaluate",
        feature="autosend",
        title="May this draft go out by itself?",
        effort="low",
        timeout_s=20,
        tokens=Tokens(scale=0.15, least=500, most=1_200, retry_most=2_400),
        variables=("company",),
        data=("draft", "offer", "knowledge", "scheduling", "transcript", "last_inbound"),
        text="""You decide whether an answer drafted for {{ company }} may be sent without a person reading it.
confidence, from 0 to 1: how sure you are that an experienced salesperson would send exactly this.
safe_to_send: nothing in it is wrong, invented, rude or promises too much, and it answers what was asked.
requires_human_review: the other side is upset, negotiates, asks about law, contracts or data protection, wants a person, \
or the case is unusual. When in doubt, true. reason is one short sentence.""",
    ),
)
