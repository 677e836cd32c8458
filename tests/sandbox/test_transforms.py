"""What is asked when a media is made, looked at and listened to: cuts, joins, watermarks, sounds."""

import functools
import re
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import imageio_ffmpeg
import pytest
import requests

from tests.sandbox.box import run_ffmpeg, until

RED, GREEN, BLUE = (255, 0, 0), (0, 128, 0), (0, 0, 255)
SIZE = (320, 180)


def film(path, *parts, tone=440, volume=1.0):
    """A film of plain pictures, (colour, seconds) one after the other, with a tone."""
    seconds = sum(length for _, length in parts)
    pictures = [["-f", "lavfi", "-i", f"color={colour}:s=320x180:r=24:d={length}"] for colour, length in parts]
    opened = [word for picture in pictures for word in picture]
    sound = ["-f", "lavfi", "-i", f"sine=frequency={tone}:duration={seconds},volume={volume}"]
    joined = f"{''.join(f'[{place}:v]' for place in range(len(parts)))}concat=n={len(parts)}[v]"
    coded = ["-map", "[v]", "-map", f"{len(parts)}:a", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    run_ffmpeg(*opened, *sound, "-filter_complex", joined, *coded, "-c:a", "aac", str(path))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Address of a folder of films, sounds and pictures."""
    folder = tmp_path_factory.mktemp("files")
    film(folder / "colours.mp4", ("red", 2), ("green", 2), ("blue", 2))
    film(folder / "red.mp4", ("red", 2))
    film(folder / "blue.mp4", ("blue", 1))
    film(folder / "quiet.mp4", ("green", 4), volume=0.02)
    noise = "color=gray:s=320x180:r=24:d=3,noise=alls=80:allf=t"
    run_ffmpeg("-f", "lavfi", "-i", noise, "-c:v", "libx264", "-preset", "ultrafast", str(folder / "noise.mp4"))
    run_ffmpeg("-f", "lavfi", "-i", "color=white:s=64x64", "-frames:v", "1", str(folder / "white.png"))
    run_ffmpeg("-f", "lavfi", "-i", "sine=frequency=3000:duration=9", str(folder / "high.mp3"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def made(box, files):
    """Make a media of a film with what is asked of it; the Ready media."""

    def make(name, *others, settings=None, **asked):
        video = {"type": "video", "url": f"{files}/{name}"} | asked
        body = {"inputs": [video, *others], "accessPolicy": "public"} | (settings or {})
        media = box.settled(box.data("POST", "/on-demand", status=201, json=body)["id"], seconds=120)
        assert media["status"] == "Ready", box.state()["media"][0]["failed_reason"]
        return media

    return make


def ffmpeg(*arguments):
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *arguments]
    return subprocess.run(program, capture_output=True, timeout=60, check=True)


def address(box, media):
    return f"{box.url}/stream/{media['playbackIds'][0]['id']}.m3u8"


def seen(box, media, at, *places):
    """The colours at places (shares of width and height) of the moment `at` of what is streamed."""
    raw = ffmpeg(
        "-i", address(box, media), "-ss", str(at), "-frames:v", "1", "-s", "320x180",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
    ).stdout  # fmt: skip
    found = []
    for x, y in places or [(0.5, 0.5)]:
        first = (int(y * (SIZE[1] - 1)) * SIZE[0] + int(x * (SIZE[0] - 1))) * 3
        found.append(tuple(raw[first : first + 3]))
    return found if places else found[0]


def like(colour, wanted, apart=40):
    return all(abs(one - other) <= apart for one, other in zip(colour, wanted, strict=True))


def loudness(box, media, *filters):
    """Mean volume in dB of what is streamed, after filters."""
    chain = ",".join([*filters, "volumedetect"])
    said = ffmpeg("-i", address(box, media), "-vn", "-af", chain, "-f", "null", "-").stderr.decode()
    return float(re.search(r"mean_volume: (-?[\d.]+|-inf) dB", said)[1])


def test_a_trim_shows_only_what_lies_between_its_times(box, made):
    media = made("colours.mp4", startTime=2, endTime=4)
    assert media["duration"] == "00:00:02"
    for moment in (0.2, 1.7):
        assert like(seen(box, media, moment), GREEN)


def test_an_upload_is_trimmed_by_the_times_beside_its_inputs(box, files, tmp_path):
    film(tmp_path / "own.mp4", ("red", 2), ("blue", 2))
    media = box.ready((tmp_path / "own.mp4").read_bytes(), startTime=2)
    assert media["duration"] == "00:00:02"
    assert like(seen(box, media, 0.2), BLUE)


def test_a_clip_is_the_stretch_it_names_and_without_times_the_whole(box, made):
    origin = made("colours.mp4")
    clip = {"type": "video", "url": f"fp_mediaId://{origin['id']}"}
    ids = [
        box.data("POST", "/on-demand", status=201, json={"inputs": [clip | times], "accessPolicy": "public"})
        for times in ({"startTime": 4, "endTime": 5.5}, {})
    ]
    assert {one["sourceMediaId"] for one in ids} == {origin["id"]}
    part, copy = (box.settled(one["id"]) for one in ids)
    assert (part["duration"], copy["duration"]) == ("00:00:02", "00:00:06"), "FastPix says whole seconds"
    assert like(seen(box, part, 0.2), BLUE)
    assert like(seen(box, copy, 0.2), RED)
    listed = box.call("GET", f"/on-demand/{origin['id']}/media-clips?orderBy=asc").json()
    assert [one["id"] for one in listed["data"]] == [part["id"], copy["id"]]
    assert listed["pagination"] == {"totalRecords": 2, "currentOffset": 1, "offsetCount": 1}
    box.data("DELETE", f"/on-demand/{origin['id']}")
    assert like(seen(box, part, 0.2), BLUE), "a clip outlives what it was cut from"


def test_intro_and_outro_are_joined_and_told(own_box, receiver, files):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    video = {"type": "video", "url": f"{files}/quiet.mp4", "endTime": 2}
    video |= {"introUrl": f"{files}/red.mp4", "outroUrl": f"{files}/blue.mp4"}
    made = box.data("POST", "/on-demand", status=201, json={"inputs": [video], "accessPolicy": "public"})
    assert made["inputs"] == [video]
    media = box.settled(made["id"])
    assert (media["status"], media["duration"]) == ("Ready", "00:00:05")
    colours = [seen(box, media, moment) for moment in (1, 3, 4.6)]
    assert [like(*pair) for pair in zip(colours, (RED, GREEN, BLUE), strict=True)] == [True] * 3
    until(lambda: "video.media.intro.ready" in receiver.of(media["id"]), what="the intro's event")
    told = next(one for one in receiver.events if one["type"] == "video.media.intro.ready")
    assert (told["status"], told["data"]) == ("ready", media)


def test_segments_come_in_and_others_go_out(box, files, made):
    media = made("colours.mp4", expungeSegments=["0-1", "3-4"], segments=[{"url": f"{files}/blue.mp4", "insertAt": 2}])
    assert media["duration"] == "00:00:05"
    colours = [seen(box, media, moment) for moment in (0.5, 1.5, 2.5, 4)]
    assert [like(*pair) for pair in zip(colours, (RED, BLUE, GREEN, BLUE), strict=True)] == [True] * 4
    last = made("red.mp4", segments=[{"url": f"{files}/blue.mp4", "insertAtEnd": True}])
    assert like(seen(box, last, 2.6), BLUE)


@pytest.mark.parametrize(
    ("placement", "inside", "outside"),
    [
        ({"xAlign": "right", "xMargin": "10%", "yAlign": "bottom", "yMargin": "10%"}, (0.8, 0.8), (0.97, 0.97)),
        ({"xAlign": "left", "xMargin": "32px", "yAlign": "middle"}, (0.15, 0.5), (0.05, 0.5)),
        ({}, (0.02, 0.02), (0.5, 0.5)),
    ],
)
def test_a_watermark_lies_where_it_was_placed(box, files, made, placement, inside, outside):
    mark = {"type": "watermark", "url": f"{files}/white.png", "placement": placement, "width": "20%", "height": "20%"}
    media = made("red.mp4", mark)
    marked, free = seen(box, media, 1, inside, outside)
    assert like(marked, (255, 255, 255))
    assert like(free, RED)


def test_a_watermark_is_as_faint_as_asked_and_told(own_box, receiver, files):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    mark = {"type": "watermark", "url": f"{files}/white.png", "placement": {"xAlign": "center", "yAlign": "middle"}}
    mark |= {"width": "100px", "opacity": "50%"}
    settings = {"accessPolicy": "public", "inputs": [mark]}
    made = box.data("POST", "/on-demand/upload", status=201, json={"corsOrigin": "*", "pushMediaSettings": settings})
    assert "inputs" not in made["pushMediaSettings"]
    sent = requests.get(f"{files}/red.mp4", timeout=5).content
    assert requests.put(made["url"], data=sent, timeout=20).status_code == 200
    media = box.settled(made["uploadId"])
    faint, free = seen(box, media, 1, (0.5, 0.5), (0.1, 0.5))
    assert like(faint, (255, 128, 128))
    assert like(free, RED)
    until(lambda: "video.media.watermark.ready" in receiver.of(media["id"]), what="the watermark's event")
    told = next(one for one in receiver.events if one["type"] == "video.media.watermark.ready")["data"]
    assert told.pop("id") != media["id"]
    assert told == mark


def test_another_sound_takes_the_place_of_the_films_own(box, files, made):
    media = made("red.mp4", {"type": "audio", "swapTrackUrl": f"{files}/high.mp3"})
    assert media["duration"] == "00:00:02"
    assert loudness(box, media, "bandreject=f=3000:w=400") < loudness(box, media) - 10


def test_sounds_are_laid_over_a_stretch_of_the_film(box, files, made):
    over = [{"url": f"{files}/high.mp3", "startTime": 3, "endTime": 5, "fadeInLevel": 1}]
    media = made("colours.mp4", {"type": "audio", "swapTrackUrl": f"{files}/blue.mp4", "imposeTracks": over})
    high = "highpass=f=2000:poles=2"
    heard = [loudness(box, media, f"atrim=start={first}:end={first + 0.8}", high) for first in (1.5, 4, 5.2)]
    assert heard[1] > heard[0] + 15
    assert heard[1] > heard[2] + 15


def test_a_quiet_film_is_louder_once_its_sound_is_optimized(box, files, made):
    plain, loud = made("quiet.mp4"), made("quiet.mp4", settings={"optimizeAudio": True})
    assert loudness(box, loud) > loudness(box, plain) + 15


def test_a_better_quality_has_more_bits(box, files, made):
    sizes = []
    for quality in ("standard", "premium"):
        media = made("noise.mp4", settings={"mediaQuality": quality})
        assert media["mediaQuality"] == quality
        sizes.append(len(ffmpeg("-i", address(box, media), "-an", "-c", "copy", "-f", "mpegts", "-").stdout))
    assert sizes[1] > sizes[0] * 1.4


def test_what_cannot_be_fetched_or_is_no_film_fails_the_media(box, files):
    for asked, reason in (
        ({"introUrl": f"{files}/nowhere.mp4"}, "The input file could not be downloaded: its address answered 404."),
        ({"outroUrl": f"{files}/white.png"}, "The input is not a video or audio file."),
        ({"startTime": 50}, "Nothing of the input is left between its start and end time."),
    ):
        video = {"type": "video", "url": f"{files}/red.mp4"} | asked
        media = box.settled(
            box.data("POST", "/on-demand", status=201, json={"inputs": [video], "accessPolicy": "public"})["id"]
        )
        assert media["status"] == "Failed"
        assert box.state()["media"][0]["failed_reason"] == reason
