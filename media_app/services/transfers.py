"""Transfers: a worker sends files of the import folder, and those handed to the console, to storage.

A row gets a place (AT_ONCE of them), a task works on it for TURN_SECONDS and hands the place to the next task of the
same row. Who works is in `leased_by`; a place that only waits for its task carries QUEUED. Every write of a worker
repeats its name, so one that lost its lease writes nothing.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events_app import push
from fastpix_api import EmptyFile, FastPixError, Patience, RateLimited, Refused, SessionGone
from fastpix_api.errors import SourceChanged
from fastpix_api.resumable import UploadSession
from media_app.models import Upload
from media_app.services import handed_folder, import_folder, leases, uploads
from media_app.services.file_names import clean
from media_app.services.import_folder import FileProblem
from media_app.services.media_settings import Asked, refusal
from media_app.services.uploads import State, UploadProblem
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

log = logging.getLogger(__name__)
AT_ONCE = 3
QUEUED = "queue"
# The turns of two other files; with the sweep each 15 s less than a minute, should the worker die meanwhile
QUEUED_SECONDS = 40
TURN_SECONDS = 20.0
SAVE_SECONDS = 1.0
MOST_TRIES = 30
MOST_NEW_SESSIONS = 5
ORIGINS = (Upload.Origin.SERVER, Upload.Origin.HANDED)
MOVING = (State.WAITING, State.SENDING)
Enqueue = Callable[[int], object]


def start(
    workspace: Workspace, by: User, paths: list[str], asked: Asked, titles: Mapping[str, str] | None = None
) -> tuple[list[Upload], list[str]]:
    """Rows for the chosen files, and one sentence for each that cannot be sent. A file being sent already is left out.

    `titles`: those given to some of the paths.
    """
    begun, problems = [], []
    for path in dict.fromkeys(paths):
        name = clean(path)
        try:
            file, found = import_folder.open_file(path)
            file.close()
        except FileProblem as problem:
            problems.append(f"{name}: {problem}")
            continue
        if not found.size:
            problems.append(f"{name}: " + _("The file is empty, so there is nothing to send."))
        elif not _is_open(workspace, found.path):
            begun.append(_begin(workspace, by, found, asked, (titles or {}).get(path, "")))
    return begun, problems


def _is_open(workspace: Workspace, path: str) -> bool:
    rows = Upload.objects.filter(workspace=workspace, origin=Upload.Origin.SERVER, path=path)
    return rows.filter(state__in=Upload.OPEN).exists()


def _begin(workspace: Workspace, by: User, found: import_folder.Found, asked: Asked, title: str) -> Upload:
    name = clean(found.name)
    with transaction.atomic():
        upload = Upload.objects.create(
            workspace=workspace,
            created_by=by,
            origin=Upload.Origin.SERVER,
            filename=name,
            size=found.size,
            path=found.path,
            fingerprint=found.fingerprint,
            **uploads.settings_of(asked, name, title),
        )
        uploads.record(upload, "upload_started", by=by, size=upload.size, **asked.origin)
        uploads.changed(upload)
    return upload


def admit(enqueue: Enqueue) -> int:
    """Give free places to files that wait, oldest first, and ring a worker for each; returns how many.

    Run when something changed and by the sweep: it also finds rows whose worker died (their lease ran out).
    """
    rows = Upload.objects.filter(origin__in=ORIGINS, state__in=MOVING)
    taken = rows.exclude(leases.free()).count()
    waiting = rows.filter(leases.free()).filter(leases.due())
    admitted = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[: max(0, AT_ONCE - taken)]:
        if waiting.filter(pk=pk).update(leased_by=QUEUED, leased_until=leases.until(QUEUED_SECONDS)):
            enqueue(pk)
            admitted += 1
    return admitted


def work(upload_id: int, worker: str, *, seconds: float = TURN_SECONDS) -> bool:
    """One turn on one file; True when the same file needs another turn now (its place is kept for it).

    `worker` names this very turn. Goes on where storage says it stopped; the row keeps the confirmed offset.
    """
    mine = Upload.objects.filter(Q(leased_by=QUEUED) | leases.free(), pk=upload_id, state__in=MOVING)
    mine = mine.filter(leases.due())
    if not mine.update(leased_by=worker, leased_until=leases.until(), state=State.SENDING):
        return False
    upload = Upload.objects.select_related("workspace", "created_by").get(pk=upload_id)
    turn = _Turn(upload, worker, seconds)
    try:
        with closing(_open(upload)) as file:
            turn.send(file)
    except _TimeIsUp:
        pass
    except (FileProblem, UploadProblem, EmptyFile, SourceChanged) as problem:
        turn.stop(str(problem))
    except SessionGone:
        turn.begin_again()
    except FastPixError as trouble:
        turn.put_off(trouble)
    return turn.hand_over()


def _open(upload: Upload) -> BinaryIO:
    if upload.origin == Upload.Origin.HANDED:
        return handed_folder.open_copy(upload.public_id)
    return import_folder.open_file(upload.path)[0]


class _Turn:
    """What one worker does to one row while it holds the lease.

    A chunk takes up to 10 s, so none is begun in the second half of a turn; one that is slower than it promised is
    left in the middle when the turn ends. Every turn sends something, however short it is.
    """

    def __init__(self, upload: Upload, worker: str, seconds: float) -> None:
        self.upload, self.worker = upload, worker
        self.half, self.ends = time.monotonic() + seconds / 2, time.monotonic() + max(seconds, TURN_SECONDS)
        self.moved = False
        self.offset, self.rung, self.saved = upload.offset, 0.0, 0.0
        self.held = True
        self.mark = upload.copy_fingerprint or upload.fingerprint

    def send(self, file: BinaryIO) -> None:
        """Send blocks until the turn ends, the file is whole at storage, or somebody else decided otherwise."""
        self._unchanged(file)
        session, fresh = self._session()
        self.offset = 0 if fresh else session.offset()
        self._save()
        if self.offset < self.upload.size:
            watched = cast("BinaryIO", _Watched(file, self._between_blocks))
            try:
                session.send(watched, from_offset=self.offset, until=self._is_over, confirmed=self._heard)
            finally:
                if self.upload.offset < self.offset < self.upload.size:
                    self._save()
        if self.offset >= self.upload.size and self.held:
            self._finish(file)

    def _heard(self, offset: int) -> None:
        self.offset, self.moved = offset, True

    def _is_over(self) -> bool:
        self._renew()
        return not self.held or time.monotonic() >= (self.half if self.moved else self.ends)

    def _renew(self) -> None:
        if time.monotonic() - self.saved >= SAVE_SECONDS:
            self._save()

    def _between_blocks(self, file: BinaryIO) -> None:
        # a slow line can stretch one chunk, and a pause must not wait for its end; a file written to must not go out
        self._renew()
        if not self.held:
            raise _Lost
        if time.monotonic() >= self.ends:
            raise _TimeIsUp
        self._unchanged(file)

    def _session(self) -> tuple[UploadSession, bool]:
        """The session to send to, and whether it was opened just now and holds nothing yet."""
        upload = self.upload
        fresh = not upload.session_url
        if fresh:
            client = client_for(upload.workspace, patience=Patience.WORKER)
            again = bool(upload.remote_id)
            fields = uploads.open_session(upload, client, cors_origin=settings.PUBLIC_URL, browser=False)
            if not uploads.write(upload, holder=self.worker, **fields):
                raise _Lost
            for name, value in fields.items():
                setattr(upload, name, value)
            uploads.record(upload, "upload_restarted" if again else "upload_opened", by=None)
            uploads.record(upload, "upload_started", by=upload.created_by, area="media")
        return uploads.session_of(upload), fresh

    def _unchanged(self, file: BinaryIO) -> None:
        if import_folder.fingerprint_of(file) != self.mark:
            raise FileProblem(_("The file changed since it was chosen. Cancel this, then choose it again."))

    def _save(self) -> None:
        """Write what storage confirmed, and hold the row for longer."""
        fields: dict[str, Any] = {"offset": self.offset, "leased_until": leases.until(), "state": State.SENDING}
        if self.offset > self.upload.offset:
            fields |= {"tries": 0, "error": ""}
        self.upload.offset, self.saved = self.offset, time.monotonic()
        self.held = uploads.write(self.upload, states=MOVING, holder=self.worker, **fields)
        if time.monotonic() - self.rung >= 1.0:
            self.rung = time.monotonic()
            push.ring(self.upload.workspace, "uploads")

    def _finish(self, file: BinaryIO) -> None:
        error = ""
        if import_folder.fingerprint_of(file) != self.mark:
            error = _("The file changed while its last bytes were sent. Look at the media, or send the file again.")
        uploads.finish(self.upload, holder=self.worker, error=error)

    def stop(self, sentence: str) -> None:
        """Somebody has to look at it."""
        if uploads.write(self.upload, states=MOVING, holder=self.worker, state=State.STOPPED, error=sentence[:500]):
            uploads.record(self.upload, "upload_stopped", by=None, reason=sentence[:500])

    def begin_again(self) -> None:
        """Storage dropped the session: a new one starts at 0, and the page says so.

        A session is also dropped after the last byte was kept, so FastPix is asked first whether it has the file.
        """
        if uploads.arrived(self.upload, client_for(self.upload.workspace, patience=Patience.WORKER)):
            uploads.finish(self.upload, holder=self.worker)
            return
        if self.upload.tries >= MOST_NEW_SESSIONS:
            self.stop(_("FastPix's storage dropped the upload several times. Retry starts it again."))
            return
        told = _("FastPix's storage dropped the upload, so it starts again from the first byte.")
        uploads.write(
            self.upload,
            holder=self.worker,
            session_url="",
            offset=0,
            error=told,
            tries=F("tries") + 1,
            next_try_at=timezone.now() + timedelta(seconds=2**self.upload.tries),
        )
        uploads.record(self.upload, "upload_lost", by=None, reason=told)

    def put_off(self, trouble: FastPixError) -> None:
        """Nobody's fault: try later, backing off to 5 minutes. A refusal waits for a person instead."""
        if isinstance(trouble, Refused) and not isinstance(trouble, RateLimited):
            self.stop(refusal(trouble))
            return
        if self.upload.tries >= MOST_TRIES:
            self.stop(trouble.sentence)
            return
        asked = min(getattr(trouble, "retry_after", None) or 0.0, 300.0)
        wait = max(asked, min(300.0, 2.0 ** min(self.upload.tries, 9)) * random.uniform(0.5, 1.0))  # noqa: S311
        uploads.write(
            self.upload,
            holder=self.worker,
            error=trouble.sentence[:500],
            tries=F("tries") + 1,
            next_try_at=timezone.now() + timedelta(seconds=wait),
        )

    def hand_over(self) -> bool:
        """Keep the place for the next turn where there is one, else free it."""
        again = Upload.objects.filter(leases.due(), pk=self.upload.pk, leased_by=self.worker, state__in=MOVING)
        kept = again.update(leased_by=QUEUED, leased_until=leases.until(QUEUED_SECONDS))
        if not kept:
            uploads.write(self.upload, states=State.values, holder=self.worker, leased_by="", leased_until=None)
        push.ring(self.upload.workspace, "uploads")
        return bool(kept)


class _Lost(FileProblem):
    """The lease went to another worker, or a person paused or cancelled: whatever this turn says is not written."""


class _TimeIsUp(Exception):
    """The turn ends in the middle of a chunk; the next one asks storage how much of it arrived."""


class _Watched:
    """The file as the client reads it (seek, read), with a look at lease and file before each block."""

    def __init__(self, file: BinaryIO, look: Callable[[BinaryIO], None]) -> None:
        self._file, self._look = file, look

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def read(self, size: int) -> bytes:
        self._look(self._file)
        return self._file.read(size)
