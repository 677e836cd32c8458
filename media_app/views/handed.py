"""Files handed to the console: one view, which takes their pieces."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from media_app.models import Upload
from media_app.services import handed_files
from media_app.services.uploads import UploadProblem
from media_app.tasks.transfers import wake
from media_app.views.uploads import answers_json, mine, tab_of
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

# Of the pages' threads in this process: slow lines must leave the others to the pages
_places: Final = BoundedSemaphore(4)


@require_POST
@needs("media.upload")
@answers_json
def piece_add(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Take the body as the piece at ?offset=…, from ?tab=…; it is read block by block and never held whole."""
    upload, tab, offset = mine(request, public_id), tab_of(request.GET), request.GET.get("offset", "")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not all(text.isascii() and text.isdigit() and len(text) < 16 for text in (offset, length)):
        raise UploadProblem(_("That is not a number of bytes."))
    if upload.origin != Upload.Origin.HANDED or int(length) > handed_files.LARGEST_PIECE:
        raise UploadProblem(_("That is not a piece of a file for the console."), status=413)
    if not _places.acquire(blocking=False):
        raise UploadProblem(_("The console takes several files already."), reason="crowded", status=503)
    try:
        has, state = handed_files.take(upload, tab, offset=int(offset), length=int(length), read=_reader(request))
    finally:
        _places.release()
    if state == Upload.State.WAITING:
        wake()
    return JsonResponse({"offset": has, "state": state})


def _reader(request: WorkspaceRequest) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        try:
            return bytes(request.read(size))
        except UnreadablePostError:  # the line was cut: what came so far counts
            return b""

    return read
