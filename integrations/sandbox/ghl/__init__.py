"""GoHighLevel's side: `/ghl/…` (contract: providers/gohighlevel.md). Calendars come with booking."""
