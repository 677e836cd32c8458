"""What a file is, read from `ffmpeg -i` (the wheel brings no ffprobe)."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox import ffmpeg

DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
STREAM = re.compile(
    r"^  Stream #0:(\d+)(?:\[\w+\])?(?:\((\w+)\))?: (Video|Audio|Subtitle|Data): ([^\s,]+)(.*)((?:\n {4,}.*)*)",
    re.MULTILINE,
)
SIZE = re.compile(r"[ ,](\d{2,5})x(\d{2,5})[ ,\[]")
RATE = re.compile(r"([\d.]+)(k?) (?:fps|tbr)")
ROTATION = re.compile(r"rotation of (-?[\d.]+) degrees")


class NotMedia(Exception):
    """The file is not a video or audio file; the text says why, for people."""


async def probe(file: Path) -> dict[str, Any]:
    """{"seconds", "video"?: {id, index, width, height, fps}, "audio"?: {id, index}} of the first track of each kind.

    Width and height are as shown, so after rotation, in pixels. Raises NotMedia.
    """
    try:
        text = await ffmpeg.run([*ffmpeg.INPUT, "-i", file], timeout=30, check=False)
    except TimeoutError:
        raise NotMedia("The input could not be read within 30 seconds.") from None
    if "Input #0" not in text:
        raise NotMedia("The input is not a video or audio file.")
    return parse(text)


def parse(text: str) -> dict[str, Any]:
    """The same from ffmpeg's words."""
    length = DURATION.search(text)
    found: dict[str, Any] = {}
    for index, _, kind, _, words, more in STREAM.findall(text):
        name = kind.lower()
        if name in found or "attached pic" in words:
            continue
        if name == "video":
            found["video"] = {"id": str(uuid4()), "index": int(index)} | _video(words, more)
        elif name == "audio":
            found["audio"] = {"id": str(uuid4()), "index": int(index)}
    if not found:
        raise NotMedia("The input has no video or audio track.")
    if length is None:
        raise NotMedia("The input has no duration: it is a picture or cut off.")
    hours, minutes, seconds = length.groups()
    found["seconds"] = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if found["seconds"] <= 0:
        raise NotMedia("The input is empty.")
    return found


def _video(words: str, more: str) -> dict[str, Any]:
    size = SIZE.search(words)
    if not size:
        raise NotMedia("The video track has no size.")
    width, height = int(size[1]), int(size[2])
    turned = ROTATION.search(more)
    if turned and round(float(turned[1])) % 180:
        width, height = height, width
    rate = RATE.search(words)
    fps = float(rate[1]) * (1000 if rate[2] else 1) if rate else 25.0
    return {"width": width, "height": height, "fps": fps}
