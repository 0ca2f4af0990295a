"""What the inbox asks of models: every prompt, and the schema of its answer. Importing the package registers them."""

from pydantic import BaseModel

from inbox.prompts import autosend, drafts, memory, sentiment, signature

__all__ = ["SCHEMAS", "autosend", "drafts", "memory", "sentiment", "signature"]

SCHEMAS: dict[str, type[BaseModel]] = {
    sentiment.ANALYZE: sentiment.EmailReading,
    sentiment.CLASSIFY: sentiment.Reading,
    memory.UPDATE: memory.Remembered,
    signature.CONTEXT: signature.SignatureAnswer,
    drafts.STRATEGY: drafts.Strategy,
    drafts.WRITE: drafts.EmailText,
    drafts.VERIFY: drafts.Verification,
    drafts.SMS: drafts.ShortText,
    drafts.LINKEDIN: drafts.ShortText,
    autosend.GATE: autosend.Gate,
    autosend.EVALUATE: autosend.Evaluation,
}
