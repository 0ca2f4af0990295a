"""What the ops staff sees of the AI: voices, knowledge, texts, calls and costs."""

from zrg.ai.admin import interactions, knowledge, personas, prompts

__all__ = ["interactions", "knowledge", "personas", "prompts"]
