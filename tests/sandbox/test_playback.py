"""Who may see what on the stream and image hosts."""

import base64
import http.client
import time

import jwt
import pytest
import requests

SECRET = "X-Secret-Player/1.0"


def token(key, playback_id, *, lifetime=60, audience="media", kid=None, algorithm="RS256"):
    moment = int(time.time())
    claims = {"kid": key["id"], "aud": f"{audience}:{playback_id}", "iss": "fastpix.com", "sub": "", "iat": moment}
    if lifetime is not None:
        claims["exp"] = moment + lifetime
    private = base64.b64decode(key["privateKey"]) if algorithm == "RS256" else b"x" * 64
    return jwt.encode(claims, private, algorithm=algorithm, headers={"kid": kid or key["id"]})


@pytest.fixture
def key(box):
    return box.data("POST", "/iam/signing-keys", status=201)


def addresses(playlist):
    return [line for line in playlist.text.splitlines() if line.startswith("http")]


def test_a_private_film_plays_with_its_token_all_the_way_down(box, private_media, key):
    playback_id = private_media["playbackIds"][0]["id"]
    good = token(key, playback_id)
    master = box.stream(f"{playback_id}.m3u8?token={good}", headers={"Origin": "http://console.example"})
    assert master.headers["Access-Control-Allow-Origin"] == "*"
    variant = requests.get(addresses(master)[0], timeout=5)
    segments = addresses(variant)
    assert segments
    for segment in segments:
        assert requests.get(segment, timeout=5).status_code == 200
        assert requests.get(segment.partition("?")[0], timeout=5).status_code == 401
    assert box.image(f"{playback_id}/thumbnail.jpg?token={good}").status_code == 200
    layout = box.image(f"{playback_id}/spritesheet.json?token={good}").json()
    assert requests.get(layout["url"], timeout=20).headers["Content-Type"] == "image/jpeg"


def test_any_other_token_is_401(box, private_media, key):
    playback_id = private_media["playbackIds"][0]["id"]
    other = box.data("POST", "/iam/signing-keys", status=201)
    bad = {
        "none": "",
        "garbage": "a.b.c",
        "expired": token(key, playback_id, lifetime=-5),
        "endless": token(key, playback_id, lifetime=None),
        "of another film": token(key, "another"),
        "for DRM": token(key, playback_id, audience="drm"),
        "by another key": token(key, playback_id, kid=other["id"]),
        "of an unknown key": token(key, playback_id, kid="unknown"),
        "of a weak algorithm": token(key, playback_id, algorithm="HS256"),
    }
    for name, wrong in bad.items():
        for address in (f"stream/{playback_id}.m3u8", f"images/{playback_id}/thumbnail.png"):
            answer = requests.get(f"{box.url}/{address}?token={wrong}", timeout=20)
            assert answer.status_code == 401, name
            assert answer.headers["Access-Control-Allow-Origin"] == "*", "so that a player can tell"


def test_a_deleted_key_ends_its_tokens_at_once(box, private_media, key):
    playback_id = private_media["playbackIds"][0]["id"]
    good = token(key, playback_id)
    assert box.stream(f"{playback_id}.m3u8?token={good}").status_code == 200
    shown = box.data("GET", f"/iam/signing-keys/{key['id']}")
    assert shown["signingKeyId"] == key["id"]
    assert "PRIVATE" not in str(shown)
    assert shown["publicKey"].count("\n") == 3, "its body is one line, as recorded"
    assert box.data("DELETE", f"/iam/signing-keys/{key['id']}") == {"message": "signing key deleted successfully"}
    assert box.stream(f"{playback_id}.m3u8?token={good}").status_code == 401


