"""What all uploads share: their settings, their session at FastPix, and what a person may do with one."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from events_app import push
from fastpix_api import Broken, FastPix, FastPixError, Invalid, NotFound, Patience, paging
from fastpix_api.resumable import UploadSession
from media_app.models import Upload
from media_app.services import handed_folder
from media_app.services.media_settings import Asked
from workspace_app import hosts, road, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

log = logging.getLogger(__name__)
State = Upload.State
# Google Cloud Storage keeps no larger object; FastPix itself names no size, only 12 h of media
LARGEST_BYTES = 5 * 1024**4
# Recorded: "timeout" of a created upload, in seconds
DEFAULT_TIMEOUT = 14_400
# The entry of the metadata by which an address whose answer got lost is found again
MARK = "console_upload"
# Pages of the addresses nothing was sent to yet, newest first, to look through for it
LOOK_THROUGH = 4
# What a resumed or retried upload does next: one whose bytes the console does not have yet waits for its tab
_ON: Final = Case(
    When(Q(origin=Upload.Origin.HANDED, handed__lt=F("size")), then=Value(State.RECEIVING)),
    default=Value(State.WAITING),
)


class UploadProblem(Exception):
    """Something about an upload that a person must know; `reason` is a word for the page's script."""

    def __init__(self, sentence: str, *, reason: str = "refused", status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.reason, self.status = sentence, reason, status


def write(upload: Upload, *, states: Iterable[str] = Upload.OPEN, holder: str | None = None, **fields: Any) -> bool:
    """One conditional UPDATE; False when the row is in another state by now or is leased by another than `holder`."""
    rows = Upload.objects.filter(pk=upload.pk, state__in=list(states))
    if holder is not None:
        rows = rows.filter(leased_by=holder)
    return bool(rows.update(**fields, updated_at=timezone.now()))


def begin(
    workspace: Workspace,
    by: User,
    file: Mapping[str, Any],
    *,
    among: Collection[str],
    fits: Callable[[int], None] = lambda _size: None,
    **fields: Any,
) -> tuple[Upload, bool]:
    """The row for a file chosen in a browser, and whether it is one this person left unfinished earlier.

    The same file (name, size, fingerprint) is looked for among the origins `among`; a new row has `fields`, once `fits`
    raised nothing about its size. `file` also holds `asked`, and perhaps a `title`. Two tabs that choose it at the same
    moment share the row.
    """
    same = {name: file[name] for name in ("filename", "size", "fingerprint")}
    mine = Upload.objects.filter(workspace=workspace, created_by=by, origin__in=among, **same)
    with transaction.atomic():
        # until the transaction ends nobody else begins an upload for this person
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        left = mine.filter(state__in=Upload.OPEN).order_by("-pk").first()
        if left:
            return left, True
        fits(file["size"])
        asked: Asked = file["asked"]
        told = {"content_type": file["content_type"], **settings_of(asked, file["filename"], file.get("title", ""))}
        upload = Upload.objects.create(workspace=workspace, created_by=by, **told, **same, **fields)
        record(upload, "upload_started", by=by, size=upload.size, **asked.origin)
        changed(upload)
    return upload, False


def settings_of(asked: Asked, filename: str, title: str = "") -> dict[str, Any]:
    """The columns of an upload that say what was asked for."""
    settings = asked.of(filename, title)
    return {"title": settings["title"], "push_settings": settings, "preset": asked.preset}


def changed(upload: Upload) -> None:
    """Tell open pages, once what was written is committed."""
    push.ring(upload.workspace, "uploads")


def record(upload: Upload, verb: str, *, by: User | None, area: str = "upload", **details: Any) -> None:
    """A timeline entry of the upload, or of the media it becomes."""
    timeline.record(
        upload.workspace,
        area,
        upload.remote_id if area == "media" else str(upload.public_id),
        verb,
        source="person" if by else "call",
        by=by,
        details={"filename": upload.filename, **details},
    )


def open_session(upload: Upload, client: FastPix, *, cors_origin: str, browser: bool) -> dict[str, Any]:
    """The upload address FastPix gives; returns the columns to write. Bytes start at 0 again.

    With `browser` the address must first be started by a POST from that very origin (documented). An address that may
    have been made before (its answer was lost) is looked up first: a POST is never repeated blindly.
    Raises FastPixError; UploadProblem when the address lies outside the workspace's storage host.
    """
    # one without the other: an address was asked for, and no answer was kept
    found = _made_before(upload, client, cors_origin) if upload.session_expires_at and not upload.session_url else None
    asked_at = (found and upload.session_expires_at) or timezone.now()
    if not found:
        # written before the order leaves
        write(upload, holder=upload.leased_by, session_url="", session_expires_at=asked_at)
        metadata = upload.push_settings.get("metadata", {}) | {MARK: _mark(upload)}
        settings = upload.push_settings | {"metadata": metadata}
        found = client.uploads.create(cors_origin=cors_origin, settings=settings, browser=browser).data
    url, upload_id = found.get("url"), found.get("uploadId")
    if not isinstance(url, str) or not isinstance(upload_id, str):
        raise Broken("FastPix answered without an upload address.")
    if hosts.origin(url) != hosts.origin(upload.workspace.upload_url):
        raise UploadProblem(
            _("FastPix gave an upload address at %(host)s. Add it as upload storage in the workspace's settings.")
            % {"host": hosts.origin(url) or _("an unknown host")},
            reason="storage",
        )
    seconds = found.get("timeout") or DEFAULT_TIMEOUT
    return {
        "remote_id": upload_id,
        "session_url": url,
        "session_expires_at": asked_at + timedelta(seconds=seconds),
        "offset": 0,
    }


def session_of(upload: Upload) -> UploadSession:
    """The upload's session at storage, reached by the rule for FastPix's API: public addresses, or the sandbox."""
    return UploadSession(upload.session_url, upload.size, http=road.to_storage(upload.workspace))


def _mark(upload: Upload) -> str:
    """Names this file and which of its addresses: the one after the one it has."""
    return f"{upload.public_id} {upload.remote_id}".strip()


def _made_before(upload: Upload, client: FastPix, cors_origin: str) -> dict[str, Any] | None:
    """The address an earlier try was given, None when there is none."""
    for page in paging.pages(client.uploads.list, at_most=LOOK_THROUGH):
        item: dict[str, Any]
        for item in page.data:
            metadata = (item.get("pushMediaSettings") or {}).get("metadata") or {}
            if metadata.get(MARK) == _mark(upload) and item.get("corsOrigin") == cors_origin:
                return item
    return None


def arrived(upload: Upload, client: FastPix) -> bool:
    """Whether FastPix has made the media of this upload: it carries the upload's id (observed). 404, 422: not yet."""
    if not upload.remote_id:
        return False
    try:
        client.media.get(upload.remote_id)
    except (NotFound, Invalid):
        return False
    return True


def finish(upload: Upload, *, holder: str | None = None, error: str = "") -> bool:
    """All bytes are at storage. The session's address is forgotten: nobody needs it any more."""
    done: dict[str, Any] = {
        "state": State.SENT,
        "sent_at": timezone.now(),
        "offset": upload.size,
        "session_url": "",
        "error": error,
    }
    if not write(upload, holder=holder, **done, leased_by="", leased_until=None, next_try_at=None):
        return False
    handed_folder.forget(upload.public_id)
    record(upload, "upload_sent", by=None)
    record(upload, "uploaded", by=upload.created_by, area="media")
    changed(upload)
    return True


def pause(upload: Upload, *, by: User) -> bool:
    """Stop sending; storage keeps what it has."""
    return _move(upload, "upload_paused", by, (State.RECEIVING, State.WAITING, State.SENDING), State.PAUSED)


def resume(upload: Upload, *, by: User) -> bool:
    """Go on from where storage says it stopped."""
    return _move(upload, "upload_resumed", by, (State.PAUSED,), _ON)


def retry(upload: Upload, *, by: User) -> bool:
    """Try again what stopped with an error; goes on from where storage says it stopped."""
    # an order for a URL may have reached FastPix before: a try above 0 makes the worker look before it repeats it
    tries = int(upload.origin == Upload.Origin.URL)
    return _move(upload, "upload_retried", by, (State.STOPPED,), _ON, tries=tries)


def cancel(upload: Upload, *, by: User | None, reason: str = "") -> bool:
    """Give the upload up: the row first, so that whoever sends stops; then FastPix and storage, as far as they answer.

    An address nobody cancelled runs out by itself after `timeout`, so silence there is only logged.
    """
    held = Upload.objects.select_related("workspace").get(pk=upload.pk)
    fields = {"session_url": "", "source_url": "", "error": reason}
    if not _move(upload, "upload_cancelled", by, Upload.OPEN, State.CANCELLED, **fields):
        return False
    handed_folder.forget(held.public_id)
    if held.remote_id and held.origin != Upload.Origin.URL:
        try:
            client_for(held.workspace, patience=Patience.PAGE).uploads.cancel(held.remote_id)
            if "upload_id=" in held.session_url:
                session_of(held).cancel()
        except FastPixError as trouble:
            log.info("upload %s was cancelled here only: %s", held.public_id, trouble.sentence)
    return True


def _move(upload: Upload, verb: str, by: User | None, states: Iterable[str], state: str | Case, **fields: Any) -> bool:
    with transaction.atomic():
        fresh = {"state": state, "error": "", "tries": 0, "next_try_at": None, **fields}
        if not write(upload, states=states, **fresh):
            return False
        record(upload, verb, by=by)
        changed(upload)
    return True
