"""What is remembered of a lead after each reply (spec 05, "Lead memory")."""

from __future__ import annotations

from pydantic import BaseModel

from zrg.ai.prompts import Prompt, Tokens, register

UPDATE = "memory.update.v1"


class Remembered(BaseModel):
    """The whole memory, as it should stand now. Short sentences, at most a handful each."""

    objections: list[str]
    constraints: list[str]
    promises: list[str]
    offered_slots: list[str]
    facts: list[str]
    time_zone: str | None


register(
    Prompt(
        key=UPDATE,
        task="parse",
        feature="memory",
        title="Remember what matters of a lead",
        effort="none",
        timeout_s=10,
        tokens=Tokens(scale=0.3, least=400, most=1_000, retry_most=2_000),
        variables=("company", "today"),
        data=("memory", "transcript", "last_inbound"),
        text="""You keep the notes that people of {{ company }} have about one business contact. Today is {{ today }}.
Given the notes so far and the conversation, write the notes as they should stand now.
Keep what still holds, drop what was settled, add what the newest message says. Only what was said, nothing guessed.
objections: reasons against the offer. constraints: such as "not before March" or "only by e-mail".
promises: what either side promised. offered_slots: times that were offered. facts: who they are, what they use, who decides.
time_zone: their IANA time zone if they name a place or zone, else null. At most five short entries in each list.""",
    )
)
