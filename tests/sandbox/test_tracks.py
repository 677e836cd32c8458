"""Audio and subtitle tracks: added, replaced, deleted, written down; told by events and given to players."""

import re
import uuid

import pytest
import requests

from tests.sandbox.box import until
from tests.sandbox.test_playback import token

VTT = """WEBVTT

intro
00:00.500 --> 00:01.500 line:0
<i>Hello</i>

NOTE not shown

00:00:02.000 --> 00:00:03.000
Bye
"""
SRT = """1
00:00:00,500 --> 00:00:01,500
<font color=red>Grüße</font>

2
00:00:02,000 --> 00:00:03,000
Bye
""".replace("\n", "\r\n")
GERMAN = {"type": "subtitle", "languageCode": "de", "languageName": "German"}
ITALIAN = {"type": "audio", "languageCode": "it", "languageName": "Italian"}


@pytest.fixture
def film(box, clip):
    return box.ready(clip, title="Harbour")


def add(box, film, url, **track):
    return box.data("POST", f"/on-demand/{film['id']}/tracks", status=201, json={"tracks": {"url": url} | track})


def track_of(box, film, track):
    tracks = box.data("GET", f"/on-demand/{film['id']}")["tracks"]
    return next((one for one in tracks if one["id"] == track["id"]), None)


def available(box, film, track):
    """The track once it is."""

    def done():
        found = track_of(box, film, track)
        assert found["status"] != "failed", box.log
        return found if found["status"] == "available" else None

    return until(done, what="the track")


def master(box, film, query=""):
    return box.stream(f"{film['playbackIds'][0]['id']}.m3u8{query}").text


def choices(box, film):
    """What a player can choose from: (kind, name, language, default) → address."""
    form = r'TYPE=(\w+),GROUP-ID="\w+",NAME="(.*?)",LANGUAGE="(.*?)",DEFAULT=(\w+).*URI="(.*?)"'
    return {found[:4]: found[4] for found in re.findall(form, master(box, film))}


def entries(address):
    return [line for line in requests.get(address, timeout=5).text.splitlines() if line.startswith("http")]


def length(address):
    """Seconds of a media playlist."""
    return sum(float(one) for one in re.findall(r"#EXTINF:([\d.]+)", requests.get(address, timeout=5).text))


def test_subtitles_are_fetched_and_shown_to_players(box, shelf, film):
    made = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    assert list(made) == ["id", "type", "url", "languageCode", "languageName"]
    shown = available(box, film, made)
    assert shown == {
        "id": made["id"], "type": "subtitle", "status": "available", "languageCode": "de", "languageName": "German",
    }  # fmt: skip
    whole = box.data("GET", f"/on-demand/{film['id']}")
    assert (whole["subtitleAvailable"], whole["generatedSubtitles"]) == (True, [])
    listed = next(one for one in box.data("GET", "/on-demand?limit=50") if one["id"] == film["id"])
    assert {track["status"] for track in listed["tracks"]} == {"Ready"}
    text = box.stream(f"{film['playbackIds'][0]['id']}/text/{made['id']}.vtt")
    assert text.headers["Content-Type"].startswith("text/vtt")
    assert text.text == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.500 line:0\n<i>Hello</i>\n\n00:00:02.000 --> 00:00:03.000\nBye\n"
    )
    assert 'SUBTITLES="text"' in master(box, film)
    playlist = choices(box, film)["SUBTITLES", "German", "de", "NO"]
    assert "#EXT-X-ENDLIST" in requests.get(playlist, timeout=5).text
    (segment,) = entries(playlist)
    assert requests.get(segment, timeout=5).text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1")


def test_srt_becomes_webvtt(box, shelf, film):
    made = add(box, film, shelf.put("/de.srt", SRT.encode("cp1252")), **GERMAN)
    available(box, film, made)
    text = box.stream(f"{film['playbackIds'][0]['id']}/text/{made['id']}.vtt").text
    assert text.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nGrüße\n")


