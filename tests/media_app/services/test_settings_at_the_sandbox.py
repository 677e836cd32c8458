"""A real sandbox, which refuses every wrong setting by its name, takes all settings of the form on both roads."""

import pytest
import requests

from media_app.services import media_settings
from tests.media_app.asked import SAID
from tests.people import make_workspace
from workspace_app.fastpix import client_for


@pytest.fixture
def client(db, sandbox, settings):
    settings.SANDBOX_URL = sandbox.url
    keys = {"token_id": sandbox.token_id, "secret_key": sandbox.secret_key, "upload_url": sandbox.url}
    return client_for(make_workspace("harbor", api_url=sandbox.api_url, **keys))


@pytest.fixture
def said(sandbox):
    """All settings, with a DRM configuration this sandbox has."""
    made = requests.post(f"{sandbox.url}/_sandbox/drm", json={}, timeout=10).json()["configurations"][-1]
    yield SAID | {"drmConfigurationId": made, "title": "Dawn"}
    requests.post(f"{sandbox.url}/_sandbox/drm", json={"remove": made}, timeout=10)


def test_an_upload(client, said):
    made = client.uploads.create(cors_origin="*", settings=said).data
    pushed = made["pushMediaSettings"]
    assert pushed["metadata"] == SAID["metadata"]
    assert pushed["playbackIds"] == [{"accessPolicy": "drm", "accessRestrictions": SAID["accessRestrictions"]}]
    client.uploads.cancel(made["uploadId"])


def test_an_import(client, said):
    made = client.media.create(**media_settings.order(said, "https://cdn.example.com/film.mp4")).data
    media = client.media.get(made["id"]).data
    for name in ("title", "creatorId", "metadata", "maxResolution", "mediaQuality", "sourceAccess"):
        assert media[name] == said[name], name
    assert media["playbackIds"][0]["accessRestrictions"] == SAID["accessRestrictions"]
    client.media.delete(made["id"])
