"""Each operation of the on-demand area and the signing keys: there, with the published status, true to the document."""

import pytest

from tests.contract import shared
from tests.sandbox import document
from tests.sandbox.box import until
from tests.sandbox.test_tracks import VTT

pytestmark = shared.needed

AREAS = {"media", "uploads", "tracks", "playback", "playlists", "ai", "drm", "signing_keys"}
RULES = {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
NAMES = {"languageCode": "en-US", "languageName": "English"}


class Session:
    """One sandbox asked operation after operation; `asked` names those that were answered as published."""

    def __init__(self, box):
        self.box, self.asked = box, set()
        self.published = {row["operationId"]: row for row in shared.published() if row["area"] in AREAS}

    def ask(self, operation, body=None, query="", **ids):
        """The data of the answer."""
        row = self.published[operation]
        answer = self.box.call(row["method"], row["path"].format(**ids) + query, json=body)
        assert answer.status_code == int(row["success_status"]), (operation, answer.text)
        path = answer.request.path_url.partition("?")[0]
        assert (row["method"], path) in document.checked
        self.asked.add(operation)
        return answer.json().get("data")


@pytest.fixture
def session(own_box):
    return Session(own_box())


def ask_of_media(session, media, track):
    for operation, body in (
        ("get-media", None),
        ("updated-media", {"title": "Renamed", "metadata": {"a": "b"}}),
        ("updated-source-access", {"sourceAccess": True}),
        ("updated-mp4Support", {"mp4Support": "audioOnly"}),
        ("retrieveMediaInputInfo", None),
        ("get-media-clips", None),
        ("update-media-summary", {"generate": True}),
        ("update-media-chapters", {"chapters": True}),
        ("update-media-named-entities", {"namedEntities": True}),
        ("update-media-moderation", {"moderation": {"type": "av"}}),
    ):
        session.ask(operation, body, mediaId=media["id"])
    sound = next(one["id"] for one in media["tracks"] if one["type"] == "audio")
    session.ask("Generate-subtitle-track", NAMES, mediaId=media["id"], trackId=sound)
    made = session.ask("Add-media-track", {"tracks": track}, mediaId=media["id"])["id"]
    session.ask("update-media-track", track | {"languageName": "Other"}, mediaId=media["id"], trackId=made)
    session.ask("delete-media-track", mediaId=media["id"], trackId=made)
    place = f"/on-demand/{media['id']}"
    until(lambda: session.box.data("GET", place)["summary"]["status"] == "ready", what="the summary")
    session.ask("get-media-summary", mediaId=media["id"])


def ask_of_playback(session, media):
    made = session.ask("create-media-playback-id", {"accessPolicy": "public"}, mediaId=media["id"])["id"]
    ids = {"mediaId": media["id"], "playbackId": made}
    session.ask("list-playback-ids", mediaId=media["id"])
    session.ask("get-playback-id", **ids)
    session.ask("update-domain-restrictions", RULES, **ids)
    session.ask("update-user-agent-restrictions", RULES, **ids)
    session.ask("delete-media-playback-id", query=f"?playbackId={made}", mediaId=media["id"])


def ask_of_playlists(session, media):
    body = {"name": "One", "referenceId": "one", "type": "manual"}
    ids = {"playlistId": session.ask("create-a-playlist", body)["id"]}
    session.ask("get-all-playlists")
    session.ask("get-playlist-by-id", **ids)
    session.ask("update-a-playlist", {"name": "Two", "description": "renamed"}, **ids)
    for operation in ("add-media-to-playlist", "change-media-order-in-playlist", "delete-media-from-playlist"):
        session.ask(operation, {"mediaIds": [media["id"]]}, **ids)
    session.ask("delete-a-playlist", **ids)


def test_all_are_there_and_answer_as_the_document_says(session, shelf, clip):
    box = session.box
    video = {"type": "video", "url": shelf.put("/film.mp4", clip)}
    media = box.settled(session.ask("create-media", {"inputs": [video], "accessPolicy": "public"})["id"])
    settings = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}}
    upload = session.ask("direct-upload-video-media", settings)["uploadId"]
    session.ask("list-uploads")
    session.ask("cancel-upload", uploadId=upload)
    session.ask("list-media")
    session.ask("list-live-clips", livestreamId="9f1c2b7a4d5e6f708192a3b4c5d6e7f8")
    subtitle = {"type": "subtitle", "url": shelf.put("/de.vtt", VTT), "languageCode": "de", "languageName": "German"}
    ask_of_media(session, media, subtitle)
    ask_of_playback(session, media)
    ask_of_playlists(session, media)
    box.control("drm")
    configuration = session.ask("getDrmConfiguration")[0]["id"]
    session.ask("getDrmConfigurationById", drmConfigurationId=configuration)
    key = session.ask("create_signing_key")["id"]
    session.ask("list_signing_keys")
    session.ask("get-signing_key_by_id", signingKeyId=key)
    session.ask("delete_signing_key", signingKeyId=key)
    session.ask("delete-media", mediaId=media["id"])
    assert session.asked == session.published.keys()
