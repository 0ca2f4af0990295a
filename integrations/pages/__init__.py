"""The tab "Integrations" of the settings: a workspace's own people connect, test and mend its accounts (spec 01)."""
