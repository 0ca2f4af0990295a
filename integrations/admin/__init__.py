"""Connections and deliveries in the admin."""

from integrations.admin import connections, deliveries

__all__ = ["connections", "deliveries"]
