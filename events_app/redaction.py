"""Payloads as people may see them: stream keys, SRT secrets and upload addresses masked, nothing invisible left."""

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

# Keys under which FastPix sends secrets (documented and observed: srtSecert is a spelling of FastPix's own).
_SECRET: Final = re.compile(
    r"stream_?key|secret|secert|private_?key|password|passphrase|token|signature|authorization|credential",
    re.IGNORECASE,
)
_MASK: Final = "••••"
# Ingest addresses end in the stream key.
_INGEST: Final = frozenset(("rtmp", "rtmps", "srt"))


def shown(payload: Any) -> str:
    """A payload as indented JSON, secrets masked; characters that would not be seen are spelled out."""
    text = json.dumps(masked(payload), indent=2, ensure_ascii=False)
    return "".join(one if one == "\n" or one.isprintable() else json.dumps(one)[1:-1] for one in text)


def masked(value: Any, *, secret: bool = False) -> Any:
    """The same JSON with every secret replaced; of a URL only what stands before its query stays."""
    if isinstance(value, dict):
        return {key: masked(one, secret=secret or bool(_SECRET.search(key))) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one, secret=secret) for one in value]
    if secret:
        return value if value in (None, "") or isinstance(value, bool) else _mask(value)
    return _address(value) if isinstance(value, str) and "://" in value else value


def _mask(value: Any) -> str:
    text = str(value)
    return f"{text[:4]}{_MASK}" if len(text) >= 16 else _MASK


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return _MASK
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower() in _INGEST:
        return f"{parts.scheme}://{host}/{_MASK}"
    if parts.query or parts.fragment or "@" in parts.netloc:
        return f"{parts.scheme}://{host}{parts.path}?{_MASK}"
    return text
