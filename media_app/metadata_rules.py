"""What FastPix keeps of a media's metadata, title and creator, and how a change joins what it holds.

FastPix replaces metadata as a whole (recorded), so a change is merged with what it holds at that moment; and what goes
beyond its limits (documented: 10 pairs, 255 characters) must be refused here, or it would be lost without a word.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

MOST_PAIRS: Final = 10
LONGEST: Final = 255  # characters of a key, a value, a title, a creator


def merged(held: Mapping[str, Any], put: Mapping[str, str], remove: Iterable[str] = ()) -> dict[str, Any]:
    """The metadata `held` with the pairs of `put` added or replaced and the keys of `remove` taken out."""
    taken = set(remove)
    return {key: value for key, value in {**held, **put}.items() if key not in taken}


def problem(pairs: Mapping[str, Any]) -> str:
    """Why FastPix would not keep these pairs, as a sentence; "" where it keeps them all."""
    if len(pairs) > MOST_PAIRS:
        told = _("%(count)d pairs. FastPix keeps %(most)d and drops the rest.")
        return told % {"count": len(pairs), "most": MOST_PAIRS}
    for key, value in pairs.items():
        if not str(key).strip():
            return _("A pair needs a key.")
        if found := too_long(str(key)) or too_long(str(value)):
            return f"{str(key)[:40]}: {found}"
    return ""


def too_long(text: str) -> str:
    """Why FastPix would not keep a text whole, as a sentence; "" where it does."""
    if len(text) <= LONGEST:
        return ""
    told = _("%(count)d characters. FastPix keeps %(most)d and drops the rest.")
    return told % {"count": len(text), "most": LONGEST}
