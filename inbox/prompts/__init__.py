"""What the inbox asks of models: every prompt with its answer's schema. Importing the package registers them."""

from inbox.prompts import autosend, drafts, memory, sentiment, signature

__all__ = ["autosend", "drafts", "memory", "sentiment", "signature"]
