"""Unipile's side, LinkedIn only: `/unipile/api/v1/…` (contract: providers/unipile.md)."""
