"""Single values of FastPix's JSON, guarded: each reader returns what its column can hold, or UNREAD."""

import math
import re
from collections.abc import Callable
from typing import Any, Final

from fastpix_api import times

# A value of a type that FastPix never sends in its place: the field counts as not said.
UNREAD: Final = object()

# What a BigInteger and an Integer column hold, on every database.
_BIG, _INT = 2**63 - 1, 2**31 - 1
# HH:MM:SS, MM:SS or plain seconds, with or without a fraction
_CLOCK: Final = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,4}):)?(\d{1,12}(?:\.\d{1,9})?)", re.ASCII)
_DEEPEST: Final = 20


def clean(text: str) -> str:
    """Text that every database stores: no NUL, no half of a surrogate pair."""
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode(errors="replace").decode()


def text(length: int) -> Callable[[Any], Any]:
    """Reader of text, cut to `length` characters."""

    def read(value: Any) -> Any:
        return clean(value)[:length] if isinstance(value, str) else UNREAD

    return read


def address(length: int) -> Callable[[Any], Any]:
    """Reader of a URL: half a URL is worse than none, so a longer one is dropped."""

    def read(value: Any) -> Any:
        return UNREAD if not isinstance(value, str) else clean(value) if len(value) <= length else ""

    return read


def word(value: Any) -> Any:
    """A status word in lower case with single spaces, at most 20 characters ("In Queue", "in_queue" → "in queue").

    Recorded in title case, documented in lower case too; words nobody has seen yet are kept.
    """
    if not isinstance(value, str):
        return UNREAD
    return " ".join(clean(value).lower().replace("_", " ").split())[:20] or UNREAD


def flag(value: Any) -> Any:
    """True or False, and nothing that only looks like it."""
    return value if isinstance(value, bool) else UNREAD


def count(value: Any) -> Any:
    """A whole number that an integer column holds, such as pixels."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _INT
    return value if good else UNREAD


def milliseconds(value: Any) -> Any:
    """A duration in ms: "00:03:03", "00:03:03.5" (recorded) or seconds as a number (newest SDKs)."""
    if isinstance(value, str):
        found = _CLOCK.fullmatch(value.strip())
        if not found:
            return UNREAD
        hours, minutes, seconds = found.groups()
        value = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return UNREAD
    good = (isinstance(value, int) or math.isfinite(value)) and 0 <= value <= _BIG / 1000 - 1
    return round(value * 1000) if good else UNREAD


def resolution(value: Any) -> Any:
    """ "1080" and "1080p" are one resolution (both recorded); other words stay."""
    if not isinstance(value, str):
        return UNREAD
    said = clean(value).strip()[:20]
    return f"{said}p" if said.isascii() and said.isdigit() and len(said) < 6 else said


def instant(value: Any) -> Any:
    """A UTC datetime, cut to microseconds."""
    return times.parse(value) or UNREAD


def table(value: Any) -> Any:
    """A JSON object, cleaned."""
    return tidy(value) if isinstance(value, dict) else UNREAD


def tidy(value: Any, depth: int = 0) -> Any:
    """Plain JSON that every database stores and gives back as it was: clean text, no NaN, at most 20 levels deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {clean(str(key)): tidy(one, depth + 1) for key, one in value.items()}
    return [tidy(one, depth + 1) for one in value] if isinstance(value, list) else value
