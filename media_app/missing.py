"""When a GET by id finds nothing: proving that it means "deleted", and never mistaking trouble for it."""

from datetime import timedelta
from typing import Final, Literal

from django.utils import timezone

from events_app.mirror import Change, Said
from fastpix_api import Answer, FastPix, Invalid, NotFound
from media_app import budget
from media_app.mirror import hear
from media_app.models import Media
from workspace_app import timeline
from workspace_app.fastpix import is_proved, prove
from workspace_app.models import TimelineEntry, Workspace

# More than this many, and more than this share of those asked within PASS, is not somebody tidying up.
FEW: Final = 20
SHARE: Final = 0.05
PASS: Final = timedelta(hours=1)


class TooManyMissing(Exception):
    """So much of a library answers 404 that a person has to look before any more of it is taken for deleted."""


def take_for_deleted(
    media: Media, error: NotFound | Invalid, *, read_version: int, by: Literal["poll", "call"], client: FastPix
) -> Change[Media] | None:
    """Mark a media gone that a GET by id, sent at `read_version`, answered 404 or 422 for.

    Only if the same credentials still list the bound workspace now, and have shown it before; else the error is raised
    again. Raises TooManyMissing when a poll finds suspiciously many, and FastPixError from the list call.
    """
    if by == "poll":
        # the list call is on the same account; one that was begun is not left without its proof
        budget.spend(media.workspace)
    listed = prove_missing(media, error, client)
    if by == "poll" and _suspicious(media.workspace):
        _ask_a_person(media.workspace)
        raise TooManyMissing(media.workspace.slug)
    said = Said(
        kind="missing",
        data={},
        at=error.answered_at or listed.answered_at,
        heard_at=timezone.now(),
        by=by,
        read_version=read_version,
        request_id=error.request_id,
    )
    return hear(media.workspace, media.remote_id, said).change


def prove_missing(media: Media, error: NotFound | Invalid, client: FastPix) -> Answer:
    """The list answer that makes `error` mean "deleted"; where it does not, the error is raised again.

    FastPix answers 404 for a media of another workspace too, so credentials that were mixed up look like a deletion.
    """
    listed = client.media.list(limit=1)
    proved_before = is_proved(media.workspace)
    ours = all(prove(media.workspace, str(item.get("workspaceId") or "")) for item in listed.data)
    if not (proved_before and ours):
        raise error
    return listed


def _suspicious(workspace: Workspace) -> bool:
    since = timezone.now() - PASS
    rows = Media.objects.filter(workspace=workspace)
    missing = 1 + rows.filter(gone=True, known_by="poll", known_at__gte=since).count()
    asked = missing + rows.filter(gone=False, settled_at__gte=since).count()
    return missing > FEW and missing > SHARE * asked


def _ask_a_person(workspace: Workspace) -> None:
    told = TimelineEntry.objects.filter(
        workspace=workspace, area="workspace", verb="missing_stopped", occurred_at__gte=timezone.now() - PASS
    )
    if not told.exists():
        timeline.record(workspace, "workspace", workspace.slug, "missing_stopped", source="poll", details={"few": FEW})
