"""A file's whole life, told by requests."""

import io
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import imageio_ffmpeg
import requests

from tests.sandbox.box import GRAIN, make_video, run_ffmpeg, until


def test_a_file_sent_in_chunks_becomes_a_film_and_then_nothing(own_box, receiver, clip):
    box = own_box(
        SANDBOX_WEBHOOK_URL=receiver.url, SANDBOX_WEBHOOK_SECRET="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    )
    made = box.new_upload(title="Holiday", metadata={"year": "2026"})
    assert made["status"] == "waiting"
    assert "id" not in made["pushMediaSettings"]["playbackIds"][0]
    assert box.call("GET", f"/on-demand/{made['uploadId']}").status_code == 404
    for first in range(0, len(clip), GRAIN):
        part = clip[first : first + GRAIN]
        span = f"bytes {first}-{first + len(part) - 1}/{len(clip)}"
        sent = requests.put(made["url"], data=part, headers={"Content-Range": span}, timeout=20)
    assert sent.status_code == 200
    media = box.settled(made["uploadId"])
    assert (media["id"], media["status"], media["title"]) == (made["uploadId"], "Ready", "Holiday")
    assert (media["duration"], media["aspectRatio"], media["metadata"]) == ("00:00:03", "16:9", {"year": "2026"})
    assert {track["status"] for track in media["tracks"]} == {"available"}
    listed = box.data("GET", "/on-demand")[0]
    assert {track["status"] for track in listed["tracks"]} == {"Ready"}

    until(lambda: "video.media.ready" in receiver.of(media["id"]), what="the ready event")
    box.data("DELETE", f"/on-demand/{media['id']}")
    until(lambda: "video.media.deleted" in receiver.of(media["id"]), what="the deleted event")
    assert receiver.of(media["id"]) == [
        "video.media.upload",
        "video.upload.media_created",
        "video.media.ready",
        "video.media.deleted",
    ]
    assert receiver.signed("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    assert box.call("GET", f"/on-demand/{media['id']}").status_code == 404
    assert not list(box.folder.glob(f"sandbox/*/{media['id']}*")), "its files are gone"
    assert requests.get(media["thumbnail"], timeout=5).status_code == 404


def test_a_player_can_read_the_film(box, public_media):
    address = f"{box.url}/stream/{public_media['playbackIds'][0]['id']}.m3u8"
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", address, "-f", "null", "-"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stderr
    assert "Video: h264" in said
    assert "Audio: aac" in said
    assert "Duration: 00:00:03" in said


def test_a_big_picture_gets_two_rungs_and_a_limit_is_kept(box, tmp_path):
    content = make_video(tmp_path / "big.mp4", seconds=1, size="1280x720").read_bytes()
    whole, limited = box.ready(content), box.ready(content, maxResolution="480p")
    sizes = []
    for media in (whole, limited):
        text = box.stream(f"{media['playbackIds'][0]['id']}.m3u8").text
        sizes.append([line.split("RESOLUTION=")[1].split(",")[0] for line in text.splitlines() if "RESOLUTION" in line])
    assert sizes == [["640x360", "1280x720"], ["640x360", "854x480"]]
    assert whole["sourceResolution"] == "720"


def test_sound_alone_and_pictures_alone_play(box, tmp_path):
    silent = box.ready(make_video(tmp_path / "silent.mp4", seconds=1, sound=False).read_bytes())
    assert [track["type"] for track in silent["tracks"]] == ["video"]
    film = tmp_path / "film.mp4"
    sound = tmp_path / "sound.mp3"
    make_video(film, seconds=1)
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", film, "-vn", sound], check=True)
    heard = box.ready(sound.read_bytes())
    assert heard["isAudioOnly"] is True
    assert "thumbnail" not in heard
    assert "sourceResolution" not in heard
    for media in (silent, heard):
        master = box.stream(f"{media['playbackIds'][0]['id']}.m3u8").text
        variant = next(line for line in master.splitlines() if line.startswith("http"))
        segment = next(line for line in requests.get(variant, timeout=5).text.splitlines() if line.startswith("http"))
        assert requests.get(segment, timeout=5).content[:1] == b"G", "an MPEG transport stream"


def test_a_url_is_fetched_and_becomes_a_film(box):
    media = box.settled(box.import_url(urljoin(box.url, "/samples/demo.mp4"), title="Sample"))
    assert (media["status"], media["duration"]) == ("Ready", "00:00:08")
    info = box.data("GET", f"/on-demand/{media['id']}/input-info")
    assert info["configuration"]["url"].endswith("/samples/demo.mp4")


def test_a_clip_is_cut_from_a_media_and_listed_with_it(box, public_media):
    source = {"type": "video", "url": f"fp_mediaId://{public_media['id']}", "startTime": 0, "endTime": 2}
    body = {"inputs": [source], "accessPolicy": "public"}
    made = box.data("POST", "/on-demand", status=201, json=body)
    cut = box.settled(made["id"])
    assert cut["status"] == "Ready"
    assert cut["sourceMediaId"] == public_media["id"]
    clips = box.data("GET", f"/on-demand/{public_media['id']}/media-clips")
    assert [clip["id"] for clip in clips] == [cut["id"]]


def test_what_is_not_a_video_fails_and_says_why(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    for content in (b"just words\n" * 100, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b""):
        media_id = box.upload(content)
        media = box.settled(media_id)
        assert media["status"] == "Failed"
        assert "failedReason" not in media, "only the event says it"
        until(lambda asked=media_id: "video.media.failed" in receiver.of(asked), what="the failed event")
        event = next(one for one in receiver.events if one["type"] == "video.media.failed")
        assert event["data"]["failedReason"] == "The input is not a video or audio file."
        receiver.got.clear()


def test_of_a_file_that_was_cut_off_what_is_there_plays(box, tmp_path):
    whole, index_first = make_video(tmp_path / "whole.mp4", seconds=4), tmp_path / "index_first.mp4"
    run_ffmpeg("-i", str(whole), "-c", "copy", "-movflags", "+faststart", str(index_first))
    content = index_first.read_bytes()
    media = box.ready(content[: len(content) // 2])
    assert media["duration"] < "00:00:04"
    assert requests.get(media["thumbnail"], timeout=20).content.startswith(b"\x89PNG")


def test_an_address_that_does_not_answer_fails_and_says_why(box):
    media = box.settled(box.import_url(f"{box.url}/nowhere.mp4"))
    assert media["status"] == "Failed"
    line = next(one for one in box.state()["media"] if one["id"] == media["id"])
    assert line["failed_reason"] == "The input file could not be downloaded: its address answered 404."


def test_a_large_file_is_taken_without_holding_it_in_memory(box):
    size = 64 << 20
    made = box.new_upload()
    with_length = io.BytesIO(bytes(size))
    before = _memory(box)
    answer = requests.put(
        made["url"], data=with_length, headers={"Content-Range": f"bytes 0-{size - 1}/{size + 1}"}, timeout=60
    )
    assert (answer.status_code, answer.headers["Range"]) == (308, f"bytes=0-{size - 1}")
    assert _memory(box) - before < 24 << 20
    box.data("PUT", f"/on-demand/upload/{made['uploadId']}/cancel")


def _memory(box):
    """Most bytes the process ever held."""
    lines = Path(f"/proc/{box.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
