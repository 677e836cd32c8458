"""Upload URLs nothing was sent to yet, as FastPix lists them: whose they are, sending a file to one, cancelling one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fastpix_api import FastPix, NotFound, SessionGone, paging
from fastpix_api.resumable import UploadSession
from media_app.models import Upload
from media_app.services import handed_files, uploads, url_imports
from media_app.services.file_names import title_of
from media_app.services.uploads import DEFAULT_TIMEOUT, MARK, State, UploadProblem
from workspace_app import hosts, road, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

PAGE: Final = 25
_SIGNED_AT: Final = re.compile(r"[?&]X-Goog-Date=(\d{8}T\d{6}Z)", re.ASCII)
_KEPT: Final = ("metadata", "mediaQuality", "sourceAccess", "optimizeAudio")


@dataclass(frozen=True)
class Unused:
    """One upload URL. `upload`: the console's own row for it, if it is this console's."""

    said: Mapping[str, Any]
    upload: Upload | None

    @property
    def upload_id(self) -> str:
        """FastPix's uploadId, which the media would have too."""
        return str(self.said.get("uploadId", ""))

    @property
    def can_be_named(self) -> bool:
        """Whether its id is one that an act can name: a UUID (recorded)."""
        try:
            return str(UUID(self.upload_id)) == self.upload_id
        except ValueError:
            return False

    @property
    def status(self) -> str:
        """FastPix's word, unless its time is over: FastPix has no word for that (documented: `waiting` only)."""
        return "expired" if self.is_over else str(self.said.get("status", "waiting"))

    @property
    def url(self) -> str:
        """Where to send to: a bearer secret, for no page."""
        return str(self.said.get("url", ""))

    @property
    def cors_origin(self) -> str:
        """From which page a browser may send to it; "*" for any."""
        return str(self.said.get("corsOrigin", ""))

    @property
    def created_at(self) -> datetime | None:
        """When its address was signed (observed: FastPix's list has no other date)."""
        found = _SIGNED_AT.search(self.url)
        try:
            return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
        except ValueError:
            return None

    @property
    def expires_at(self) -> datetime | None:
        """Recorded: `timeout` seconds after it was made."""
        seconds = self.said.get("timeout")
        lasting = seconds if isinstance(seconds, int) and 0 < seconds < 10**7 else DEFAULT_TIMEOUT
        return self.created_at and self.created_at + timedelta(seconds=lasting)

    @property
    def left_ms(self) -> float:
        """How long it still takes a file."""
        return (self.expires_at - timezone.now()).total_seconds() * 1000 if self.expires_at else 0

    @property
    def is_over(self) -> bool:
        """Whether storage takes nothing more at it."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_busy(self) -> bool:
        """Whether an upload of this console sends, or will send, its own file to it."""
        return self.upload is not None and self.upload.state in (*Upload.OPEN, State.SENT)

    @property
    def settings(self) -> dict[str, Any]:
        """What was asked for when it was made, as far as FastPix repeats it (recorded), as pushMediaSettings."""
        told = self.said.get("pushMediaSettings")
        told = told if isinstance(told, dict) else {}
        playback: dict[str, Any] = next(iter(told.get("playbackIds") or []), {})
        asked = {name: playback[name] for name in ("accessPolicy", "accessRestrictions") if playback.get(name)}
        return {"accessPolicy": "public", **asked, **{name: told[name] for name in _KEPT if told.get(name)}}

    @property
    def metadata(self) -> dict[str, Any]:
        """Its pairs, without the console's own."""
        pairs = self.settings.get("metadata", {})
        return {key: value for key, value in pairs.items() if key not in (MARK, url_imports.MARK)}


@dataclass(frozen=True)
class Page:
    """One page of what FastPix lists now; `number` of `pages`."""

    items: list[Unused]
    number: int
    pages: int
    total: int


def listed(workspace: Workspace, number: int) -> Page:
    """One page, newest first: one call. Raises FastPixError."""
    answer = client_for(workspace).uploads.list(limit=PAGE, offset=number)
    told = answer.pagination or {}
    return Page(
        _named(workspace, answer.data), number, int(told.get("offsetCount") or 1), int(told.get("totalRecords") or 0)
    )


