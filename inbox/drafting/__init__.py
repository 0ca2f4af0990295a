"""Writing what we propose to send (spec 06): context, texts, and the checks no model is trusted with."""
