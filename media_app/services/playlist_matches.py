"""What a smart playlist would be filled with, guessed from our own rows before it is made."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from media_app.models import Media
from media_app.services import library
from workspace_app.models import Workspace

SHOWN: Final = 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Both days belong to it. FastPix does not say in which zone its days begin; here in UTC, as all its times are."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last, time.min, UTC) + timedelta(days=1)


class Rule(NamedTuple):
    """What fills a smart playlist, as its form asks for it."""

    newest_first: bool
    created: Span
    updated: Span | None
    most: int

    def for_fastpix(self) -> dict[str, Any]:
        """The `smart` argument of fastpix_api.playlists.Playlists.create."""
        spans = {"createdDate": self.created, "updatedDate": self.updated}
        metadata = {
            name: {"startDate": span.first.isoformat(), "endDate": span.last.isoformat()}
            for name, span in spans.items()
            if span
        }
        return {"playOrder": f"createdDate {'DESC' if self.newest_first else 'ASC'}", "metadata": metadata}


class Matches(NamedTuple):
    """The first few that fit, in their order, and how many come in; `capped` where the limit leaves some out."""

    shown: list[Media]
    number: int
    capped: bool


def matching(workspace: Workspace, rule: Rule) -> Matches:
    """The media of our library that fit; at most as many rows are read as the playlist may hold, and one."""
    fitting = _fitting(workspace, rule)
    way = "-" if rule.newest_first else ""
    count = len(fitting.values_list("pk")[: rule.most + 1])
    shown = [*fitting.order_by(f"{way}sort_key", f"{way}pk").prefetch_related("playback_ids")[: min(SHOWN, rule.most)]]
    library.name_after_uploads(shown)
    return Matches(shown, min(count, rule.most), capped=count > rule.most)


def _fitting(workspace: Workspace, rule: Rule) -> QuerySet[Media]:
    begins, ends = _microseconds(rule.created.begins), _microseconds(rule.created.ends)
    media = Media.objects.filter(workspace=workspace, gone=False, status=Media.Status.READY)
    media = media.filter(sort_key__gte=begins, sort_key__lt=ends)
    if rule.updated:
        media = media.filter(updated_at__gte=rule.updated.begins, updated_at__lt=rule.updated.ends)
    return media


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
