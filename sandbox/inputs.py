"""The `inputs` of a new media: the video, and what is laid over, put around or beside it.

Documented: the forms. The messages follow the recorded ones.
"""

import re
from typing import Any

from sandbox import checks

CLIP = "fp_mediaId://"
KINDS = ("video", "watermark", "audio", "subtitle")
WEB = ("http://", "https://")
LENGTH = re.compile(r"\d{1,4}(\.\d{1,3})?(%|px)?")  # of a picture: pixels unless % follows
SHARE = re.compile(r"(100|\d{1,2})(\.\d{1,3})?%")
SPAN = re.compile(r"(\d{1,5})-(\d{1,5})")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
URL_LIMIT = 4096


def of_url(fields: checks.Fields) -> list[dict[str, Any]]:
    """Those of create-media: one of type video, with the address of the file."""
    given = _checked(fields, with_file=True)
    if fields.data.get("inputs") is None:
        fields.wrong("inputs", "must not be null")
    elif isinstance(fields.data["inputs"], list) and not any(one.get("type") == "video" for one in given):
        fields.wrong("inputs", "must have one of type video")
    return given


def of_upload(fields: checks.Fields) -> list[dict[str, Any]]:
    """Those of pushMediaSettings: all may be absent, and the video has no address."""
    return _checked(fields, with_file=False)


def times(fields: checks.Fields) -> tuple[float | None, float | None]:
    """startTime and endTime, in seconds of the file."""
    start, end = fields.seconds("startTime"), fields.seconds("endTime")
    if end is not None and end <= (start or 0):
        fields.wrong("endTime", "must be after startTime")
    return start, end


def _checked(fields: checks.Fields, *, with_file: bool) -> list[dict[str, Any]]:
    kept = []
    for inner in _each(fields, "inputs"):
        kind = inner.choice("type", KINDS, required=True)
        if kind == "video":
            _check_video(inner, with_file=with_file)
        elif kind in OTHERS:
            OTHERS[kind](inner)
        kept.append(inner.data)
    return kept


def _each(fields: checks.Fields, name: str) -> list[checks.Fields]:
    """The objects of a list of the body, their problems named with the path; others are a problem themselves."""
    given = fields.data.get(name)
    if given is not None and not isinstance(given, list):
        fields.wrong(name, "must be a list")
    found = []
    for place, one in enumerate(given if isinstance(given, list) else []):
        if isinstance(one, dict):
            found.append(checks.Fields(one, f"{fields.prefix}{name}[{place}].", fields.problems))
        else:
            fields.wrong(f"{name}[{place}]", "must be an object")
    return found


def _check_video(inner: checks.Fields, *, with_file: bool) -> None:
    if with_file:
        _address(inner, "url", required=True, also=(CLIP,))
    times(inner)
    for name in ("introUrl", "outroUrl"):
        _address(inner, name)
    removed = inner.data.get("expungeSegments")
    if removed is not None and not (isinstance(removed, list) and all(_is_span(one) for one in removed)):
        inner.wrong("expungeSegments", 'must be a list of spans such as "4-6"')
    for segment in _each(inner, "segments"):
        _address(segment, "url", required=True)
        if (segment.seconds("insertAt") is None) == (segment.flag("insertAtEnd") is not True):
            segment.wrong("insertAt", "must be given, or insertAtEnd, and not both")


def _check_watermark(inner: checks.Fields) -> None:
    _address(inner, "url", required=True)
    place = inner.inside("placement")
    place.choice("xAlign", ("left", "center", "right"))
    place.choice("yAlign", ("top", "middle", "bottom"))
    for fields, name, form in (
        (place, "xMargin", LENGTH),
        (place, "yMargin", LENGTH),
        (inner, "width", LENGTH),
        (inner, "height", LENGTH),
        (inner, "opacity", SHARE),
    ):
        _matching(fields, name, form)


def _check_audio(inner: checks.Fields) -> None:
    _address(inner, "swapTrackUrl", required=True)
    for track in _each(inner, "imposeTracks"):
        _address(track, "url", required=True)
        times(track)
        track.seconds("fadeInLevel")
        track.seconds("fadeOutLevel")


def _check_subtitle(inner: checks.Fields) -> None:
    _address(inner, "url", required=True)
    inner.text("languageName", required=True)
    _matching(inner, "languageCode", LANGUAGE, required=True)


OTHERS = {"watermark": _check_watermark, "audio": _check_audio, "subtitle": _check_subtitle}


def _address(fields: checks.Fields, name: str, *, required: bool = False, also: tuple[str, ...] = ()) -> None:
    url = fields.text(name, required=required, limit=URL_LIMIT)
    if url and not url.startswith((*WEB, *also)):
        fields.wrong(name, "is invalid")


def _matching(fields: checks.Fields, name: str, form: re.Pattern[str], *, required: bool = False) -> None:
    value = fields.text(name, required=required)
    if value and not form.fullmatch(value):
        fields.wrong(name, "is invalid")


def _is_span(text: object) -> bool:
    parts = SPAN.fullmatch(text) if isinstance(text, str) else None
    return parts is not None and int(parts[1]) < int(parts[2])
