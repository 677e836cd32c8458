"""What a person does to one media as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from events_app.mirror import Said
from fastpix_api import FastPix, Invalid, NotFound
from media_app import importing
from media_app.mirror import apply
from media_app.missing import prove_missing
from media_app.models import Media
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace


class WorkersAway(Exception):
    """The broker does not take work, so nothing was started; `sentence` says so to the person."""

    perhaps_done = False

    @property
    def sentence(self) -> str:
        return _("The workers cannot be reached, so nothing was started. Try again in a moment.")


@dataclass(frozen=True)
class Deletion:
    """FastPix has a media no more: its answer to our DELETE, or (`found`) that it had gone before."""

    request_id: str
    answered_at: datetime
    found: bool = False


def delete(media: Media, *, by: User, client: FastPix | None = None) -> None:
    """Delete a media at FastPix, for good; the row stays as a tombstone.

    A media that FastPix no longer has counts as deleted, once it is proved that the credentials are of this workspace.
    Raises FastPixError, NotFound only without that proof: then nothing changed here.
    """
    take_deletion(media, ask_deletion(media, client or client_for(media.workspace)), by=by)


def ask_deletion(media: Media, client: FastPix) -> Deletion:
    """Have FastPix delete it. Raises as `delete`; nothing is written here yet."""
    try:
        answer = client.media.delete(media.remote_id)
    except (NotFound, Invalid) as missing:
        if isinstance(missing, Invalid) and not missing.names_unknown_id:
            raise
        return found_deleted(media, missing, client)
    return Deletion(answer.request_id, answer.answered_at)


def found_deleted(media: Media, missing: NotFound | Invalid, client: FastPix) -> Deletion:
    """What a 404 means once it is proved to mean "deleted"; else it is raised again, or the proof's FastPixError."""
    listed = prove_missing(media, missing, client)
    return Deletion(missing.request_id, missing.answered_at or listed.answered_at, found=True)


def take_deletion(media: Media, told: Deletion, *, by: User | None, details: Mapping[str, Any] | None = None) -> None:
    """Write down that a person had it deleted: in its history, and the row as a tombstone."""
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        "deleted",
        source="person",
        by=by,
        details={"title": media.title, **(details or {})},
        request_id=told.request_id,
    )
    said = Said(
        kind="deleted", data={}, at=told.answered_at, heard_at=timezone.now(), by="call", read_version=media.version
    )
    apply(media.workspace, media.remote_id, said)


def import_existing(workspace: Workspace, *, by: User) -> None:
    """Have a worker bring in what the FastPix workspace already holds.

    The order is a row: a worker that dies over it, or a message that gets lost, only delays it. Raises WorkersAway.
    """
    ordered = importing.order(workspace)
    try:
        # by name: the task's module belongs to the workers
        current_app.send_task("media_app.import_existing", args=[workspace.pk], queue="calls")
    except OperationalError as error:
        if ordered:
            importing.withdraw(workspace)
        raise WorkersAway from error
    timeline.record(workspace, "workspace", workspace.slug, "import_asked", source="person", by=by)
