"""The film that all seeded media share, made when the first of them is looked at."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox import encode, ffmpeg
from sandbox.records import Media
from sandbox.world import World

SECONDS, RATE, SIZE = 60, 5, (1280, 720)
_making = asyncio.Lock()


def facts() -> dict[str, Any]:
    """What probing it finds, for a media of its own."""
    video = {"id": str(uuid4()), "index": 0, "width": SIZE[0], "height": SIZE[1], "fps": float(RATE)}
    return {"seconds": float(SECONDS), "video": video, "audio": {"id": str(uuid4()), "index": 1}}


async def files(here: World, media: Media, *, played: bool = False) -> Path:
    """The folder of a Ready media's files: its own, or the shared one for a seeded media.

    The shared one has its ladder only once someone asked for what is `played`. Raises FfmpegFailed, TimeoutError.
    """
    own, shared = here.folder(media.id), here.settings.data / "samples" / "seeded"
    if (own / "source").exists():
        return own
    async with _making:
        shared.mkdir(parents=True, exist_ok=True)
        if not (shared / "source").exists():
            await _film(shared / "source")
        if played and not (shared / "hls").exists():
            settings = {"maxResolution": "720p", "mediaQuality": "standard"}
            await encode.encode(shared, facts(), settings, lambda _: None)
    return shared


async def _film(target: Path) -> None:
    part = target.with_suffix(".part").resolve()
    bars = f"smptehdbars=size={SIZE[0]}x{SIZE[1]}:rate={RATE}:duration={SECONDS}"
    sources = ["-f", "lavfi", "-i", bars, "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:d={SECONDS}"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac"]
    await ffmpeg.run(["-loglevel", "error", *sources, *coded, "-f", "matroska", part], timeout=300)
    part.rename(target)