def test_an_audio_track_can_be_chosen_beside_the_films_own(box, shelf, film, song):
    made = add(box, film, shelf.put("/it.mp3", song), **ITALIAN)
    available(box, film, made)
    found = choices(box, film)
    assert list(found) == [("AUDIO", "default", "und", "YES"), ("AUDIO", "Italian", "it", "NO")]
    assert 'AUDIO="audio"' in master(box, film)
    for address in found.values():
        assert length(address) == pytest.approx(3, abs=0.1)
        assert requests.get(entries(address)[0], timeout=5).content[:1] == b"G", "an MPEG transport stream"


def test_a_wrong_order_is_told_by_field_and_unknown_things_are_404(box, film):
    place = f"/on-demand/{film['id']}/tracks"
    wrong = box.refused("POST", place, status=422, json={"tracks": {"type": "video", "url": "ftp://x"}})
    assert {one["field"] for one in wrong["fields"]} == {
        "tracks.url", "tracks.type", "tracks.languageCode", "tracks.languageName",
    }  # fmt: skip
    assert box.refused("POST", place, status=422, json={})["fields"] == [
        {"field": "tracks", "message": "must not be null"}
    ]
    names = {"languageCode": "not a code", "languageName": "x" * 256}
    wrong = box.refused("PATCH", f"{place}/{uuid.uuid4()}", status=422, json=names)
    assert [one["field"] for one in wrong["fields"]] == ["languageCode", "languageName"]
    names = {"languageCode": "de", "languageName": "German"}
    for method, path, body in (
        ("POST", f"/on-demand/{uuid.uuid4()}/tracks", {"tracks": GERMAN | {"url": "https://a.example/b.vtt"}}),
        ("PATCH", f"{place}/{uuid.uuid4()}", names),
        ("DELETE", f"{place}/{uuid.uuid4()}", None),
        ("POST", f"{place}/{uuid.uuid4()}/generate-subtitles", {"languageCode": "de-DE", "languageName": "German"}),
    ):
        assert box.refused(method, path, status=404, json=body)["message"] == "media workspace relation not found"
    assert box.refused("DELETE", f"{place}/nonsense", status=422)["fields"][0]["field"] == "trackId"
    assert box.refused("DELETE", f"{place}/{uuid.uuid4()}", status=401, auth=("x", "y"))["message"] == "unauthorized"


def test_a_track_is_replaced_under_its_id(box, shelf, film):
    made = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    available(box, film, made)
    file = f"{film['playbackIds'][0]['id']}/text/{made['id']}.vtt"
    names = {"languageCode": "de-AT", "languageName": "Austrian"}
    url = shelf.put("/at.vtt", VTT.replace("Hello", "Servus"))
    place = f"/on-demand/{film['id']}/tracks/{made['id']}"
    changed = box.data("PATCH", place, json={"url": url} | names)
    assert changed == {"id": made["id"], "type": "subtitle", "url": url} | names
    until(lambda: "Servus" in box.stream(file).text, what="the new file")
    available(box, film, made)
    assert list(choices(box, film)) == [("SUBTITLES", "Austrian", "de-AT", "NO")]
    kept = box.data("PATCH", place, json={"languageCode": "gsw", "languageName": "Swiss"})
    assert kept["url"] == url, "without a url the file stays"
    available(box, film, made)
    assert "Servus" in box.stream(file).text
    assert list(choices(box, film)) == [("SUBTITLES", "Swiss", "gsw", "NO")]
    assert shelf.asked.count("/at.vtt") == 1


def test_the_films_own_sound_can_be_named_and_replaced_but_not_deleted(box, shelf, film, song):
    video, own = (next(one for one in film["tracks"] if one["type"] == kind) for kind in ("video", "audio"))
    place = f"/on-demand/{film['id']}/tracks"
    names = {"languageCode": "en", "languageName": "English"}
    box.data("PATCH", f"{place}/{own['id']}", json=names)
    available(box, film, own)
    (before,) = choices(box, film).items()
    assert before[0] == ("AUDIO", "English", "en", "YES")
    first = requests.get(entries(before[1])[0], timeout=5).content
    box.data("PATCH", f"{place}/{own['id']}", json=names | {"url": shelf.put("/en.mp3", song)})
    until(lambda: requests.get(entries(before[1])[0], timeout=5).content != first, what="the new sound")
    assert [one["id"] for one in box.data("GET", f"/on-demand/{film['id']}")["tracks"]] == [own["id"], video["id"]]
    assert list(choices(box, film)) == [before[0]]
    for track in (own, video):
        box.refused("DELETE", f"{place}/{track['id']}", status=400)
    box.refused("PATCH", f"{place}/{video['id']}", status=400, json=names)


