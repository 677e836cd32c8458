"""What a person does to one media as a whole."""

from celery import current_app
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from events_app.mirror import Said
from fastpix_api import FastPix, NotFound
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


def delete(media: Media, *, by: User, client: FastPix | None = None) -> None:
    """Delete a media at FastPix, for good; the row stays as a tombstone.

    A media that FastPix no longer has counts as deleted, once it is proved that the credentials are of this workspace.
    Raises FastPixError, NotFound only without that proof: then nothing changed here.
    """
    request_id, answered_at = "", timezone.now()
    client = client or client_for(media.workspace)
    try:
        answer = client.media.delete(media.remote_id)
        request_id, answered_at = answer.request_id, answer.answered_at
    except NotFound as missing:
        prove_missing(media, missing, client)
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
