"""Reading SRT and WebVTT as they come, and writing what players take; words where something is heard."""

import pytest

from sandbox.speech import _between, cues
from sandbox.subtitles import Cue, NotSubtitles, on_clock, read, written

TIMED = "00:00:01,000 --> 00:00:02,000"
NOTES = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE x\n\n00:02.000 --> 00:01.000\nback\n\n00:01.000 --> 00:02.000\nA"
LONG = "WEBVTT - mine\n\n1\n100:00:01.5 --> 100:00:02.25 align:start\nÄ\nB\n"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nA", [Cue(1, 2, "A")]),
        (LONG.encode(), [Cue(360001.5, 360002.25, "Ä\nB", "align:start")]),
        (f"\ufeff1\r\n{TIMED}\r\n{{\\an8}}<b>A</b>\r\n".encode(), [Cue(1, 2, "<b>A</b>")]),
        (f"1\n{TIMED}\nÄ\n".encode("utf-16"), [Cue(1, 2, "Ä")]),
        (f"0\n{TIMED}\nA\n \n2\n{TIMED}\nB".encode(), [Cue(1, 2, "A"), Cue(1, 2, "B")]),
        (NOTES.encode(), [Cue(1, 2, "A")]),
    ],
)
def test_cues_are_read_however_they_are_written(raw, found):
    assert read(raw) == found


@pytest.mark.parametrize(
    "raw", [b"", b"WEBVTT\n", b"<html>-->", b"\xff\xfb\x90\0\0", b"1\n00:00:01,000 --> 00:00:02,000\n"]
)
def test_what_has_no_cue_is_refused(raw):
    with pytest.raises(NotSubtitles):
        read(raw)


def test_what_is_written_is_read_again():
    given = [Cue(0.0015, 1.9996, "A\nB", "line:0"), Cue(3661, 3662.5, "C")]
    text = on_clock(written(given), 1.5)
    assert text.startswith(
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:135000,LOCAL:00:00:00.000\n\n00:00:00.002 --> 00:00:02.000 line:0\n"
    )
    assert [cue.text for cue in read(text.encode())] == ["A\nB", "C"]


@pytest.mark.parametrize(
    ("silences", "heard"),
    [
        ([], [(0.0, 10.0)]),
        ([("start", "-0.01"), ("end", "2")], [(2.0, 10.0)]),
        ([("start", "2"), ("end", "3"), ("start", "8")], [(0.0, 2.0), (3.0, 8.0)]),
        ([("start", "0")], []),
    ],
)
def test_what_is_not_silent_is_heard(silences, heard):
    assert _between(silences, 10.0) == heard


def test_words_stand_only_where_something_is_heard():
    said = cues("Harbour", "de-DE", [(1.0, 5.0), (8.0, 8.3)])
    assert [(cue.start, cue.end) for cue in said] == [(1.0, 3.8), (4.0, 5.0)]
    assert said[0].text == "Willkommen zu Harbour."
    assert cues("Harbour", "de-DE", [(1.0, 5.0)]) == said
    assert cues("Harbour", "xx", []) == [Cue(0.0, 0.5, "[silence]")]
