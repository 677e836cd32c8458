"""Every event type that is written down for media, tracks and AI (webhooks.md §5.1 to 5.3), by doing what causes it."""

import pytest
import requests

from sandbox.by_hand import TYPES
from tests.media_app.test_every_event_type import documented
from tests.sandbox.box import until
from tests.sandbox.test_tracks import GERMAN, VTT, add

# What live streams cause, and the sandbox has none yet
OF_LIVE = {"video.media.live_stream.created", "video.media.live_clip.created"}
# An older name of another event, and what only another program looks for: sent by hand alone
BY_HAND = {"video.media.subtitle.generated", "video.mediaAI.summary.failed"}


def act(box, shelf, clip):
    """Do what makes FastPix tell something; the ids of the media and of a dropped upload."""
    dropped = box.new_upload()["uploadId"]
    box.data("PUT", f"/on-demand/upload/{dropped}/cancel")
    uploaded = box.settled(box.upload(clip))
    film, logo = shelf.put("/film.mp4", clip), shelf.put("/logo.png", PIXEL)
    inputs = [{"type": "video", "url": film, "introUrl": film}, {"type": "watermark", "url": logo}]
    asked = {"summary": {"generate": True}, "chapters": True, "namedEntities": True, "moderation": {"type": "av"}}
    body = {"inputs": inputs, "accessPolicy": "public", "mp4Support": "capped_4k", "sourceAccess": True} | asked
    media = box.settled(box.data("POST", "/on-demand", status=201, json=body)["id"], seconds=120)
    assert media["status"] == "Ready"
    broken = box.settled(box.import_url(f"{shelf.url}/nowhere.mp4"))["id"]
    place = f"/on-demand/{media['id']}"
    box.data("PATCH", place, json={"title": "Told"})
    box.data("PATCH", f"{place}/source-access", json={"sourceAccess": False})
    track = add(box, media, shelf.put("/de.vtt", VTT), **GERMAN)
    add(box, media, f"{shelf.url}/nowhere.vtt", type="subtitle", languageCode="fr", languageName="French")
    box.data("PATCH", f"{place}/tracks/{track['id']}", json={"languageCode": "de", "languageName": "Deutsch"})
    sound = next(one["id"] for one in media["tracks"] if one["type"] == "audio")
    names = {"languageCode": "en-US", "languageName": "English"}
    box.data("POST", f"{place}/tracks/{sound}/generate-subtitles", json=names)
    # the other spelling of named entities
    box.data("PATCH", f"/on-demand/{uploaded['id']}/named-entities", json={"namedEntities": True})
    return {media["id"], uploaded["id"], broken, dropped}, place, track["id"]


def test_every_documented_type_is_told_by_what_causes_it(own_box, receiver, shelf, clip):
    if not documented():
        pytest.skip("needs FastPix's documents beside the repository (../shared/fastpix)")
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    ids, place, track = act(box, shelf, clip)
    missing = set(documented()) - OF_LIVE - BY_HAND - {"video.media.deleted", "video.media.track.deleted"}

    def told():
        return {event["type"] for event in receiver.events if event["object"]["id"] in ids}

    until(lambda: missing <= told(), seconds=60, what=f"{missing}")
    box.data("DELETE", f"{place}/tracks/{track}")
    box.data("DELETE", place)
    until(lambda: {"video.media.deleted", "video.media.track.deleted"} <= told(), what="the deletions")
    assert told() <= set(TYPES)


def test_every_documented_type_is_offered_on_the_page_and_can_be_sent_by_hand(own_box, receiver, clip):
    if not documented():
        pytest.skip("needs FastPix's documents beside the repository (../shared/fastpix)")
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    media, page = box.ready(clip), requests.get(box.url, timeout=5).text
    for kind in documented():
        assert f"<option>{kind}</option>" in page
        requests.post(f"{box.url}/_sandbox/event", json={"type": kind, "object": media["id"]}, timeout=5)
    until(lambda: set(documented()) <= set(receiver.of(media["id"])), what="all of them")


# 1 x 1, red
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
