"""A workspace at the real sandbox, and media that both of them hold."""

import time
from contextlib import contextmanager

from media_app.mirror import hear, whole
from media_app.models import Media
from tests.workspace_app.fastpix_double import Double
from workspace_app.fastpix import client_for


def moor(workspace, sandbox):
    """Let the workspace speak to the sandbox."""
    workspace.api_url, workspace.stream_url = sandbox.api_url, f"{sandbox.url}/stream"
    workspace.token_id, workspace.secret_key = sandbox.token_id, sandbox.secret_key
    workspace.save()
    return workspace


def bring(workspace, sandbox):
    """A ready media of 60 s with picture and sound, at the sandbox and in the mirror; it has no files."""
    sandbox.seed(1)
    newest = client_for(workspace).media.list(limit=1).data[0]["id"]
    return look(workspace, newest)


def look(workspace, remote_id):
    """The row after it was told what the sandbox holds now."""
    row = Media.objects.filter(workspace=workspace, remote_id=remote_id).first()
    hear(workspace, remote_id, whole(client_for(workspace).media.get(remote_id), row.version if row else 0))
    return Media.objects.get(workspace=workspace, remote_id=remote_id)


def until(workspace, media, fits, *, seconds=20):
    """The row as soon as `fits(row)`; fails when the sandbox does not bring that about in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        row = look(workspace, media.remote_id)
        if fits(row):
            return row
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {row.extra}")


@contextmanager
def refusing(workspace, fields):
    """A FastPix that refuses everything with 422 and these fields, for the time of the block."""
    double = Double()
    told = [{"field": name, "message": words} for name, words in fields.items()]
    double.says(422, {"success": False, "error": {"code": 422, "message": "payload validation failed", "fields": told}})
    workspace.api_url = double.url
    workspace.save()
    try:
        yield double
    finally:
        double.close()