def test_domains_and_user_agents_are_held_to(box, clip):
    media = box.ready(clip)
    playback_id = media["playbackIds"][0]["id"]
    place = f"/on-demand/{media['id']}/playback-ids/{playback_id}"
    only = {"defaultPolicy": "deny", "allow": ["example.com", "*.video.example"], "deny": []}
    box.data("PATCH", f"{place}/domains", json=only)
    for headers, status in (
        ({}, 403),
        ({"Origin": "https://example.com"}, 200),
        ({"Referer": "https://a.video.example/page"}, 200),
        ({"Origin": "https://evil-example.com"}, 403),
        ({"Origin": "null"}, 403),
    ):
        assert box.stream(f"{playback_id}.m3u8", headers=headers).status_code == status, headers
        assert box.image(f"{playback_id}/thumbnail.png", headers=headers).status_code == status, headers
    box.data("PATCH", f"{place}/domains", json={"defaultPolicy": "allow", "allow": [], "deny": []})
    box.data("PATCH", f"{place}/user-agents", json={"defaultPolicy": "allow", "allow": [], "deny": ["Secret"]})
    assert box.stream(f"{playback_id}.m3u8", headers={"User-Agent": SECRET}).status_code == 403
    assert box.stream(f"{playback_id}.m3u8", headers={"User-Agent": SECRET.lower()}).status_code == 200


def test_a_film_that_is_not_ready_is_400_and_an_unknown_404(box, clip):
    box.switch(encoding="held")
    media_id = box.upload(clip)
    playback_id = box.data("GET", f"/on-demand/{media_id}")["playbackIds"][0]["id"]
    assert box.stream(f"{playback_id}.m3u8").status_code == 400
    assert box.image(f"{playback_id}/thumbnail.png").status_code == 400
    assert box.stream("unknown.m3u8").status_code == 404


def test_renditions_can_be_limited(box, public_media):
    playback_id = public_media["playbackIds"][0]["id"]
    assert box.stream(f"{playback_id}.m3u8?maxResolution=480p").status_code == 200
    assert box.stream(f"{playback_id}.m3u8?minResolution=1080p").status_code == 422
    assert box.stream(f"{playback_id}.m3u8?resolution=big").status_code == 422
    assert box.stream(f"{playback_id}.m3u8?renditionOrder=up").status_code == 422


def test_nothing_else_of_the_folder_is_served(box, public_media):
    playback_id = public_media["playbackIds"][0]["id"]
    for path in (
        "360p/../../source",
        "360p/index.m3u8/../../source",
        "..%2f..%2fsource/index.m3u8",
        "360p/master.m3u8",
    ):
        line = http.client.HTTPConnection("127.0.0.1", box.port, timeout=5)
        line.request("GET", f"/stream/{playback_id}/{path}")  # requests would tidy the dots away
        assert line.getresponse().status == 404, path
        line.close()


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("thumbnail.png?width=80", "image/png", b"\x89PNG"),
        ("thumbnail.jpg?time=1&width=80&height=80", "image/jpeg", b"\xff\xd8"),
        ("thumbnail.webp?time=900&height=50&fit_mode=stretch", "image/webp", b"RIFF"),
        ("spritesheet.jpg", "image/jpeg", b"\xff\xd8"),
    ],
)
def test_pictures_are_real(box, public_media, name, kind, start):
    answer = box.image(f"{public_media['playbackIds'][0]['id']}/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.content.startswith(start)


@pytest.mark.parametrize("query", ["width=-1", "width=9999", "time=soon", "time=nan", "fit_mode=round"])
def test_pictures_with_wrong_wishes_are_422(box, public_media, query):
    assert box.image(f"{public_media['playbackIds'][0]['id']}/thumbnail.png?{query}").status_code == 422


def test_the_sheet_says_where_its_tiles_are(box, public_media):
    layout = box.image(f"{public_media['playbackIds'][0]['id']}/spritesheet.json").json()
    assert layout["tiles"] == [{"start": n, "x": n * 160, "y": 0} for n in range(3)]
    assert (layout["tile_width"], layout["tile_height"]) == (160, 90)