def test_a_deleted_track_is_gone_from_the_media_and_from_players(box, shelf, film, song):
    texts = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    sound = add(box, film, shelf.put("/it.mp3", song), **ITALIAN)
    for track in (texts, sound):
        available(box, film, track)
    addresses = list(choices(box, film).values())
    assert len(addresses) == 3
    for track in (texts, sound):
        place = f"/on-demand/{film['id']}/tracks/{track['id']}"
        assert box.call("DELETE", place).json() == {"success": True}
        box.refused("DELETE", place, status=404)
    whole = box.data("GET", f"/on-demand/{film['id']}")
    assert [track["id"] for track in whole["tracks"]] == [track["id"] for track in film["tracks"]]
    assert whole["subtitleAvailable"] is False
    assert "EXT-X-MEDIA" not in master(box, film)
    assert [requests.get(one, timeout=5).status_code for one in addresses].count(404) == 2
    folder = box.folder / "sandbox" / "media" / film["id"]
    assert not [one for track in (texts, sound) for one in folder.glob(f"track-{track['id']}*")]


def test_a_language_name_is_taken_once_for_each_kind(box, shelf, film, song):
    url, place = shelf.put("/de.vtt", VTT), f"/on-demand/{film['id']}/tracks"
    first = add(box, film, url, **GERMAN)
    taken = box.refused("POST", place, status=400, json={"tracks": GERMAN | {"url": url}})
    assert (taken["message"], taken["description"]) == (
        "duplicate language name",
        "Duplicate language name exists for the given track ID.",
    )
    own = next(one for one in film["tracks"] if one["type"] == "audio")
    asked = {"languageCode": "de-DE", "languageName": "German"}
    box.refused("POST", f"{place}/{own['id']}/generate-subtitles", status=400, json=asked)
    add(box, film, shelf.put("/de.mp3", song), **GERMAN | {"type": "audio"})
    other = add(box, film, url, **GERMAN | {"languageName": "Deutsch"})
    box.refused("PATCH", f"{place}/{other['id']}", status=400, json=asked)
    box.data("PATCH", f"{place}/{first['id']}", json=asked)


def test_subtitles_are_written_down_from_an_audio_track(box, film):
    place = f"/on-demand/{film['id']}/tracks"
    own = next(one for one in film["tracks"] if one["type"] == "audio")
    names = {"languageCode": "en-US", "languageName": "English"}
    made = box.data("POST", f"{place}/{own['id']}/generate-subtitles", json=names)
    assert made == {"id": made["id"], "type": "subtitle"} | names
    waiting = box.data("GET", f"/on-demand/{film['id']}")
    assert waiting["tracks"][0]["status"] == "preparing"
    assert (waiting["generatedSubtitles"], waiting["subtitleAvailable"]) == ([{"status": "preparing"}], False)
    available(box, film, made)
    whole = box.data("GET", f"/on-demand/{film['id']}")
    address = f"{box.url}/stream/{film['playbackIds'][0]['id']}/text/{made['id']}.vtt"
    assert whole["generatedSubtitles"] == [{"status": "available", "url": address}]
    text = requests.get(address, timeout=5).text
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:03")
    assert "Welcome to Harbour." in text
    assert ("SUBTITLES", "English", "en-US", "NO") in choices(box, film)
    box.refused("POST", f"{place}/{made['id']}/generate-subtitles", status=400, json=names | {"languageName": "B"})
    wrong = box.refused(
        "POST", f"{place}/{own['id']}/generate-subtitles", status=422, json=names | {"languageCode": "en"}
    )
    assert wrong["fields"][0]["field"] == "languageCode"


