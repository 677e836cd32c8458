"""What FastPix's in-video AI found in a media, as people read it.

The row keeps {status, data} under FastPix's names in `extra`. Documented: `data` is the text of a summary, and of the
others "a map, a list or other structured data", so both are read, and what cannot be is shown as it came.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_app import values
from media_app.models import Media
from media_app.values import UNREAD

FEATURES: Final = ("summary", "chapters", "namedEntities", "moderation")
# The document's text says "available", its example "ready"
_DONE: Final = frozenset(("ready", "available"))
# FastPix documents scores from 0 to 1 and no line between harmless and not: this one is ours.
FLAGGED_FROM: Final = 0.5
_LEVELS: Final[tuple[tuple[float, str | Promise], ...]] = (
    (0.8, _("Very likely")),
    (FLAGGED_FROM, _("Likely")),
    (0.2, _("Unlikely")),
    (0.0, _("Very unlikely")),
)


@dataclass(frozen=True)
class Chapter:
    """One chapter; times in ms from the start, `end` is None where FastPix told none."""

    start: int
    end: int | None
    title: str
    summary: str

    @property
    def seconds(self) -> str:
        """Where it starts, as the player's script reads it, whatever the person's language."""
        return f"{self.start / 1000:.3f}"


@dataclass(frozen=True)
class Entity:
    """A person, place or thing that is named; `count` is None where FastPix told none."""

    name: str
    category: str
    count: int | None


@dataclass(frozen=True)
class Score:
    """How likely something of a category is in the media, from 0 to 1."""

    category: str
    value: float

    @property
    def flagged(self) -> bool:
        """Whether a person should look."""
        return self.value >= FLAGGED_FROM

    @property
    def word(self) -> str | Promise:
        """The score in words."""
        return next(word for least, word in _LEVELS if self.value >= least)


def record(media: Media, feature: str) -> tuple[str, Any]:
    """The status in lower case and the data of a feature; ("", None) where FastPix holds none."""
    held = media.extra.get(feature)
    if not isinstance(held, dict):
        return "", None
    status = values.word(held.get("status"))
    return ("" if status is UNREAD else status), held.get("data")


def is_done(media: Media, feature: str) -> bool:
    """Whether the result is there. A status nobody knows counts as on its way, unless data came with it."""
    status, data = record(media, feature)
    return status in _DONE or (data is not None and status not in ("failed", "preparing"))


def reason(media: Media, feature: str) -> str:
    """Why FastPix failed, where the answer says so (seen in no recording, but in plugins)."""
    held = media.extra.get(feature)
    said = held.get("failedReason") if isinstance(held, dict) else None
    return said[:300] if isinstance(said, str) else ""


def summary(media: Media) -> str:
    """The text of the summary; "" where there is none."""
    data = record(media, "summary")[1]
    inner = data.get("summary") if isinstance(data, dict) else data
    return inner.strip() if isinstance(inner, str) else ""


def chapters(media: Media) -> list[Chapter]:
    """The chapters in the order of their start; those without a start that can be read are left out."""
    found = []
    for one in _items(record(media, "chapters")[1], "chapters"):
        start, end = values.milliseconds(one.get("startTime")), values.milliseconds(one.get("endTime"))
        if start is not UNREAD:
            found.append(Chapter(start, None if end is UNREAD else end, _text(one, "title"), _text(one, "summary")))
    return sorted(found, key=lambda chapter: chapter.start)


def entities(media: Media) -> list[Entity]:
    """The named entities, most often named first."""
    found = []
    for one in _items(record(media, "namedEntities")[1], "namedEntities"):
        name, count = _text(one, "entity", "name", "text"), values.count(one.get("count"))
        if name:
            category = _text(one, "category", "type").replace("_", " ").capitalize()
            found.append(Entity(name, category, None if count is UNREAD else count))
    return sorted(found, key=lambda entity: -(entity.count or 0))


def scores(media: Media) -> list[Score]:
    """The moderation scores, highest first."""
    data = record(media, "moderation")[1]
    found: list[tuple[str, Any]] = [
        (_text(one, "category", "label", "name"), one.get("score", one.get("confidence")))
        for one in _items(data, "moderation")
    ]
    if not found and isinstance(data, dict):
        inner = data["moderation"] if isinstance(data.get("moderation"), dict) else data
        found = list(inner.items())
    good = [Score(name, float(value)) for name, value in found if name and _is_share(value)]
    return sorted(good, key=lambda score: -score.value)


def as_it_came(media: Media, feature: str) -> str:
    """The data of a feature as JSON, for a shape nobody has seen yet; "" where there is none."""
    data = record(media, feature)[1]
    return json.dumps(data, ensure_ascii=False, indent=2) if data else ""


def webvtt(found: list[Chapter], length: int | None) -> str:
    """Chapters as a WebVTT file. `length`: of the media in ms; the last chapter ends with it.

    Each other ends where the next begins: FastPix leaves a second between them (documented example), in which a player
    would show none. A chapter that would be over before it begins gets no cue, as the format forbids it.
    """
    cues = []
    for number, chapter in enumerate(found, 1):
        last = number == len(found)
        end = (length or chapter.end) if last else found[number].start
        if end is not None and end > chapter.start:
            cues.append(f"{number}\n{_stamp(chapter.start)} --> {_stamp(end)}\n{_cue_text(chapter.title, number)}\n")
    return "\n".join(["WEBVTT\n", *cues])


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def _cue_text(title: str, number: int) -> str:
    """One line of cue text: the signs that mean something there are escaped, which also breaks up any "-->"."""
    line = " ".join(title.split()) or str(number)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _items(data: Any, key: str) -> Iterator[dict[str, Any]]:
    """The objects of a list, or of the list that a map holds under the feature's name."""
    inner = data.get(key) if isinstance(data, dict) else data
    yield from (one for one in inner if isinstance(one, dict)) if isinstance(inner, list) else ()


def _text(one: dict[str, Any], *names: str) -> str:
    return next((said.strip() for name in names if isinstance(said := one.get(name), str)), "")


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
