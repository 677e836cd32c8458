"""MP4 and M4A: made when asked for, told, downloaded by those who may, and gone with the media."""

import re
import subprocess
import time

import imageio_ffmpeg
import pytest
import requests

from tests.sandbox.box import make_video, until
from tests.sandbox.test_playback import token


def switched(box, media, value):
    return box.data("PATCH", f"/on-demand/{media['id']}/update-mp4Support", json={"mp4Support": value})


def address(box, media, name):
    return f"{box.url}/stream/{media['playbackIds'][0]['id']}/{name}"


def downloaded(url, **more):
    """The bytes once they are made."""

    def there():
        answer = requests.get(url, timeout=10, **more)
        assert answer.status_code in {200, 400}, answer.text
        return answer if answer.status_code == 200 else None

    return until(there, what=url)


def probed(content, tmp_path):
    """What ffmpeg says of a file."""
    file = tmp_path / "downloaded"
    file.write_bytes(content)
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", file, "-f", "null", "-"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stderr
    return said.split("Output #0")[0]


@pytest.fixture
def film(box, clip):
    return box.ready(clip)


def test_both_files_are_made_and_can_be_downloaded(box, film, tmp_path):
    assert requests.get(address(box, film, "capped-4k.mp4"), timeout=5).status_code == 404
    assert switched(box, film, "audioOnly,capped_4k")["mp4Support"] == "audioOnly,capped_4k"
    video = downloaded(address(box, film, "capped-4k.mp4"))
    assert video.headers["Content-Type"] == "video/mp4"
    said = probed(video.content, tmp_path)
    assert re.search(r"Duration: 00:00:03\.", said)
    assert "Video: h264" in said
    assert "640x360" in said
    assert "Audio: aac" in said
    sound = downloaded(address(box, film, "audio.m4a"))
    assert sound.headers["Content-Type"] == "audio/mp4"
    said = probed(sound.content, tmp_path)
    assert "Audio: aac" in said
    assert "Video" not in said
    part = requests.get(address(box, film, "audio.m4a"), headers={"Range": "bytes=0-9"}, timeout=5)
    assert (part.status_code, part.content) == (206, sound.content[:10])


def test_what_is_switched_off_is_gone(box, film):
    switched(box, film, "audioOnly,capped_4k")
    for name in ("capped-4k.mp4", "audio.m4a"):
        downloaded(address(box, film, name))
    twice = box.refused(
        "PATCH", f"/on-demand/{film['id']}/update-mp4Support", status=400, json={"mp4Support": "audioOnly,capped_4k"}
    )
    assert twice["message"] == "mp4Support value already exists"
    switched(box, film, "audioOnly")
    assert requests.get(address(box, film, "capped-4k.mp4"), timeout=5).status_code == 404
    downloaded(address(box, film, "audio.m4a"))
    assert "mp4Support" not in switched(box, film, "none")
    assert requests.get(address(box, film, "audio.m4a"), timeout=5).status_code == 404
    assert not list((box.folder / "sandbox" / "media" / film["id"]).glob("*.m*"))
    wrong = box.refused("PATCH", f"/on-demand/{film['id']}/update-mp4Support", status=422, json={"mp4Support": "4k"})
    assert wrong["fields"][0]["field"] == "mp4Support"


def test_it_is_told_when_the_files_are_there(own_box, receiver, clip, tmp_path):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    media = box.ready(clip, mp4Support="capped_4k")
    until(lambda: "video.media.mp4Support.ready" in receiver.of(media["id"]), what="the event")
    assert requests.get(address(box, media, "capped-4k.mp4"), timeout=5).status_code == 200
    box.switch(encoding="held")
    switched(box, media, "audioOnly,capped_4k")
    assert requests.get(address(box, media, "audio.m4a"), timeout=5).status_code == 400, "not ready yet"
    assert receiver.of(media["id"])[-1] == "video.media.mp4Support.ready"
    box.process.kill()
    box.process.wait(5)
    box.start()
    time.sleep(0.5)
    assert receiver.of(media["id"]).count("video.media.mp4Support.ready") == 1
    box.switch(encoding="normal")
    until(lambda: receiver.of(media["id"]).count("video.media.mp4Support.ready") == 2, what="the second event")
    told = next(one for one in receiver.events[::-1] if one["type"] == "video.media.mp4Support.ready")
    assert (told["status"], told["data"]["mp4Support"]) == ("ready", "audioOnly,capped_4k")
    url = address(box, media, "audio.m4a")
    assert requests.get(url, timeout=5).status_code == 200
    box.data("DELETE", f"/on-demand/{media['id']}")
    assert requests.get(url, timeout=5).status_code == 404
    assert not (box.folder / "sandbox" / "media" / media["id"]).exists()


def test_what_cannot_be_made_is_taken_back(own_box, receiver, clip, tmp_path):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    silent = box.ready(make_video(tmp_path / "silent.mp4", seconds=1, sound=False).read_bytes())
    place = f"/on-demand/{silent['id']}/update-mp4Support"
    box.refused("PATCH", place, status=400, json={"mp4Support": "audioOnly"})
    switched(box, silent, "audioOnly,capped_4k")
    until(lambda: receiver.of(silent["id"])[-1] == "video.media.mp4Support.ready", what="the event")
    assert box.data("GET", f"/on-demand/{silent['id']}")["mp4Support"] == "capped_4k"
    film = box.ready(clip)
    box.switch(encoding="fails")
    switched(box, film, "capped_4k")
    until(lambda: receiver.of(film["id"])[-1] == "video.media.updated", what="the event")
    assert "mp4Support" not in box.data("GET", f"/on-demand/{film['id']}")


def test_a_download_is_as_private_as_its_film(box, clip, private_media):
    key = box.data("POST", "/iam/signing-keys", status=201)
    playback_id = private_media["playbackIds"][0]["id"]
    switched(box, private_media, "capped_4k")
    url = address(box, private_media, "capped-4k.mp4")
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(f"{url}?token={token(key, 'another')}", timeout=5).status_code == 401
    downloaded(f"{url}?token={token(key, playback_id)}")
    ruled = box.ready(clip, mp4Support="capped_4k")
    place = f"/on-demand/{ruled['id']}/playback-ids/{ruled['playbackIds'][0]['id']}/domains"
    box.data("PATCH", place, json={"defaultPolicy": "deny", "allow": ["example.com"], "deny": []})
    url = address(box, ruled, "capped-4k.mp4")
    assert requests.get(url, timeout=5).status_code == 403
    downloaded(url, headers={"Referer": "https://example.com/page"})
