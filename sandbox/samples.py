"""A sample to import by URL without the internet: a test picture and a tone, the same bytes at every make."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox import ffmpeg, world

SECONDS = 8
_making = asyncio.Lock()


async def demo(request: Request) -> Response:
    """640x360, 8 s, H.264 and AAC."""
    file = world.of(request).settings.data / "samples" / "demo.mp4"
    async with _making:
        if not file.exists():
            await _make(file)
    return FileResponse(file, media_type="video/mp4")


async def _make(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    sources = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=25:duration={SECONDS}"]
    sources += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    await ffmpeg.run(["-loglevel", "error", *sources, *coded, *exact, part.resolve()], timeout=120)
    part.rename(file)
