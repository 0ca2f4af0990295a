"""Signatures of GoHighLevel's marketplace-app webhooks, over the exact raw body (README.md)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings

from integrations.providers.incoming import BadSignature

log = structlog.get_logger(__name__)

_PEM_FRAME = re.compile(r"-----[^-]*-----")

CURRENT = "X-GHL-Signature"
LEGACY = "X-WH-Signature"

# HighLevel's own legacy key, the same for every app; GHL_WEBHOOK_LEGACY_PUBLIC_KEY replaces it should it be rotated.
LEGACY_KEY = (
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC"
    "Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6"
    "dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB"
    "csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv"
    "uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF"
    "3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU"
    "J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp"
    "IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN"
    "h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC"
    "HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ"
    "PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk"
    "T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ=="
)


def is_required() -> bool:
    """An app's bodies must be signed as soon as HighLevel's public key is configured."""
    return bool(settings.GHL_WEBHOOK_PUBLIC_KEY)


def verified(headers: Mapping[str, str], raw: bytes) -> bool:
    """True if HighLevel signed exactly this body; False if it carries no signature (or none can be checked here).

    Raises BadSignature. The current header goes first; the legacy one counts only where the current is absent. A valid
    signature proves HighLevel, not the location."""
    if not is_required():
        return False
    if CURRENT in headers:
        given, key = headers[CURRENT], _key(settings.GHL_WEBHOOK_PUBLIC_KEY)
    elif LEGACY in headers:
        given, key = headers[LEGACY], _key(settings.GHL_WEBHOOK_LEGACY_PUBLIC_KEY or LEGACY_KEY)
    else:
        return False
    _check(key, given, raw)
    return True


def _check(key: object, given: str, raw: bytes) -> None:
    try:
        signature = base64.b64decode(given.strip().encode("latin-1", "replace"), validate=True)
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, raw)
        elif isinstance(key, RSAPublicKey):
            key.verify(signature, raw, PKCS1v15(), SHA256())
        else:
            raise BadSignature("The signature cannot be checked: the configured public key cannot be read.")
    except (InvalidSignature, binascii.Error, ValueError):
        raise BadSignature("The signature does not fit the body.") from None


@lru_cache(maxsize=8)
def _key(configured: str) -> object:
    """The key of a PEM text or of its base64 body alone; None if it is neither."""
    base64_body = "".join(_PEM_FRAME.sub("", configured.replace("\\n", "\n")).split())
    pem = f"-----BEGIN PUBLIC KEY-----\n{base64_body}\n-----END PUBLIC KEY-----\n"
    try:
        return load_pem_public_key(pem.encode("latin-1", "replace"))
    except ValueError as error:
        log.error("ghl_webhook_public_key_unreadable", error=type(error).__name__)
        return None
