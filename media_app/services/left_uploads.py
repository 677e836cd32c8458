"""Uploads a tab left: it may have sent the last byte and been closed before it could say so.

FastPix makes the media as soon as storage holds the whole file, so a worker asks it about these uploads (GET by the
upload's id; 404 means not yet) and finishes those that became media. The others wait for their file as before.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from fastpix_api import FastPix, FastPixError
from media_app import budget
from media_app.models import Media, Upload
from media_app.reconcile import connected, pause_before
from media_app.services import leases, uploads
from workspace_app.models import Workspace

# FastPix answers within minutes of the last byte; what it does not know after this was not sent to its end
PATIENCE: Final = timedelta(hours=6)
BLOCK: Final = 100
LEFT: Final = (Upload.State.SENDING, Upload.State.PAUSED, Upload.State.STOPPED)


def settle(*, seconds: float = 20, client_of: Callable[[Workspace], FastPix] = budget.asking_client) -> int:
    """Finish the uploads that arrived without a word from their tab, for about `seconds`; returns how many."""
    deadline = time.monotonic() + seconds
    left = Upload.objects.filter(leases.free(), origin=Upload.Origin.BROWSER, state__in=LEFT).exclude(remote_id="")
    there = Media.objects.filter(workspace=OuterRef("workspace"), remote_id=OuterRef("remote_id"))
    known = left.filter(Exists(there)).select_related("workspace", "created_by")
    settled = sum(uploads.finish(upload) for upload in known[:BLOCK])
    for workspace in connected(left.values_list("workspace_id", flat=True).distinct()):
        for upload in _due(workspace):
            if time.monotonic() > deadline or not budget.spend(workspace):
                break
            try:
                settled += uploads.arrived(upload, client_of(workspace)) and uploads.finish(upload)
            except FastPixError as trouble:
                budget.leave_alone(workspace, trouble)
                break
    return settled


def _due(workspace: Workspace) -> Iterator[Upload]:
    """Those whose time has come, the newest first, each moved ahead so that two workers do not ask twice."""
    now = timezone.now()
    rows = Upload.objects.filter(leases.free(), leases.due(), workspace=workspace, origin=Upload.Origin.BROWSER)
    rows = rows.filter(state__in=LEFT, updated_at__gte=now - PATIENCE).exclude(remote_id="")
    for upload in rows.select_related("workspace", "created_by").order_by("-updated_at")[:BLOCK]:
        later = now + pause_before(now - upload.updated_at)
        # update() leaves updated_at alone: it says when the tab was last heard of
        if rows.filter(pk=upload.pk, next_try_at=upload.next_try_at).update(next_try_at=later):
            yield upload
