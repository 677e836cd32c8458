"""What the settings of a media ask of its file, before it is encoded."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wish:
    """Seconds are those of the file; other files go by names, `files` says where each is fetched."""

    start: float = 0.0
    end: float | None = None
    removed: tuple[tuple[float, float], ...] = ()
    inserted: tuple[tuple[float | None, str], ...] = ()  # where (None: at the end), name
    intro: str = ""
    outro: str = ""
    watermarks: tuple[dict[str, Any], ...] = ()  # what the input says, and `file`
    sound: str = ""  # in place of the file's own
    imposed: tuple[dict[str, Any], ...] = ()  # as watermarks
    loud: bool = False
    files: dict[str, str] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        return self != Wish()

    @property
    def cuts(self) -> bool:
        """Whether the film is another stretch of pictures than the file."""
        return bool(self.start or self.end or self.removed or self.inserted or self.intro or self.outro)


def of(settings: dict[str, Any]) -> Wish:
    """What a media's settings ask. The first video and the first audio input count; an upload's times stand alone."""
    inputs: list[dict[str, Any]] = settings.get("inputs", [])
    video = next((one for one in inputs if one["type"] == "video"), {})
    sound = next((one for one in inputs if one["type"] == "audio"), {})
    files: dict[str, str] = {}

    def named(name: str, url: str | None) -> str:
        if url:
            files[name] = url
        return name if url else ""

    def several(name: str, given: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        return [one | {"file": named(f"{name}{place}", one["url"])} for place, one in enumerate(given or [])]

    segments = several("segment", video.get("segments"))
    return Wish(
        start=video.get("startTime") or settings.get("startTime") or 0.0,
        end=video.get("endTime") or settings.get("endTime"),
        removed=tuple(_span(text) for text in video.get("expungeSegments") or ()),
        inserted=tuple((one.get("insertAt"), one["file"]) for one in segments),
        intro=named("intro", video.get("introUrl")),
        outro=named("outro", video.get("outroUrl")),
        watermarks=tuple(several("watermark", [one for one in inputs if one["type"] == "watermark"])),
        sound=named("sound", sound.get("swapTrackUrl")),
        imposed=tuple(several("imposed", sound.get("imposeTracks"))),
        loud=bool(settings.get("optimizeAudio")),
        files=files,
    )


def _span(text: str) -> tuple[float, float]:
    first, _, last = text.partition("-")
    return float(first), float(last)