def reuse(workspace: Workspace, by: User, file: Mapping[str, Any], upload_id: UUID, *, origin: str) -> Upload:
    """A row that sends this file to an unused URL; straight from the page where the URL allows its origin.

    Else the console takes the file and a worker sends it, if the console takes files. Raises FastPixError;
    UploadProblem when the URL is gone, over, another upload's, or holds a part of another file.
    """
    client = client_for(workspace)
    found = _found(workspace, client, upload_id)
    if found.is_over:
        raise _no(_("This URL ran out. Upload the file as a new one."))
    direct = found.cors_origin in ("*", origin)
    if not direct and not settings.HANDED_MAX_BYTES:
        told = _("This URL takes files from pages of %(origin)s only.")
        raise _no(told % {"origin": found.cors_origin or _("another site")})
    url = _empty_session(workspace, found, file, start=not direct)
    kind = {"origin": Upload.Origin.BROWSER} if direct else {"origin": Upload.Origin.HANDED, "state": State.RECEIVING}
    title = file.get("title") or title_of(file["filename"])
    with transaction.atomic():
        # two who choose the same URL: until the transaction ends nobody else takes one of this workspace
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        if Upload.objects.filter(workspace=workspace, remote_id=found.upload_id, state__in=Upload.OPEN).exists():
            raise _taken()
        if not direct:
            handed_files.fits(file["size"])
        upload = Upload.objects.create(
            workspace=workspace,
            created_by=by,
            title=title,
            push_settings={**found.settings, "title": title},
            remote_id=found.upload_id,
            session_url=url,
            session_expires_at=found.expires_at or timezone.now() + timedelta(seconds=DEFAULT_TIMEOUT),
            **{name: file[name] for name in ("filename", "size", "fingerprint", "content_type")},
            **kind,
        )
        uploads.record(upload, "upload_reused", by=by, size=upload.size)
        uploads.changed(upload)
    return upload


def free(workspace: Workspace, upload_id: UUID) -> Unused:
    """An unused URL that may be cancelled, as FastPix lists it now. Raises FastPixError; UploadProblem when it is gone
    or an upload of this console uses it."""
    found = _found(workspace, client_for(workspace), upload_id)
    if found.is_busy:
        raise _taken()
    return found


def cancel(workspace: Workspace, by: User, upload_id: UUID) -> None:
    """Cancel an unused URL at FastPix. Raises as `free` does."""
    free(workspace, upload_id)
    client = client_for(workspace)
    answer = client.uploads.cancel(str(upload_id))
    details = {"upload": str(upload_id)}
    told: timeline.Told = {"source": "person", "by": by, "details": details, "request_id": answer.request_id}
    timeline.record(workspace, "workspace", workspace.slug, "url_cancelled", **told)


def _named(workspace: Workspace, items: list[dict[str, Any]]) -> list[Unused]:
    """Each with the row of this console it belongs to: by FastPix's id, or by the mark of one whose answer was lost."""
    marks = {str(item.get("uploadId")): _marked(item) for item in items}
    rows = Upload.objects.filter(workspace=workspace).defer("session_url", "source_url")
    by_id = {row.remote_id: row for row in rows.filter(remote_id__in=list(marks)).order_by("pk")}
    by_mark = {str(row.public_id): row for row in rows.filter(public_id__in=[mark for mark in marks.values() if mark])}
    return [
        Unused(item, by_id.get(str(item.get("uploadId"))) or by_mark.get(marks[str(item.get("uploadId"))]))
        for item in items
    ]


def _marked(item: Mapping[str, Any]) -> str:
    """The public id of the upload an address was asked for, "" when it is not one of a console."""
    pushed = item.get("pushMediaSettings")
    metadata = (pushed.get("metadata") if isinstance(pushed, dict) else None) or {}
    try:
        return str(UUID(str(metadata.get(MARK, "")).split(" ")[0]))
    except ValueError:
        return ""


def _found(workspace: Workspace, client: FastPix, upload_id: UUID) -> Unused:
    for page in paging.pages(client.uploads.list, at_most=uploads.LOOK_THROUGH):
        for item in page.data:
            if item.get("uploadId") == str(upload_id):
                return _named(workspace, [item])[0]
    raise _no(_("FastPix no longer lists this URL: it was used, cancelled or ran out."))


def _empty_session(workspace: Workspace, found: Unused, file: Mapping[str, Any], *, start: bool) -> str:
    """The address to send to, once it is sure that nobody sent a part of another file there."""
    if found.is_busy:
        raise _taken()
    if hosts.origin(found.url) != hosts.origin(workspace.upload_url):
        raise UploadProblem(_("This URL is not at the upload storage of this workspace's settings."), reason="storage")
    session = UploadSession(found.url, file["size"], http=road.to_storage(workspace))
    try:
        if "upload_id=" in found.url:
            if session.offset():
                raise _no(_("A part of another file is at this URL already. Cancel it."))
        elif start:
            return session.start(file["content_type"] or "application/octet-stream")
    except (SessionGone, NotFound) as gone:
        told = _("FastPix's storage no longer knows this URL. Upload the file as a new one.")
        raise _no(told) from gone
    return found.url


def _taken() -> UploadProblem:
    return _no(_("An upload of this console uses this URL. Look in the queue."))


def _no(sentence: str) -> UploadProblem:
    return UploadProblem(sentence, reason="file", status=409)
