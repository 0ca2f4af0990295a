"""Time-ordered ids: new rows land at the end of an index instead of all over it (RFC 9562, version 7)."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """A new version 7 UUID."""
    return uuid_utils.compat.uuid7()
