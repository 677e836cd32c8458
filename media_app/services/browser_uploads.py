"""Uploads whose bytes a browser sends straight to storage; the row knows how far they are and which tab sends."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils.translation import gettext as _

from fastpix_api import FastPixError, RateLimited, Refused
from media_app.models import Upload
from media_app.services import leases, uploads
from media_app.services.media_settings import refusal
from media_app.services.uploads import State, UploadProblem
from workspace_app import hosts
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

FROM_BROWSER = (Upload.Origin.BROWSER, Upload.Origin.HANDED)
TAB = re.compile(r"[A-Za-z0-9-]{8,64}")
# Reports come after each chunk (10 s at most) or more often
TAB_SECONDS = 45


def begin(workspace: Workspace, by: User, file: Mapping[str, Any]) -> tuple[Upload, bool]:
    """The row for a chosen file, and whether it is one this person left unfinished earlier.

    Same name, size and fingerprint (sha256 over name, size, first and last MiB) make it the same file; one that was
    being handed to the console goes on that way. FastPix is not
    asked yet: its upload addresses run out after hours, and a file may wait longer for its turn.
    """
    return uploads.begin(workspace, by, file, among=FROM_BROWSER, origin=Upload.Origin.BROWSER)


def open_for_tab(upload: Upload, tab: str, *, cors_origin: str, renew: bool = False, again: bool = False) -> Upload:
    """Give the sending of one upload to one tab; returns the row with a session address that tab can use.

    `renew` says that storage no longer knows the session (404 or 410): the file starts again, unless FastPix has it
    whole already. `again`: the tab is in the middle of it, so a pause made elsewhere since holds. Raises UploadProblem
    (reason "busy" while another tab sends, "refused" when FastPix takes no such file, else the state), FastPixError.
    """
    held = Q(leased_by=tab) | leases.free()
    rows = Upload.objects.filter(held, pk=upload.pk, state__in=open_states(again=again), origin=Upload.Origin.BROWSER)
    if not rows.update(leased_by=tab, leased_until=leases.until(TAB_SECONDS), state=State.SENDING, error=""):
        raise taken(upload)
    upload = Upload.objects.select_related("workspace", "created_by").get(pk=upload.pk)
    if upload.session_url and not renew:
        uploads.changed(upload)
        return upload
    client = client_for(upload.workspace)
    if renew and uploads.arrived(upload, client):
        uploads.finish(upload, holder=tab)
        raise UploadProblem(_("This file is at FastPix already."), reason=State.SENT, status=409)
    try:
        fields = uploads.open_session(upload, client, cors_origin=cors_origin, browser=True)
    except RateLimited:
        raise
    except Refused as trouble:  # asking again would be refused again
        raise _refused(upload, tab, trouble) from trouble
    again = bool(upload.remote_id)
    if not uploads.write(upload, holder=tab, **fields):
        raise taken(upload)
    upload.refresh_from_db()
    uploads.record(upload, "upload_restarted" if again else "upload_opened", by=None)
    uploads.record(upload, "upload_started", by=upload.created_by, area="media")
    uploads.changed(upload)
    return upload


def report(upload: Upload, tab: str, *, offset: int, session_url: str = "") -> str:
    """Keep what the sending tab says storage confirmed; renews its lease. Returns the state the row is in now.

    `session_url` is the address that starting the session gave; it must be one of the same storage.
    """
    fields: dict[str, Any] = {"offset": min(offset, upload.size), "leased_until": leases.until(TAB_SECONDS)}
    if session_url:
        fields["session_url"] = _belonging(upload, session_url)
    if uploads.write(upload, states=[State.SENDING], holder=tab, **fields):
        uploads.changed(upload)
    return Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


def leave(upload: Upload, tab: str) -> None:
    """The tab closes or reloads: another may go on at once."""
    if uploads.write(upload, holder=tab, leased_until=None):
        uploads.changed(upload)


def stop(upload: Upload, tab: str, *, reason: str) -> None:
    """The tab gave up; what storage has stays there."""
    sentences = {
        "network": _("Network lost. Retry goes on from where it stopped."),
        "storage": _("FastPix's storage refused the bytes. Retry asks it again."),
        "file": _("The file changed or can no longer be read. Choose it again to go on."),
        "lost": _("FastPix's storage dropped the upload several times. Retry starts it again."),
    }
    sentence = sentences.get(reason, sentences["network"])
    given_up = {"state": State.STOPPED, "error": sentence, "leased_until": None}
    if uploads.write(upload, states=[State.SENDING, State.RECEIVING], holder=tab, **given_up):
        uploads.record(upload, "upload_stopped", by=None, reason=sentence)
        uploads.changed(upload)


def settle(upload: Upload, tab: str) -> str:
    """The tab cannot tell whether the last bytes arrived (an answer without CORS headers): ask storage, then FastPix.

    Observed: storage may keep the bytes and answer in a way the browser must not read. Returns the state of the row.
    """
    if upload.session_url and "upload_id=" in upload.session_url:
        try:
            if uploads.session_of(upload).offset() >= upload.size:
                uploads.finish(upload, holder=tab)
        except FastPixError:
            pass  # then FastPix's own word counts
    upload.refresh_from_db()
    if upload.state == State.SENDING and uploads.arrived(upload, client_for(upload.workspace)):
        uploads.finish(upload, holder=tab)
    return Upload.objects.values_list("state", flat=True).get(pk=upload.pk)


def open_states(*, again: bool) -> list[str]:
    """The states a tab may take an upload over from; a pause only when a person chose the file or resumed it."""
    return [state for state in Upload.OPEN if not (again and state == State.PAUSED)]


def _refused(upload: Upload, tab: str, trouble: Refused) -> UploadProblem:
    """FastPix takes no file with these settings, or none at all now: the row says why and waits for a person."""
    sentence = refusal(trouble)
    if uploads.write(upload, holder=tab, state=State.STOPPED, error=sentence, leased_until=None):
        uploads.record(upload, "upload_stopped", by=None, reason=sentence)
        uploads.changed(upload)
    return UploadProblem(sentence)


def _belonging(upload: Upload, session_url: str) -> str:
    now, then = urlsplit(session_url), urlsplit(upload.session_url)
    same = hosts.origin(session_url) == hosts.origin(upload.session_url) and now.path == then.path
    if len(session_url) > 4000 or not same or "upload_id=" not in now.query:
        raise UploadProblem(_("That is not an address of this upload."))
    return session_url


def taken(upload: Upload) -> UploadProblem:
    """Why this tab does not get the upload: its state, or another tab (reason "busy")."""
    state = Upload.objects.values_list("state", flat=True).get(pk=upload.pk)
    if state == State.CANCELLED:
        return UploadProblem(_("This upload was cancelled."), reason=state, status=409)
    if state == State.SENT:
        return UploadProblem(_("This file is at FastPix already."), reason=state, status=409)
    if state == State.PAUSED:
        return UploadProblem(_("This upload is paused."), reason=state, status=409)
    return UploadProblem(_("Another tab is sending this file."), reason="busy", status=409)
