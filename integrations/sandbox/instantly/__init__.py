"""Instantly's side: `/instantly/api/v2/…` (contract: providers/instantly.md)."""
