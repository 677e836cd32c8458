"""A media that a real sandbox and our mirror both hold, for tests of what people change about it."""

from dataclasses import dataclass

import pytest
import requests
from django.core.cache import cache

from fastpix_api import FastPix
from media_app import mirror
from media_app.models import Media
from tests.people import make_client, make_workspace
from workspace_app.fastpix import client_for


@dataclass
class Film:
    """One media: `fastpix` speaks past the console, `row()` is what the mirror holds now."""

    remote_id: str
    fastpix: FastPix

    def row(self) -> Media:
        return Media.objects.select_related("workspace").get(remote_id=self.remote_id)

    def told(self):
        """What FastPix holds now."""
        return self.fastpix.media.get(self.remote_id).data

    def elsewhere(self, **changes):
        """Somebody changes it past this console."""
        self.fastpix.media.update(self.remote_id, **changes)


@pytest.fixture
def port(db, sandbox):
    """The workspace of the run's own sandbox, which it has proved to be of."""
    cache.clear()
    here = requests.get(f"{sandbox.url}/_sandbox/state", timeout=5).json()["workspace_id"]
    keys = {"token_id": sandbox.token_id, "secret_key": sandbox.secret_key}
    bound = {"remote_id": here, "proved_token_id": sandbox.token_id}
    hosts = {"stream_url": f"{sandbox.url}/stream", "images_url": f"{sandbox.url}/images"}
    return make_workspace("harbor", api_url=sandbox.api_url, **keys, **bound, **hosts)


@pytest.fixture
def film(port, sandbox):
    """A finished media without files, which both sides hold."""
    sandbox.seed(1)
    fastpix = client_for(port)
    seeded = fastpix.media.list(limit=1).data[0]["id"]
    mirror.apply(port, seeded, mirror.whole(fastpix.media.get(seeded), 0))
    return Film(seeded, fastpix)


@pytest.fixture
def ada(port):
    """An editor of that workspace."""
    return make_client("ada@example.com", port, "editor")


@pytest.fixture
def ben(port):
    """Another one."""
    return make_client("ben@example.com", port, "editor")
