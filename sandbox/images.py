"""Pictures of a media, made by ffmpeg from its source when asked for and kept beside it."""

import json
import math
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import ffmpeg

TILE_WIDTH = 160  # pixels
COLUMNS = 5
MOST_TILES = 50
MOST_KEPT = 60  # pictures kept of one media
TIMEOUT = 30.0


@dataclass(frozen=True)
class Wish:
    """A picture asked for: seconds into the media (None: its middle), pixels (None: as the source)."""

    extension: str
    time: float | None = None
    width: int | None = None
    height: int | None = None
    stretch: bool = False

    @property
    def scale(self) -> str:
        if self.width and self.height:
            fit = "" if self.stretch else ":force_original_aspect_ratio=decrease"
            return f"scale={self.width}:{self.height}{fit}"
        if self.width or self.height:
            return f"scale={self.width or -2}:{self.height or -2}"
        return "scale=iw:ih"


async def thumbnail(folder: Path, probe: dict[str, Any], wish: Wish) -> Path:
    """The picture's file. A time after the end shows the end. Raises FfmpegFailed, TimeoutError."""
    end = max(0.0, probe["seconds"] - 0.2)
    time = round(min(probe["seconds"] / 2 if wish.time is None else wish.time, end), 1)
    name = f"{time}-{wish.width}-{wish.height}-{'stretch' if wish.stretch else 'preserve'}.{wish.extension}"
    target = folder / "images" / name
    if target.exists():
        return target
    codec = ["-c:v", "libwebp"] if wish.extension == "webp" else []
    await _make(target, ["-ss", f"{time}", *_source(folder, probe), "-frames:v", "1", "-vf", wish.scale, *codec])
    _forget_oldest(target.parent)
    return target


async def sprite(folder: Path, probe: dict[str, Any]) -> Path:
    """The sprite sheet; its layout lies beside it as spritesheet.json."""
    target = folder / "images" / "spritesheet.jpg"
    if target.exists():
        return target
    seconds, video = probe["seconds"], probe["video"]
    interval = max(1, math.ceil(seconds / MOST_TILES))
    tiles = max(1, math.ceil(seconds / interval))
    height = max(2, round(TILE_WIDTH * video["height"] / video["width"] / 2) * 2)
    layout = {
        "tile_width": TILE_WIDTH,
        "tile_height": height,
        "duration": seconds,
        "tiles": [
            {"start": place * interval, "x": place % COLUMNS * TILE_WIDTH, "y": place // COLUMNS * height}
            for place in range(tiles)
        ],
    }
    grid = f"fps=1/{interval}:round=up,scale={TILE_WIDTH}:{height},tile={COLUMNS}x{math.ceil(tiles / COLUMNS)}"
    await _make(target, [*_source(folder, probe), "-frames:v", "1", "-vf", grid])
    target.with_suffix(".json").write_text(json.dumps(layout))
    return target


def _source(folder: Path, probe: dict[str, Any]) -> list[str | Path]:
    return [*ffmpeg.INPUT, "-i", (folder / "source").resolve(), "-map", f"0:{probe['video']['index']}"]


async def _make(target: Path, arguments: list[str | Path]) -> None:
    """Write to a name of its own, then rename: two askers never see half a picture."""
    if not target.parent.parent.exists():
        raise ffmpeg.FfmpegFailed("This media has no files.")
    target.parent.mkdir(exist_ok=True)
    part = target.with_name(f"{secrets.token_hex(4)}.part{target.suffix}")
    try:
        await ffmpeg.run(["-loglevel", "error", *arguments, "-update", "1", part.resolve()], timeout=TIMEOUT)
        if not part.exists():
            raise ffmpeg.FfmpegFailed("There is no picture at that moment.")
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _forget_oldest(folder: Path) -> None:
    kept = sorted(
        (entry for entry in os.scandir(folder) if not entry.name.startswith("spritesheet")),
        key=lambda entry: entry.stat().st_mtime,
    )
    for entry in kept[:-MOST_KEPT]:
        Path(entry.path).unlink(missing_ok=True)
