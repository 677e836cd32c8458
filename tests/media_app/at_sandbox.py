"""A workspace on the run's own sandbox, and media there that the mirror has heard of."""

import requests

from fastpix_api import FastPix
from media_app import reconcile
from media_app.mirror import hear, whole
from media_app.models import Media
from tests.people import make_workspace


def connected(sandbox, slug="harbor"):
    """A workspace with the sandbox's keys and addresses, proved to be its FastPix workspace."""
    state = requests.get(f"{sandbox.url}/_sandbox/state", timeout=5).json()
    return make_workspace(
        slug,
        token_id=sandbox.token_id,
        secret_key=sandbox.secret_key,
        api_url=sandbox.api_url,
        stream_url=state["stream_url"],
        images_url=state["images_url"],
        remote_id=state["workspace_id"],
        proved_token_id=sandbox.token_id,
    )


def fastpix(sandbox):
    """FastPix as somebody else reaches it, past the console."""
    return FastPix(sandbox.token_id, sandbox.secret_key, base_url=sandbox.api_url)


def new_media(sandbox, workspace):
    """One finished media without files, as our row has it after a whole answer."""
    sandbox.seed(1)
    remote_id = fastpix(sandbox).media.list(limit=1).data[0]["id"]
    hear(workspace, remote_id, whole(fastpix(sandbox).media.get(remote_id), 0))
    return Media.objects.select_related("workspace").get(workspace=workspace, remote_id=remote_id)


def settle(media):
    """Have the mirror ask FastPix about a media, as a worker would."""
    reconcile.ask(media)
    media.refresh_from_db()
    return media
