"""Which function takes which event into the mirror. Areas register theirs in `<app>/projections.py`,
which events_app.apps imports at start-up.
"""

from collections.abc import Callable
from typing import Final

from events_app.envelope import Event, family_of
from events_app.mirror import Verdict

Projection = Callable[[Event], Verdict | None]


class Unprojectable(Exception):
    """An event that no retry will make sense of: it fails at once. Its words are shown, so they hold nothing of it."""


_EXACT: Final[dict[str, Projection]] = {}
_PREFIXES: Final[dict[str, Projection]] = {}


def projects(*families: str) -> Callable[[Projection], Projection]:
    """Register a projection for event types, written without "video."; one that ends in a dot takes all below it.

    The projection gets the event inside a transaction that it shares with a few others, never calls FastPix, and
    returns the mirror's verdict (or None). Whatever it raises is raised again when the event is projected alone. A
    type's own registration wins over a prefix, a longer prefix over a shorter one.
    """

    def register(project: Projection) -> Projection:
        for family in families:
            (_PREFIXES if family.endswith(".") else _EXACT)[family] = project
        return project

    return register


def projection_for(event_type: str) -> Projection | None:
    """The projection of a type as FastPix spells it, or None: such an event stays unhandled."""
    family = family_of(event_type)
    if family in _EXACT:
        return _EXACT[family]
    fitting = [prefix for prefix in _PREFIXES if family.startswith(prefix)]
    return _PREFIXES[max(fitting, key=len)] if fitting else None
