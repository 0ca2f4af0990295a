"""EmailBison's side: `/emailbison/api/…` (contract: providers/emailbison.md)."""
