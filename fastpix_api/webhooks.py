"""Signatures of webhooks: base64 of HMAC-SHA256 over the raw body, keyed with the base64-decoded secret.

Observed in FastPix's own plugin and example. Nothing else is signed: no timestamp, so freshness is the receiver's to
judge from `createdAt` inside the body.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

HEADER: Final = "FastPix-Signature"


def sign(body: bytes, secret: str) -> str:
    """The signature of these very bytes. Raises ValueError when the secret is not base64."""
    return base64.b64encode(hmac.digest(_key(secret), body, hashlib.sha256)).decode()


def verify(body: bytes, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed the body. Takes as long for a wrong signature as for a right one.

    A secret that is not base64 signs nothing; a missing, empty, over-long or non-ASCII signature is simply wrong.
    """
    claimed = (signature or "").strip().encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(sign(body, secret).encode(), claimed) for secret in secrets if not secret_problem(secret)
    ]
    return any(matches)


def secret_problem(secret: str) -> str | None:
    """What is wrong with a signing secret, in a sentence; None when it can be used."""
    try:
        _key(secret)
    except ValueError as problem:
        return str(problem)
    return None


def _key(secret: str) -> bytes:
    if not secret:
        raise ValueError("The signing secret is empty. Copy it from the webhook's page in the FastPix dashboard.")
    try:
        key = base64.b64decode(secret.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        key = b""
    if not key:
        raise ValueError("The signing secret is not base64. Copy it whole, as the FastPix dashboard shows it.")
    return key
