"""What FastPix's events say about media and uploads. Live events are not of this area and stay unhandled here."""

import re
from typing import Final

from events_app import push
from events_app.envelope import Event
from events_app.mirror import Said, Verdict
from events_app.projections import Unprojectable, projects
from media_app import fields, values
from media_app.mirror import hear, is_id
from media_app.models import Upload
from workspace_app import timeline
from workspace_app.models import TimelineEntry

# Documented or inferred (webhooks.md §5): the data of these is the media itself. Everything else under media. and
# mediaAI., known or not, says only that something about the media changed, so FastPix is asked what.
_TELLS_THE_MEDIA: Final = frozenset(
    (
        *(f"media.{word}" for word in ("created", "ready", "failed", "updated", "deleted", "intro.ready")),
        *("media.live_stream.created", "media.live_clip.created", "upload.media_created"),
        *("media.mp4Support.ready", "media.source.ready", "media.source.deleted"),
    )
)
# The type is the only field to branch on (documented); it stands in for a status that is not sent.
_IMPLIED: Final = {"media.ready": "Ready", "media.failed": "Failed"}
# With these, the data is enough to start a row with.
_ENTITY: Final = frozenset(("createdAt", "playbackIds"))


# Not documented; FastPix's WordPress plugin listens for both, with the reason in data.failedReason.
_AI_FAILED: Final = re.compile(r"mediaAI\.(.+)\.(?:failed|errored)")


@projects("media.", "mediaAI.", "upload.media_created")
def media_said(event: Event) -> Verdict:
    """An event about a media. Raises Unprojectable where it names none."""
    if not is_id(event.object_id):
        raise Unprojectable("The event names no media.")
    data = {"status": _IMPLIED.get(event.family), **event.data}
    if failed := _AI_FAILED.fullmatch(event.family):
        # both spellings of this one are documented
        _tell_failure(event, "ai_failed", feature={"named-entities": "namedEntities"}.get(failed[1], failed[1]))
    if event.family == "media.track.failed":
        _tell_failure(event, "track_failed", track=str(event.data.get("id") or "")[:64])
    if event.family == "media.mp4Support.ready":
        event.block.ring(f"media:{event.object_id}")  # the files are made: that is news even where the data is none
    tells = event.family in _TELLS_THE_MEDIA and fields.says_a_media(data, event.object_id)
    said = Said(
        kind="event",
        data=data if tells else {},
        at=event.occurred_at,
        heard_at=event.received_at,
        by="webhook",
        entity=tells and data.keys() >= _ENTITY,
        gone=event.family == "media.deleted",
        event_id=event.event_id,
        event_type=event.type,
    )
    return hear(event.workspace, event.object_id, said, event.block).verdict


def _tell_failure(event: Event, verb: str, **what: str) -> None:
    """Only this event tells why, and answers never repeat it, so it goes into the history; a replay finds it there."""
    reason = values.clean(str(event.data.get("failedReason") or ""))[:300]
    entry = timeline.entry(
        event.workspace,
        "media",
        event.object_id,
        verb,
        source="webhook",
        details={**what, "reason": reason},
        event_id=event.event_id,
        occurred_at=event.occurred_at,
    )
    told = TimelineEntry.objects.filter(workspace=event.workspace, area="media", object_id=entry.object_id)
    if not told.filter(verb=entry.verb, event_id=entry.event_id).exists():
        event.block.tell(entry)
        event.block.ring(f"media:{event.object_id}")


@projects("media.upload")
def upload_opened(event: Event) -> None:
    """An upload address was made: there is no media yet, and the uploads are rows of our own."""


@projects("media.upload.cancelled")
def upload_cancelled(event: Event) -> None:
    """An upload was cancelled, perhaps elsewhere: ours of that session is over too."""
    ours = Upload.objects.filter(workspace=event.workspace, remote_id=event.object_id, state__in=Upload.OPEN)
    if event.object_id and ours.update(state=Upload.State.CANCELLED, session_url="", leased_by="", leased_until=None):
        push.ring(event.workspace, "uploads")