def test_tracks_are_as_private_as_their_film(box, shelf, song, clip):
    film, key = box.ready(clip, accessPolicy="private"), box.data("POST", "/iam/signing-keys", status=201)
    playback_id = film["playbackIds"][0]["id"]
    good = token(key, playback_id)
    for name, track in (("de.vtt", GERMAN), ("it.mp3", ITALIAN)):
        available(box, film, add(box, film, shelf.put(f"/{name}", song if "mp3" in name else VTT), **track))
    lists = re.findall(r'URI="(.*?)"', master(box, film, f"?token={good}"))
    assert len(lists) == 3
    text = next(one["id"] for one in box.data("GET", f"/on-demand/{film['id']}")["tracks"] if one["type"] == "subtitle")
    files = [f"{box.url}/stream/{playback_id}/text/{text}.vtt?token={good}"]
    for address in [*lists, *files, *(one for playlist in lists for one in entries(playlist))]:
        allowed = requests.get(address, timeout=5)
        assert allowed.status_code == 200, address
        assert allowed.headers["Access-Control-Allow-Origin"] == "*"
        assert requests.get(address.replace(good, ""), timeout=5).status_code == 401, address
        assert requests.get(address.replace(good, token(key, "another")), timeout=5).status_code == 401, address
    place = f"/on-demand/{film['id']}/playback-ids/{playback_id}/user-agents"
    box.data("PATCH", place, json={"defaultPolicy": "allow", "allow": [], "deny": ["Grabber"]})
    for address in [*lists, *files]:
        assert requests.get(address, headers={"User-Agent": "Grabber/1"}, timeout=5).status_code == 403, address


def test_a_track_is_found_by_its_own_films_addresses_only(box, shelf, film, public_media):
    made = add(box, film, shelf.put("/de.vtt", VTT), **GERMAN)
    available(box, film, made)
    other, own = public_media["playbackIds"][0]["id"], film["playbackIds"][0]["id"]
    for path in (
        f"{other}/text/{made['id']}.vtt",
        f"{own}/audio/{made['id']}/index.m3u8",
        f"{own}/audio/{made['id']}/cues.vtt",
        f"{own}/text/..%2f..%2fsource.vtt",
        f"{own}/text/{uuid.uuid4()}/index.m3u8",
    ):
        assert box.stream(path).status_code == 404, path
    names = {"languageCode": "de", "languageName": "Deutsch"}
    box.refused("PATCH", f"/on-demand/{public_media['id']}/tracks/{made['id']}", status=404, json=names)


def test_names_cannot_break_out_of_a_playlist(box, shelf, film):
    name = 'A "quoted",URI="x"\n#EXT-X-ENDLIST'
    available(box, film, add(box, film, shelf.put("/de.vtt", VTT), **GERMAN | {"languageName": name}))
    (line,) = [line for line in master(box, film).splitlines() if "SUBTITLES" in line and "MEDIA" in line]
    assert "NAME=\"A 'quoted',URI='x' #EXT-X-ENDLIST\"" in line


@pytest.mark.timeout(330)  # a film of a minute is made
def test_seeded_media_share_a_film_but_no_tracks(box, shelf, song):
    requests.post(f"{box.url}/_sandbox/seed", json={"media": 2}, timeout=10)
    one, other = box.data("GET", "/on-demand?limit=2")
    made = add(box, one, shelf.put("/it.mp3", song), **ITALIAN)
    until(lambda: track_of(box, one, made)["status"] == "available", seconds=280, what="film and track")
    assert [name for _, name, *_ in choices(box, one)] == ["default", "Italian"]
    assert choices(box, other) == {}
    for address in choices(box, one).values():
        assert length(address) == pytest.approx(60, abs=0.2), "as long as the film"


def test_the_samples_are_tracks_to_try_with(box, film):
    for name, order in (("demo.vtt", GERMAN), ("demo.m4a", ITALIAN)):
        available(box, film, add(box, film, f"{box.url}/samples/{name}", **order))
        assert f"{box.url}/samples/{name}" in requests.get(box.url, timeout=5).text
    assert len(choices(box, film)) == 3


def test_tracks_have_to_wait_until_the_film_is_ready(box, clip):
    box.switch(encoding="held")
    media_id = box.upload(clip)
    order = {"tracks": GERMAN | {"url": "https://a.example/de.vtt"}}
    said = box.refused("POST", f"/on-demand/{media_id}/tracks", status=400, json=order)
    assert "not ready" in said["description"]
