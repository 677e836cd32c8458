"""What is told of tracks, in which order, and why one failed; and that a stop loses nothing."""

import time

import pytest
import requests

from tests.sandbox.box import until
from tests.sandbox.test_tracks import GERMAN, ITALIAN, VTT, add, available, choices


@pytest.fixture
def own(own_box, receiver, clip):
    """A sandbox of the test's own that tells the receiver, and one film in it."""
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    return box, box.ready(clip)


def told(receiver, film, *kinds):
    """The data of the newest events of the film once they are of these kinds."""

    def there():
        events = [event for event in receiver.events if event["object"]["id"] == film["id"]][-len(kinds) :]
        return [event["data"] for event in events] if [event["type"] for event in events] == list(kinds) else None

    return until(there, what=f"{kinds}")


def test_events_follow_a_track_from_its_beginning_to_its_end(own, receiver, shelf):
    box, film = own
    made = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    created, ready, updated = told(
        receiver, film, "video.media.track.created", "video.media.track.ready", "video.media.updated"
    )
    assert created == made | {"status": "preparing"}
    assert ready == made | {"status": "available"}
    assert updated["tracks"][0] == {name: ready[name] for name in ready if name != "url"}
    place = f"/on-demand/{film['id']}/tracks/{made['id']}"
    names = {"languageCode": "de", "languageName": "German (corrected)"}
    box.data("PATCH", place, json=names | {"url": made["url"]})
    replaced, ready, _ = told(
        receiver, film, "video.media.track.updated", "video.media.track.ready", "video.media.updated"
    )
    assert replaced == made | names | {"status": "preparing"}
    assert ready == made | names | {"status": "available"}
    box.data("DELETE", place)
    deleted, updated = told(receiver, film, "video.media.track.deleted", "video.media.updated")
    assert deleted == {"id": made["id"], "type": "subtitle"} | names
    assert len(updated["tracks"]) == 2


def test_written_subtitles_are_told_with_their_address(own, receiver):
    box, film = own
    sound = next(one for one in film["tracks"] if one["type"] == "audio")
    names = {"languageCode": "en-US", "languageName": "English"}
    made = box.data("POST", f"/on-demand/{film['id']}/tracks/{sound['id']}/generate-subtitles", json=names)
    ready, updated = told(receiver, film, "video.media.subtitle.generated.ready", "video.media.updated")
    assert ready == made | {"status": "available", "url": updated["generatedSubtitles"][0]["url"]}
    assert requests.get(ready["url"], timeout=5).text.startswith("WEBVTT")


def test_a_media_is_made_with_subtitles(own, receiver, shelf, clip):
    box, _ = own
    inputs = [
        {"type": "video", "url": shelf.put("/film.mp4", clip)},
        {"type": "subtitle", "url": shelf.put("/de.vtt", VTT), "languageCode": "de-DE", "languageName": "German"},
    ]
    asked = {"languageName": "english", "languageCode": "en"}
    media = box.settled(box.import_url("", inputs=inputs, subtitles=asked))
    kinds = {"video.media.track.created", "video.media.track.ready", "video.media.subtitle.generated.ready"}
    until(lambda: kinds <= set(receiver.of(media["id"])), what="both tracks")
    assert receiver.of(media["id"])[:3] == ["video.media.created", "video.media.ready", "video.media.track.created"]
    whole = box.data("GET", f"/on-demand/{media['id']}")
    assert [(one["languageCode"], one["status"]) for one in whole["tracks"] if one["type"] == "subtitle"] == [
        ("en", "available"),
        ("de-DE", "available"),
    ]
    assert list(choices(box, whole)) == [
        ("SUBTITLES", "German", "de-DE", "NO"),
        ("SUBTITLES", "english", "en", "NO"),
    ]


def test_a_track_that_cannot_be_used_fails_and_says_why(own, receiver, shelf, song):
    box, film = own
    far = shelf.put("/far", b"", status=302, Location="file:///etc/passwd")
    cases = (
        (GERMAN, f"{shelf.url}/nowhere.vtt", "answered 404"),
        (GERMAN, "http://127.0.0.1:1/de.vtt", "no answer"),
        (GERMAN, far, "reachable by http or https"),
        (GERMAN, shelf.put("/page", "<html>--></html>"), "holds no SRT or WebVTT"),
        (GERMAN, shelf.put("/song.vtt", song), "not text"),
        (GERMAN, shelf.put("/long.vtt", VTT + " " * (5 << 20)), "too large"),
        (ITALIAN, shelf.put("/de.mp3", VTT), "not a video or audio file"),
        (ITALIAN, shelf.put("/list.m3u8", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "not a video or audio file"),
    )
    for number, (track, url, reason) in enumerate(cases):
        made = add(box, film, url, **track | {"languageName": f"Language {number}"})
        kind = "video.media.track.failed"
        until(lambda: receiver.of(film["id"]).count(kind) > number, what=reason)  # noqa: B023 - asked at once
        created, failed, updated = told(receiver, film, "video.media.track.created", kind, "video.media.updated")
        assert created == made | {"status": "preparing"}
        assert reason in failed.pop("failedReason")
        assert failed == made | {"status": "failed"}
        assert updated["tracks"][0]["status"] == "failed"
    assert choices(box, film) == {}
    assert not list((box.folder / "sandbox" / "media" / film["id"]).glob("track-*.part"))


def test_a_replacement_that_fails_leaves_the_old_file_playing(own, receiver, shelf):
    box, film = own
    made = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    available(box, film, made)
    place = f"/on-demand/{film['id']}/tracks/{made['id']}"
    names = {"languageCode": "de", "languageName": "German"}
    box.data("PATCH", place, json=names | {"url": f"{shelf.url}/nowhere.vtt"})
    told(receiver, film, "video.media.track.updated", "video.media.track.failed", "video.media.updated")
    assert list(choices(box, film)) == [("SUBTITLES", "German", "de", "NO")]
    box.data("PATCH", place, json=names | {"url": made["url"]})
    available(box, film, made)


def test_work_on_tracks_goes_on_after_a_kill(own, receiver, shelf, song):
    box, film = own
    kept = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    available(box, film, kept)
    sound = next(one for one in film["tracks"] if one["type"] == "audio")
    names = {"languageCode": "en-US", "languageName": "English"}
    made = box.data("POST", f"/on-demand/{film['id']}/tracks/{sound['id']}/generate-subtitles", json=names)
    time.sleep(0.3)
    box.process.kill()
    box.process.wait(5)
    box.start()
    available(box, film, made)
    told(receiver, film, "video.media.subtitle.generated.ready", "video.media.updated")
    assert [name for _, name, *_ in choices(box, film)] == ["German", "English"]
    box.data("DELETE", f"/on-demand/{film['id']}")
    assert not (box.folder / "sandbox" / "media" / film["id"]).exists()
