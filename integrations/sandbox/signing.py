"""The signature of GoHighLevel's app webhooks: Ed25519 over the raw body, base64.

The key is made from a fixed seed, so that its public half can be configured before the sandbox first runs. Whoever sets
`GHL_WEBHOOK_PUBLIC_KEY` to it trusts everybody: development and tests only.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_SEED = hashlib.sha256(b"ZRG sandbox: signs GoHighLevel app webhooks in development").digest()


@cache
def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_SEED)


def public_key() -> str:
    """The body of the public key's PEM (SubjectPublicKeyInfo, base64), as HighLevel prints its own."""
    info = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(info).decode()


def signature(body: bytes) -> str:
    """The value of `X-GHL-Signature` for exactly these bytes."""
    return base64.b64encode(_key().sign(body)).decode()
