"""What a person does to one media as a whole."""

from django.utils import timezone

from events_app.mirror import Said
from fastpix_api import NotFound
from media_app.mirror import apply
from media_app.models import Media
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User


def delete(media: Media, *, by: User) -> None:
    """Delete a media at FastPix, for good; the row stays as a tombstone.

    A media that FastPix no longer has counts as deleted. Raises Unreachable, Unauthorized, Forbidden, Broken: then
    nothing changed here.
    """
    request_id, answered_at = "", timezone.now()
    try:
        answer = client_for(media.workspace).media.delete(media.remote_id)
        request_id, answered_at = answer.request_id, answer.answered_at
    except NotFound as missing:
        request_id = missing.request_id
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        "deleted",
        source="person",
        by=by,
        details={"title": media.title},
        request_id=request_id,
    )
    said = Said(kind="deleted", data={}, at=answered_at, heard_at=timezone.now(), by="call", read_version=media.version)
    apply(media.workspace, media.remote_id, said)
