"""Tokens for private playback: a JWT signed with one of the workspace's signing keys."""

import base64
import binascii
import re
import time
from datetime import timedelta
from typing import Final, Literal

import jwt

_PEM: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", re.DOTALL)


def mint(
    private_key: str,
    key_id: str,
    playback_id: str,
    *,
    lifetime: timedelta,
    audience: Literal["media", "drm"] = "media",
) -> str:
    """A token that plays `playback_id` from now until `lifetime` is over.

    `private_key` as create_signing_key answers it: base64 of a PEM, whose body may stand on one line (recorded); a PEM
    itself is taken too. `audience`: media for stream, thumbnail and sprite sheet, drm for licences. Raises ValueError,
    without the key in its text, when the key cannot be read. Documented: RS256, kid in header and payload, iss
    fastpix.com; sub is empty as in the documented example, it is not enforced (observed).
    """
    now = int(time.time())
    claims = {
        "kid": key_id,
        "aud": f"{audience}:{playback_id}",
        "iss": "fastpix.com",
        "sub": "",
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
    }
    try:
        return jwt.encode(claims, pem(private_key), algorithm="RS256", headers={"kid": key_id})
    except (ValueError, TypeError, jwt.PyJWTError):
        pass
    # raised out here, so that nothing of the key hangs on to the error
    raise ValueError("The private key of the signing key cannot be read. Create a new signing key.")


def pem(private_key: str) -> str:
    """The private key as a PEM with its body in lines of 64, the form every parser reads.

    `private_key` as for `mint`. Raises ValueError, without the key in its text, when it holds no PEM.
    """
    text = private_key.strip()
    if not text.startswith("-----BEGIN"):
        try:
            text = base64.b64decode(text, validate=True).decode("ascii")
        except (binascii.Error, UnicodeError):
            raise ValueError("not base64") from None
    found = _PEM.search(text)
    if not found:
        raise ValueError("not a PEM")
    body = "".join(found[2].split())
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {found[1]}-----\n{lines}\n-----END {found[1]}-----\n"
