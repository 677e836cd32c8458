"""Subtitles: SRT and WebVTT read, WebVTT written."""

import re
from dataclasses import dataclass

MOMENT = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
TIMING = re.compile(rf"^\s*{MOMENT}\s*-->\s*{MOMENT}[ \t]*(.*)$")
FONT = re.compile(r"</?font[^>]*>|\{\\[^}]*\}", re.IGNORECASE)  # of SRT only; WebVTT does not know them
CLOCK = 90_000  # ticks a second of MPEG-TS


class NotSubtitles(Exception):
    """The file holds no subtitles; the text says why, for people."""


@dataclass(frozen=True)
class Cue:
    """Lines shown from `start` to `end` (seconds); `settings` place them on the picture, as WebVTT says it."""

    start: float
    end: float
    text: str
    settings: str = ""


def read(raw: bytes) -> list[Cue]:
    """The cues of an SRT or WebVTT file, in their order. Raises NotSubtitles."""
    text = _text(raw).replace("\r\n", "\n").replace("\r", "\n")
    is_vtt = text.startswith("WEBVTT")
    cues = [cue for block in re.split(r"\n[ \t]*\n", text) if (cue := _cue(block.split("\n"), is_vtt=is_vtt))]
    if not cues:
        raise NotSubtitles("The file holds no SRT or WebVTT subtitles.")
    return cues


def written(cues: list[Cue]) -> str:
    """A WebVTT file."""
    blocks = [f"{_clock(cue.start)} --> {_clock(cue.end)} {cue.settings}".rstrip() + f"\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def on_clock(text: str, zero: float) -> str:
    """A WebVTT file as a segment of HLS: `zero` is when, in seconds of its MPEG-TS clock, the film begins."""
    return text.replace("WEBVTT", f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{round(zero * CLOCK)},LOCAL:00:00:00.000", 1)


def _text(raw: bytes) -> str:
    """Bytes as text: UTF-8, UTF-16 where its mark says so, else the code page old SRT files are written in."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace").removeprefix("\ufeff")
    if b"\0" in raw:
        raise NotSubtitles("The file is not text: it holds no SRT or WebVTT subtitles.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _cue(lines: list[str], *, is_vtt: bool) -> Cue | None:
    """The cue of a block of lines: an identifier or not, its timing, its text. None for a note, a style, nonsense."""
    for place, line in enumerate(lines[:3]):
        if found := TIMING.match(line):
            parts = found.groups()
            start, end = _seconds(parts[:4]), _seconds(parts[4:8])
            text = "\n".join(line.rstrip() for line in lines[place + 1 :] if line.strip())
            text = text if is_vtt else FONT.sub("", text).strip()
            settings = parts[8].strip() if is_vtt else ""
            return Cue(start, end, text, settings) if end > start and text else None
    return None


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, rest = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + int((rest or "0").ljust(3, "0")) / 1000


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"
