"""Payloads as people may see them: stream keys, SRT secrets and upload addresses masked, nothing invisible left."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

# Keys under which FastPix sends secrets (documented and observed: srtSecert is a spelling of FastPix's own).
_SECRET: Final = re.compile(
    r"stream_?key|secret|secert|private_?key|password|passphrase|token|signature|authorization|credential",
    re.IGNORECASE,
)
_MASK: Final = "••••"
# Lists and objects down to this depth can be folded.
_FOLDS: Final = 3
# From this depth on they are folded at first: what is in "data" is seen, what is in its lists is one line each.
_SHUT: Final = 2
# Ingest addresses end in the stream key.
_INGEST: Final = frozenset(("rtmp", "rtmps", "srt"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of indented JSON: `tone` is s for text, m for what was masked.

    One that opens folds what it holds; `shut`: it is folded at first; `hint` then stands for what is not seen.
    """

    indent: str
    key: str
    text: str
    end: str = ""
    tone: str = ""
    opens: bool = False
    shut: bool = False
    hint: str = ""
    closes: bool = False


def shown(payload: Any) -> str:
    """A payload as indented JSON, secrets masked; characters that would not be seen are spelled out."""
    return plain(lines(payload))


def lines(payload: Any) -> Iterator[Line]:
    """The same, line by line. Raises RecursionError for one that is nested too deeply."""
    return _lines(masked(payload), "", "", 0)


def _lines(value: Any, key: str, end: str, depth: int) -> Iterator[Line]:
    indent = "  " * depth
    if not isinstance(value, dict | list) or not value:
        tone = ("m" if _MASK in value else "s") if isinstance(value, str) else ""
        yield Line(indent, key, _spelled(value), end, tone)
        return
    if isinstance(value, dict):
        brackets, within = "{}", [(_spelled(name), one) for name, one in value.items()]
    else:
        brackets, within = "[]", [("", one) for one in value]
    folds = 0 < depth <= _FOLDS
    hint = f" {len(within)} {brackets[1]}{end}" if folds else ""
    yield Line(indent, key, brackets[0], opens=folds, shut=folds and depth >= _SHUT, hint=hint)
    for number, (name, one) in enumerate(within, 1):
        yield from _lines(one, name, "," if number < len(within) else "", depth + 1)
    yield Line(indent, "", brackets[1], end, closes=folds)


def plain(told: Iterable[Line]) -> str:
    """Lines as one text."""
    return "\n".join(f"{one.indent}{one.key}{': ' if one.key else ''}{one.text}{one.end}" for one in told)


def _spelled(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


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
