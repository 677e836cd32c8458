"""Who watched and for how long: FastPix's overall numbers over a span of time, kept for half a minute."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from fastpix_api import Answer
from workspace_app.caching import or_else
from workspace_app.fastpix import client_for
from workspace_app.models import Workspace

KEPT_FOR: Final = 30  # seconds
SMALL_SAMPLE: Final = 500  # views under which a number says little
_MILLISECONDS: Final = 100_000_000_000  # an epoch above this is in ms: FastPix uses both (recorded)


@dataclass(frozen=True)
class Span:
    """A span of time to ask about. `word` stands in addresses, `remote` is FastPix's word."""

    word: str
    remote: str
    label: Any


SPANS: Final = (
    Span("24h", "24:hours", _("Last 24 hours")),
    Span("7d", "7:days", _("Last 7 days")),
    Span("30d", "30:days", _("Last 30 days")),
)


@dataclass(frozen=True)
class Overall:
    """One metric over a span. None: FastPix has no number. Lengths in ms; `first` and `last` is what was counted."""

    value: float | None
    views: int | None
    viewers: int | None
    first: datetime | None
    last: datetime | None
    answered_at: datetime

    @property
    def small(self) -> bool:
        """Whether so few views were counted that the number says little."""
        return self.views is not None and 0 < self.views < SMALL_SAMPLE

    @property
    def hours(self) -> float | None:
        """A length in whole hours, for those too long to be told in minutes; None for shorter ones."""
        return self.value // 3_600_000 if self.value is not None and self.value >= 360_000_000 else None

    @property
    def each(self) -> float | None:
        """The value spread over its views."""
        return self.value / self.views if self.value is not None and self.views else None


def span_of(word: str | None) -> Span:
    """The span an address names; 24 hours for anything else."""
    return next((span for span in SPANS if span.word == word), SPANS[0])


def views(workspace: Workspace, span: Span) -> Overall:
    """How many views there were. Raises FastPixError."""
    return _overall(workspace, "views", "count", span)


def playing_time(workspace: Workspace, span: Span) -> Overall:
    """How long the picture moved in all views together, in ms. Raises FastPixError."""
    return _overall(workspace, "playing_time", "sum", span)


def _overall(workspace: Workspace, metric: str, measurement: str, span: Span) -> Overall:
    key = f"analytics:{workspace.pk}:{metric}:{span.word}"
    held = or_else(lambda: cache.get(key), None)
    if held is None:
        answer = client_for(workspace).metrics.overall(metric, measurement=measurement, timespan=span.remote)
        held = _facts(answer)
        or_else(lambda: cache.set(key, held, KEPT_FOR), None)
    return Overall(**held)


def _facts(answer: Answer) -> dict[str, Any]:
    counted = answer.rest.get("timespan")
    first, last = counted if isinstance(counted, list) and len(counted) == 2 else (None, None)
    return {
        "value": _number(answer.data.get("value")),
        "views": _whole(answer.data.get("totalViews")),
        "viewers": _whole(answer.data.get("uniqueViews")),
        "first": _instant(first),
        "last": _instant(last),
        "answered_at": answer.answered_at,
    }


def _number(value: object) -> float | None:
    """A number FastPix means. Below zero it means that there is none (recorded: the smallest long)."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if fits else None  # type: ignore[arg-type]  # `fits` says so


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _instant(epoch: object) -> datetime | None:
    seconds = _number(epoch)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
