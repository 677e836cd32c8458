"""Clips: media cut out of a media.

FastPix cuts whole seconds (documented), at key frames. It tells neither in a media nor in a list which seconds a clip
holds, so the range is remembered in the history of the media it was cut from.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from events_app import push
from fastpix_api import FastPix, FastPixError
from media_app import reconcile
from media_app.mirror import apply, hear, is_id, partial, whole
from media_app.models import Media, PlaybackId
from media_app.services import playing
from workspace_app import signing_keys, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry, User

MOST: Final = 50  # on a page, as in one of FastPix's
MADE: Final = "clip_made"
# A person waits: what was not looked at by then comes with the next look.
LOOK_SECONDS: Final = 6.0


@dataclass(frozen=True)
class Clip:
    """A clip and the seconds of its source that it holds; None where it was not made here."""

    media: Media
    thumbnail: str
    start: int | None = None
    end: int | None = None

    @property
    def start_ms(self) -> int | None:
        """Where it begins in its source, for the page's clock."""
        return None if self.start is None else self.start * 1000

    @property
    def end_ms(self) -> int | None:
        """Where it ends in its source."""
        return None if self.end is None else self.end * 1000


@dataclass(frozen=True)
class Card:
    """What a media's page shows about clips: those cut from it, and what it was cut from itself."""

    clips: list[Clip]
    source: Media | None
    source_id: str
    itself: Clip | None
    blocked: str


def card(media: Media) -> Card:
    """The clips of a media, newest first, at most 50, and the media it is a clip of."""
    source = Media.objects.filter(workspace=media.workspace, remote_id=media.source_media_id).first()
    return Card(
        clips=_of(media),
        source=source if media.source_media_id else None,
        source_id=media.source_media_id,
        itself=_clip(media, _ranges(media, media.source_media_id)) if media.source_media_id else None,
        blocked=_blocked(media),
    )


def length(media: Media) -> int | None:
    """The media's length in whole seconds, the last one begun counted; None where FastPix told none."""
    return math.ceil(media.duration_ms / 1000) if media.duration_ms else None


def policy(media: Media) -> str:
    """Who can play a clip unless a person says otherwise: whoever can play its source, never more."""
    policies = {playback.access_policy for playback in media.playback_ids.all()}
    return PlaybackId.Policy.PUBLIC if policies == {PlaybackId.Policy.PUBLIC} else PlaybackId.Policy.PRIVATE


def make(
    media: Media,
    *,
    start: int,
    end: int,
    title: str,
    access_policy: str,
    by: User,
    client: FastPix | None = None,
) -> str:
    """Have FastPix cut seconds `start` to `end` out of a media; returns the clip's id.

    Raises FastPixError; after Unreachable the clip may have been made: `look` finds it.
    """
    client = client or client_for(media.workspace)
    cut = {"type": "video", "url": f"fp_mediaId://{media.remote_id}", "startTime": start, "endTime": end}
    answer = client.media.create(inputs=[cut], access_policy=access_policy, title=title)
    clip_id = str(answer.data.get("id") or "")
    details: dict[str, Any] = {"clip": clip_id, "start": start, "end": end, "note": title}
    told: dict[str, Any] = {"source": "person", "by": by, "request_id": answer.request_id}
    timeline.record(media.workspace, "media", media.remote_id, MADE, details=details, **told)
    apply(media.workspace, clip_id, partial(answer, 0))
    _ask(media, clip_id, client)
    push.ring(media.workspace, f"media:{media.remote_id}")
    return clip_id


def look(media: Media, *, client: FastPix | None = None) -> int:
    """Bring in the clips that FastPix lists for a media and this console does not know; returns how many.

    Only the newest 50 are asked about, for some seconds. Raises FastPixError where the list does not come.
    """
    client = client or client_for(media.workspace)
    deadline = time.monotonic() + LOOK_SECONDS
    listed = [str(one.get("id")) for one in client.media.clips(media.remote_id, limit=MOST).data]
    known = Media.objects.filter(workspace=media.workspace, source_media_id=media.remote_id)
    missing = set(listed) - set(known.filter(remote_id__in=listed).values_list("remote_id", flat=True))
    found = 0
    for clip_id in filter(missing.__contains__, listed):
        if time.monotonic() > deadline:
            break
        found += _ask(media, clip_id, client)
    if found:
        push.ring(media.workspace, f"media:{media.remote_id}")
    return found


def _ask(media: Media, clip_id: str, client: FastPix) -> bool:
    """Have the clip's row say all that FastPix does: creating it answers without its title (recorded)."""
    if not is_id(clip_id):
        return False
    with suppress(FastPixError):
        row = Media.objects.filter(workspace=media.workspace, remote_id=clip_id).first()
        if row is not None:
            reconcile.ask(row, by="call", client=client)
        else:
            hear(media.workspace, clip_id, whole(client.media.get(clip_id), 0, by="call"))
        return True
    return False


def _of(media: Media) -> list[Clip]:
    rows = Media.objects.filter(workspace=media.workspace, source_media_id=media.remote_id, gone=False)
    rows = rows.select_related("workspace").prefetch_related("playback_ids").order_by("-sort_key", "-pk")
    found = list(rows[:MOST])
    if not found:
        return []
    ranges, key_id = _ranges(media, media.remote_id), signing_keys.in_use(media.workspace)
    return [_clip(row, ranges, playing.thumbnail(row, width=160, key_id=key_id)) for row in found]


def _clip(row: Media, ranges: dict[str, tuple[int, int]], thumbnail: str = "") -> Clip:
    start, end = ranges.get(row.remote_id, (None, None))
    return Clip(row, thumbnail, start, end)


def _ranges(media: Media, source_id: str) -> dict[str, tuple[int, int]]:
    """Clip id → seconds of its source, of the clips that were made here."""
    told = TimelineEntry.objects.filter(workspace=media.workspace, area="media", object_id=source_id, verb=MADE)
    details = told.values_list("details", flat=True)[:500]
    return {str(one.get("clip")): (int(one["start"]), int(one["end"])) for one in details}


def _blocked(media: Media) -> str:
    if media.gone or media.status == Media.Status.FAILED:
        return _("FastPix has no media here to cut from.")
    if media.status != Media.Status.READY:
        return _("FastPix cuts clips out of a media once it is ready.")
    return ""
