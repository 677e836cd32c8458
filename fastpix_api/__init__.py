"""The FastPix client: what FastPix offers, said once. No Django in here.

`FastPix` → resources → `Road.call` → requests. Payloads stay plain JSON. Beside it, each in its module: `webhooks`
(signatures), `playback_token` (private playback), `resumable` (sending a file to storage), `times`.
"""

from fastpix_api.answer import Answer
from fastpix_api.client import FastPix
from fastpix_api.errors import (
    Broken,
    Conflict,
    EmptyFile,
    FastPixError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Refused,
    SessionGone,
    SourceChanged,
    Unauthorized,
    Unreachable,
)
from fastpix_api.road import Patience

__all__ = [
    "Answer",
    "Broken",
    "Conflict",
    "EmptyFile",
    "FastPix",
    "FastPixError",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Patience",
    "RateLimited",
    "Refused",
    "SessionGone",
    "SourceChanged",
    "Unauthorized",
    "Unreachable",
]
