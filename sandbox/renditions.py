"""A film's ladder, and sound beside it as HLS on the same clock."""

import re
import secrets
import shutil
from pathlib import Path

from sandbox import ffmpeg, seeded_film
from sandbox.encode import AUDIO_RATE, SEGMENT_SECONDS
from sandbox.probe import NotMedia, probe
from sandbox.records import Media
from sandbox.world import World

START = re.compile(r"start: ([\d.]+)")
USUAL_START = 1.4  # seconds on the clock of MPEG-TS at which ffmpeg begins
PRIMING = 1024 / 48_000  # seconds of AAC before the first sound
HLS = (
    "-muxpreload", "0", "-muxdelay", "0", "-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod",
    "-hls_segment_filename", "seg_%05d.ts", "index.m3u8",
)  # fmt: skip


def own_folder(media: Media) -> str:
    """Name of the folder with the sound of the file itself as a rendition of its own."""
    return f"track-{media.probe['audio']['id']}-0" if media.probe.get("audio") else ""


async def ladder(here: World, media: Media) -> Path:
    """The folder of the film's HLS. Raises FfmpegFailed, TimeoutError where it has none."""
    return await seeded_film.files(here, media, played=True) / "hls"


async def best(here: World, media: Media) -> Path:
    """The playlist of the ladder's best rung. Raises FfmpegFailed where there is none."""
    rungs = [entry for entry in (await ladder(here, media)).iterdir() if entry.is_dir()]
    found = max(rungs, key=lambda entry: int(entry.name.rstrip("p")) if entry.name.endswith("p") else 0)
    return (found / "index.m3u8").resolve()


async def own_sound(here: World, media: Media) -> None:
    """Make the file's own sound one of several to choose from; nothing where it has none."""
    name = own_folder(media)
    target, work = here.folder(media.id) / name, here.folder(media.id) / f"{name}-{secrets.token_hex(4)}.part"
    if not name or target.exists():
        return
    source = str(await best(here, media))
    command = [
        "-loglevel",
        "error",
        "-protocol_whitelist",
        "file",
        "-copyts",
        "-i",
        source,
        "-map",
        "0:a",
        "-c",
        "copy",
    ]
    work.mkdir(parents=True)
    try:
        async with here.jobs.imaging:
            await ffmpeg.run([*command, *HLS], timeout=60 + media.probe["seconds"], folder=work)
        if not target.exists():  # another track's work may have made it meanwhile
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


async def encode_sound(here: World, media: Media, source: Path, work: Path) -> None:
    """HLS of a file's first sound in `work`, as long as the film: cut off or followed by silence.

    Raises NotMedia, FfmpegFailed, TimeoutError.
    """
    facts = await probe(source)
    if not facts.get("audio"):
        raise NotMedia("The file has no sound.")
    seconds, zero = media.probe["seconds"], await zero_of(here, media)
    command: list[str | Path] = ["-loglevel", "error", *ffmpeg.INPUT, "-i", source.resolve()]
    command += ["-map", f"0:{facts['audio']['index']}", "-af", "apad", "-t", f"{seconds:.3f}"]
    command += ["-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", f"{AUDIO_RATE}k", "-output_ts_offset", f"{zero:.6f}"]
    async with here.jobs.encoding:
        await ffmpeg.run([*command, *HLS], timeout=120 + 2 * seconds, folder=work)


async def zero_of(here: World, media: Media) -> float:
    """When, in seconds of its MPEG-TS clock, the film begins; kept beside the ladder. Raises FfmpegFailed."""
    kept = await ladder(here, media) / "zero"
    if kept.exists():
        return float(kept.read_text())
    first = (await best(here, media)).with_name("seg_00000.ts")
    found = START.search(await ffmpeg.run(["-i", first], timeout=30, check=False))
    zero = (float(found[1]) if found else USUAL_START) + (PRIMING if media.probe.get("audio") else 0)
    kept.write_text(f"{zero:.6f}")
    return zero
