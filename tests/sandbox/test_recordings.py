"""Each recorded answer about media and signing keys, asked of the sandbox: the same keys, types, spellings."""

import json
import re
import uuid

import pytest
import requests

from tests.contract import shared
from tests.sandbox.box import Box

pytestmark = shared.needed

UNKNOWN = "your-drm-configuration-id"
SPELLINGS = (
    ("uuid", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("moment", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
    ("length", r"\d\d:\d\d:\d\d"),
    ("ratio", r"\d{1,2}:\d{1,2}"),
    ("resolution", r"\d+p"),
    ("three decimals", r"\d+\.\d{3}"),
    ("digits", r"\d+"),
    ("png", r"https?://.*/thumbnail\.png"),
    ("address", r"https?://.*"),
)
# here the value itself is the spelling
WORDS = {
    "status", "type", "accessPolicy", "defaultPolicy", "mediaQuality", "languageCode", "languageName", "message",
    "field", "corsOrigin",
}  # fmt: skip
TEXTS = {"name", "referenceId", "description", "title", "creatorId", "containerFormat"}


class Situation:
    """A sandbox in the state in which FastPix was recorded: `media` stays as it is, others are there to be changed."""

    def __init__(self, box, clip):
        self.box, self.media = box, box.ready(clip, metadata={"source": "sdk-validate"})["id"]
        self.made = 0

    def another(self):
        """The id of one more Ready media."""
        requests.post(f"{self.box.url}/_sandbox/seed", json={"media": 1}, timeout=10)
        return self.call("GET", "/on-demand?limit=1")["data"][0]["id"]

    def changed(self, rest, **body):
        """A media with title, creator, metadata and subtitles on their way, then changed."""
        self.box.switch(encoding="held")
        media = self.another()
        heard = self.call("GET", f"/on-demand/{media}")["data"]["tracks"][-1]["id"]
        names = {"languageCode": "en-US", "languageName": "English"}
        self.call("POST", f"/on-demand/{media}/tracks/{heard}/generate-subtitles", **names)
        told = {"metadata": {"updated": "true"}, "title": "sdk validate title", "creatorId": str(uuid.uuid4())}
        answer = self.call("PATCH", f"/on-demand/{media}", **told)
        return self.call("PATCH", f"/on-demand/{media}{rest}", **body) if rest else answer

    def track(self):
        order = {"type": "audio", "languageCode": "it", "languageName": "Italian"}
        return self.of_another("POST", "/tracks", tracks=order | {"url": f"{self.box.url}/samples/demo.mp4"})

    def of_another(self, method, rest, **body):
        self.place = f"/on-demand/{self.another()}"
        return self.call(method, f"{self.place}{rest}", **body)

    def call(self, method, path, **body):
        return self.box.call(method, path, json=body or None).json()

    def playlist(self):
        self.made += 1
        body = {"name": "sdk validate", "referenceId": f"recorded{self.made}", "type": "manual", "description": "sdk"}
        return self.call("POST", "/on-demand/playlists", **body)

    def of_playlist(self, method, rest="/media", filled=False, **body):
        place = f"/on-demand/playlists/{self.playlist()['data']['id']}"
        if filled:
            self.call("PATCH", f"{place}/media", mediaIds=[self.media])
        return self.call(method, f"{place}{rest}", **body)

    def of_media(self, method, rest="", **body):
        return self.call(method, f"/on-demand/{self.media}{rest}", **body)

    def playback_id(self):
        return self.of_media("POST", "/playback-ids", accessPolicy="public")

    def upload(self):
        settings = {"accessPolicy": "public", "metadata": {"source": "sdk-validate"}}
        return self.call("POST", "/on-demand/upload", corsOrigin="*", pushMediaSettings=settings)


def new_media(at):
    video = {"type": "video", "url": f"{at.box.url}/samples/demo.mp4"}
    told = {"metadata": {"source": "x"}, "accessPolicy": "public", "maxResolution": "720p"}
    return at.call("POST", "/on-demand", inputs=[video], **told)


def restricted(at):
    place = f"/playback-ids/{at.playback_id()['data']['id']}/domains"
    return at.of_media("PATCH", place, defaultPolicy="allow", allow=["example.com"], deny=[])


def track_deleted(at):
    track = at.track()["data"]["id"]
    return at.call("DELETE", f"{at.place}/tracks/{track}")


ASK = {
    "create-media": new_media,
    "list-media": lambda at: at.call("GET", "/on-demand?limit=1&orderBy=asc"),
    "updated-media": lambda at: at.changed(""),
    "updated-source-access": lambda at: at.changed("/source-access", sourceAccess=True),
    "retrieveMediaInputInfo": lambda at: at.of_media("GET", "/input-info"),
    "get-media-clips": lambda at: at.of_media("GET", "/media-clips"),
    "direct-upload-video-media": lambda at: at.upload(),
    "list-uploads": lambda at: at.upload() and at.call("GET", "/on-demand/uploads?limit=1"),
    "create-media-playback-id": lambda at: at.playback_id(),
    "list-playback-ids": lambda at: at.of_media("GET", "/playback-ids"),
    "delete-media-playback-id": lambda at: at.of_media(
        "DELETE", f"/playback-ids?playbackId={at.playback_id()['data']['id']}"
    ),
    "update-domain-restrictions": restricted,
    "Add-media-track": lambda at: at.track(),
    "delete-media-track": track_deleted,
    "create-a-playlist": lambda at: at.playlist(),
    "get-all-playlists": lambda at: at.playlist() and at.call("GET", "/on-demand/playlists?limit=5"),
    "update-a-playlist": lambda at: at.of_playlist("PUT", "", name="renamed", description="again"),
    "add-media-to-playlist": lambda at: at.of_playlist("PATCH", mediaIds=[at.media]),
    "delete-media-from-playlist": lambda at: at.of_playlist("DELETE", filled=True, mediaIds=[at.media]),
    "update-media-summary": lambda at: at.changed("/summary", generate=True, summaryLength=100),
    "update-media-chapters": lambda at: at.changed("/chapters", chapters=True),
    "update-media-named-entities": lambda at: at.changed("/named-entities", namedEntities=True),
    "getDrmConfigurationById": lambda at: at.call("GET", f"/on-demand/drm-configurations/{UNKNOWN}"),
    "create_signing_key": lambda at: at.call("POST", "/iam/signing-keys"),
    "list_signing_keys": lambda at: (
        at.call("POST", "/iam/signing-keys") and at.call("GET", "/iam/signing-keys?limit=5")
    ),
    "delete_signing_key": lambda at: at.call(
        "DELETE", f"/iam/signing-keys/{at.call('POST', '/iam/signing-keys')['data']['id']}"
    ),
}


@pytest.fixture(scope="module")
def situation(tmp_path_factory, clip):
    box = Box(tmp_path_factory.mktemp("recorded")).start()
    yield Situation(box, clip)
    box.stop()


def recorded(operation):
    return json.loads((shared.FASTPIX / "recorded" / f"{operation}.json").read_text())


def shape(value, path=""):
    """Path of each leaf → the spellings it has; list places do not count, an empty list is no leaf."""
    found = {}
    inner = []
    if isinstance(value, dict):
        inner = [(f"{path}.{name}", one) for name, one in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[]", one) for one in value]
        found[path] = {"list"}
    else:
        found[path] = {spelling(path.rpartition(".")[2], value)}
    for place, one in inner:
        for name, spelled in shape(one, place).items():
            found.setdefault(name, set()).update(spelled)
    return found


def spelling(name, value):
    if not isinstance(value, str):
        return type(value).__name__
    if name in WORDS:
        return value
    if name in TEXTS:
        return "text"
    return next((kind for kind, form in SPELLINGS if re.fullmatch(form, value)), "text")


def free(path):
    """Keys of metadata are the caller's own."""
    return ".metadata." in path


@pytest.mark.parametrize("operation", ASK)
def test_it_answers_as_was_recorded(situation, operation):
    said, was = shape(ASK[operation](situation)), shape(recorded(operation))
    assert {path for path in said if not free(path)} == {path for path in was if not free(path)}
    strange = {path: kinds - was[path] for path, kinds in said.items() if not free(path) and kinds - was[path]}
    assert not strange


def test_every_recording_of_these_areas_is_compared():
    areas = {"media", "uploads", "tracks", "playback", "playlists", "ai", "drm", "signing_keys"}
    published = {row["operationId"] for row in shared.published() if row["area"] in areas}
    files = {path.stem for path in (shared.FASTPIX / "recorded").glob("[!_]*.json")}
    assert published & files == ASK.keys()
