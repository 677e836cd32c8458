"""Files handed to the console, for people whose network has no road to storage: pieces in, then a worker's upload.

The row counts the bytes that are on disk (`handed`). A piece that continues exactly there is taken, whoever sends twice
or too late changes nothing, so that a cut line costs one piece at most.
"""

import errno
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from media_app.models import Upload
from media_app.services import handed_folder, import_folder, leases, uploads
from media_app.services.browser_uploads import TAB_SECONDS, open_states, taken
from media_app.services.import_folder import FileProblem
from media_app.services.uploads import State, UploadProblem
from web import times
from workspace_app.models import User, Workspace

LARGEST_PIECE: Final = 8 * 1024**2  # bytes; the page sends less on slow lines, so that no request is long
STRAY_SECONDS: Final = 3600.0
# What waits for a worker is none of a person's leaving, however long the workers are away
_FOR_A_PERSON: Final = (State.RECEIVING, State.PAUSED, State.STOPPED)


def begin(workspace: Workspace, by: User, file: Mapping[str, Any]) -> tuple[Upload, bool]:
    """The row for a chosen file, and whether it is one this person left unfinished earlier (same name, size, sha256).

    Where the same file had been on its way straight to storage, that upload is given up: this one takes its place.
    Raises UploadProblem when it is too large, or would not fit on the disk beside what others were promised.
    """
    origin = Upload.Origin.HANDED
    begun = uploads.begin(workspace, by, file, among={origin}, fits=fits, origin=origin, state=State.RECEIVING)
    same = {name: file[name] for name in ("filename", "size", "fingerprint")}
    direct = Upload.objects.filter(workspace=workspace, created_by=by, origin=Upload.Origin.BROWSER, **same)
    for upload in direct.filter(leases.free(), state__in=Upload.OPEN):
        uploads.cancel(upload, by=by, reason=_("Goes through the console instead."))
    return begun


def open_for_tab(upload: Upload, tab: str, *, again: bool = False) -> int:
    """Give the handing over to one tab; returns from which byte on the console wants the file.

    `again`: the tab is in the middle of it, so a pause made elsewhere since holds.
    Raises UploadProblem: "handed" when the console has all of it, "busy" while another tab is at it, else the state.
    """
    held = handed_folder.size(upload.public_id)
    if held >= upload.size <= upload.handed:
        raise UploadProblem(_("The console has this file already."), reason="handed", status=409)
    rows = Upload.objects.filter(Q(leased_by=tab) | leases.free(), pk=upload.pk, state__in=open_states(again=again))
    # what the row counts and the disk lost (a restored backup, a tidy admin) is asked for again
    kept = min(held, upload.handed)
    lease = {"leased_by": tab, "leased_until": leases.until(TAB_SECONDS)}
    if not rows.update(state=State.RECEIVING, handed=kept, error="", tries=0, next_try_at=None, **lease):
        raise taken(upload)
    handed_folder.create(upload.public_id)
    uploads.changed(upload)
    return kept


def take(upload: Upload, tab: str, *, offset: int, length: int, read: Callable[[int], bytes]) -> tuple[int, str]:
    """Take one piece; returns how many bytes the console has now, and the state. Raises UploadProblem.

    A piece that does not continue what is there is refused (reason "offset"): the tab opens again and learns where.
    """
    rows = Upload.objects.filter(pk=upload.pk, state=State.RECEIVING, leased_by=tab, handed=offset)
    if not rows.update(leased_until=leases.until(TAB_SECONDS)):
        raise _out_of_step(upload, tab)
    try:
        came = handed_folder.write(upload.public_id, offset, min(length, upload.size - offset), read)
    except OSError as error:
        raise _stopped(upload, tab, error) from error
    upload.handed = offset + came
    # with the last byte in one write: nobody would go on with a file that is whole, but does not wait for a worker.
    # The lease is not renewed again: the tab may have left while its last piece was under way
    whole = _whole(upload) if upload.handed >= upload.size else {}
    if not rows.update(handed=upload.handed, updated_at=timezone.now(), **whole):
        raise _out_of_step(upload, tab)
    if whole:
        uploads.record(upload, "upload_handed", by=upload.created_by)
    uploads.changed(upload)
    return upload.handed, Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


def clear() -> int:
    """Give up what nobody went on with for HANDED_KEEP_HOURS, and remove copies without an upload; returns how many.

    Run by beat. Copies go with their upload's end already; these are what a crash between the two left.
    """
    unfinished = Upload.objects.filter(leases.free(), origin=Upload.Origin.HANDED, state__in=_FOR_A_PERSON)
    limit = timezone.now() - timedelta(hours=settings.HANDED_KEEP_HOURS)
    told = _("Nobody went on with it for %(hours)d h, so the console removed its copy.")
    gone = 0
    for upload in unfinished.filter(updated_at__lt=limit).select_related("workspace"):
        gone += uploads.cancel(upload, by=None, reason=told % {"hours": settings.HANDED_KEEP_HOURS})
    strays = set(handed_folder.older(STRAY_SECONDS))
    kept = Upload.objects.filter(public_id__in=strays, state__in=Upload.OPEN).values_list("public_id", flat=True)
    for public_id in strays - set(kept):
        handed_folder.forget(public_id)
    return gone + len(strays) - len(kept)


def fits(size: int) -> None:
    """Raises UploadProblem when the console takes no file of this size, or has no room for it now."""
    if size > settings.HANDED_MAX_BYTES:
        most = {"most": times.size(settings.HANDED_MAX_BYTES)}
        raise UploadProblem(
            _("The console takes files up to %(most)s. Send this one straight to FastPix.") % most, reason="large"
        )
    coming = Upload.objects.filter(origin=Upload.Origin.HANDED, state__in=Upload.OPEN)
    promised = coming.aggregate(left=Sum(F("size") - F("handed")))["left"] or 0
    if size > handed_folder.room() - promised:
        raise UploadProblem(
            _("The console's disk has no room for this file now. Send it straight to FastPix, or try later."),
            reason="room",
            status=507,
        )


def _whole(upload: Upload) -> dict[str, Any]:
    """What else is written of a file that the console has all of."""
    try:
        with closing(handed_folder.open_copy(upload.public_id)) as copy:
            mark = import_folder.fingerprint_of(copy)
    except FileProblem as problem:
        raise UploadProblem(str(problem), reason="offset", status=409) from problem
    return {"state": State.WAITING, "leased_by": "", "leased_until": None, "copy_fingerprint": mark}


def _stopped(upload: Upload, tab: str, error: OSError) -> UploadProblem:
    """The disk refused: the row says why, and what came before stays."""
    if isinstance(error, FileNotFoundError):
        return UploadProblem(_("The console lost what it had of this file."), reason="offset", status=409)
    sentence = _("The console could not write the file to its disk. Tell its administrator, then retry.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        sentence = _("The console's disk is full. Retry goes on from here once there is room again.")
    if uploads.write(upload, holder=tab, state=State.STOPPED, error=sentence, leased_until=None):
        uploads.record(upload, "upload_stopped", by=None, reason=sentence)
        uploads.changed(upload)
    return UploadProblem(sentence, reason="room", status=507)


def _out_of_step(upload: Upload, tab: str) -> UploadProblem:
    upload.refresh_from_db(fields=["state", "leased_by"])
    if upload.state == State.RECEIVING and upload.leased_by == tab:
        return UploadProblem(_("That piece does not continue what is here."), reason="offset", status=409)
    return taken(upload)
