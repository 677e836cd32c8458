"""Running the ffmpeg of the wheel, never one of the system."""

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg

# Only real containers are opened, from files only: a playlist or a concat list inside an upload must not lead
# ffmpeg to other files or addresses.
INPUT = (
    "-protocol_whitelist",
    "file,pipe",
    "-format_whitelist",
    (
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,live_flv,ogg,wav,w64,aiff,caf,mp3,aac,"
        "ac3,eac3,flac,amr,mxf,h264,hevc,m4v,dv,rm,wtv,gxf,nut,swf,mpjpeg,au"
    ),
)
PICTURE = ("-protocol_whitelist", "file,pipe", "-format_whitelist", "png_pipe,jpeg_pipe,webp_pipe,gif,bmp_pipe")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class FfmpegFailed(Exception):
    """ffmpeg ended with an error; the text is its last line."""


def binary() -> str:
    """Path of the wheel's ffmpeg. Raises RuntimeError when imageio_ffmpeg would hand out one from elsewhere."""
    path = Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve()
    if not path.is_relative_to(Path(imageio_ffmpeg.__file__).resolve().parent):
        raise RuntimeError(f"ffmpeg must come from the imageio-ffmpeg wheel, not from {path}.")
    return str(path)


def _prepare() -> None:
    """In the child: die with the sandbox, and leave the processor to the pages meanwhile."""
    os.nice(5)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


async def run(
    arguments: Sequence[str | Path],
    *,
    timeout: float,
    folder: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    check: bool = True,
) -> str:
    """Run ffmpeg and return its stderr; each line of stdout goes to `on_line`.

    Raises FfmpegFailed on a non-zero exit (unless `check` is off), TimeoutError after `timeout` seconds. Cancelling
    kills the process. Must be called on the event loop: the child dies with the thread that started it.
    """
    process = await asyncio.create_subprocess_exec(
        binary(),
        "-hide_banner",
        "-nostdin",
        "-y",
        *[str(argument) for argument in arguments],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"LC_ALL": "C", "PATH": os.defpath},
        start_new_session=True,
        preexec_fn=_prepare,
    )
    try:
        async with asyncio.timeout(timeout):
            _, errors, _ = await asyncio.gather(_lines(process, on_line), _tail(process.stderr), process.wait())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if check and process.returncode:
        raise FfmpegFailed(_last_line(errors))
    return errors


async def _lines(process: asyncio.subprocess.Process, on_line: Callable[[str], None] | None) -> None:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe
    while line := await process.stdout.readline():
        if on_line:
            on_line(line.decode(errors="replace").strip())


async def _tail(stream: asyncio.StreamReader | None) -> str:
    """All of stderr up to 256 KiB, then only its newest part."""
    assert stream is not None  # noqa: S101 - opened as a pipe
    text = b""
    while chunk := await stream.read(65536):
        text = (text + chunk)[-262144:]
    return text.decode(errors="replace")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
