"""Reading ffmpeg's words."""

import pytest

from sandbox.probe import NotMedia, parse

PHONE = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'source':
  Duration: 00:01:02.50, start: 0.000000, bitrate: 900 kb/s
  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 96 kb/s (default)
  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 1920x1080, 29.97 fps, 30 tbr
    Metadata:
      handler_name    : VideoHandler
    Side data:
      displaymatrix: rotation of -90.00 degrees
"""
SONG = """\
Input #0, mp3, from 'source':
  Duration: 00:00:02.00, start: 0.0, bitrate: 128 kb/s
  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 128 kb/s
  Stream #0:1: Video: mjpeg (Baseline), yuvj420p(pc), 600x600, 90k tbr, 90k tbn (attached pic)
"""
PICTURE = """\
Input #0, png_pipe, from 'source':
  Duration: N/A, bitrate: N/A
  Stream #0:0: Video: png, rgb24(pc), 640x360, 25 fps, 25 tbr, 25 tbn
"""


def test_a_turned_phone_film_is_as_it_is_shown():
    found = parse(PHONE)
    assert found["seconds"] == 62.5
    video = found["video"]
    assert (video["index"], video["width"], video["height"], video["fps"]) == (1, 1080, 1920, 29.97)
    assert found["audio"]["index"] == 0


def test_the_cover_of_a_song_is_not_a_film():
    assert "video" not in parse(SONG)


def test_a_picture_is_not_a_film():
    with pytest.raises(NotMedia, match="no duration"):
        parse(PICTURE)
