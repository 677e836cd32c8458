"""Samples to import by URL without the internet, the same bytes at every make: a film, another sound, subtitles."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox import ffmpeg, subtitles, world
from sandbox.subtitles import Cue

SECONDS = 8
WORDS = ("A test picture is shown.", "A tone is heard.", "Both go on.", "This is the end of the sample.")
_making = asyncio.Lock()


async def demo(request: Request) -> Response:
    """640x360, 8 s, H.264 and AAC."""
    sources = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=25:duration={SECONDS}", *_tone(440)]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac"]
    return FileResponse(await _made(request, "demo.mp4", [*sources, *coded]), media_type="video/mp4")


async def sound(request: Request) -> Response:
    """The same length of a higher tone, AAC: another sound for the film."""
    return FileResponse(await _made(request, "demo.m4a", [*_tone(880), "-c:a", "aac"]), media_type="audio/mp4")


async def cues(request: Request) -> Response:
    """WebVTT for the film."""
    step = SECONDS / len(WORDS)
    shown = [Cue(place * step, (place + 1) * step, words) for place, words in enumerate(WORDS)]
    return Response(subtitles.written(shown), media_type="text/vtt")


def _tone(hertz: int) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency={hertz}:sample_rate=48000:duration={SECONDS}"]


async def _made(request: Request, name: str, arguments: list[str]) -> Path:
    file = world.of(request).settings.data / "samples" / name
    async with _making:
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            part = file.with_suffix(f"{file.suffix}.part")
            exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
            await ffmpeg.run(["-loglevel", "error", *arguments, *exact, part.resolve()], timeout=120)
            part.rename(file)
    return file
