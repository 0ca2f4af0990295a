"""One maker per thing a story needs; each returns a saved row with sensible facts."""
