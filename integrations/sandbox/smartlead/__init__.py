"""SmartLead, as its contract describes it."""
