"""What players get of a track: sound as HLS on the film's own clock, subtitles as WebVTT."""

import re
import shutil
from pathlib import Path
from typing import Any

from sandbox import ffmpeg, subtitles
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


def best(folder: Path) -> Path:
    """The folder of the ladder's best rung. Raises FfmpegFailed when there is no ladder."""
    ladder = folder / "hls"
    rungs = [entry for entry in ladder.iterdir() if entry.is_dir()] if ladder.exists() else []
    if not rungs:
        raise ffmpeg.FfmpegFailed("This media has no files.")
    return max(rungs, key=lambda entry: int(entry.name.rstrip("p")) if entry.name.endswith("p") else 0)


async def own_sound(here: World, media: Media) -> None:
    """Make the file's own sound one of several to choose from; nothing where it has none or no files."""
    folder, name = here.folder(media.id), own_folder(media)
    target, work = folder / name, folder / f"{name}.part"
    if not name or target.exists() or not (folder / "hls").exists():
        return
    async with here.jobs.imaging:
        if target.exists():
            return  # another track's work made it meanwhile
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        source = str((best(folder) / "index.m3u8").resolve())
        command = ["-loglevel", "error", "-protocol_whitelist", "file", "-copyts", "-i", source, "-map", "0:a"]
        await ffmpeg.run([*command, "-c", "copy", *HLS], timeout=60 + media.probe["seconds"], folder=work)
        work.rename(target)


async def encode_sound(here: World, media: Media, source: Path, work: Path) -> None:
    """HLS of a file's first sound in `work`, as long as the film: cut off or followed by silence.

    Raises NotMedia, FfmpegFailed, TimeoutError.
    """
    facts = await probe(source)
    if not facts.get("audio"):
        raise NotMedia("The file has no sound.")
    seconds, zero = media.probe["seconds"], await zero_of(here.folder(media.id), media.probe)
    command: list[str | Path] = ["-loglevel", "error", *ffmpeg.INPUT, "-i", source.resolve()]
    command += ["-map", f"0:{facts['audio']['index']}", "-af", "apad", "-t", f"{seconds:.3f}"]
    command += ["-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", f"{AUDIO_RATE}k", "-output_ts_offset", f"{zero:.6f}"]
    async with here.jobs.encoding:
        await ffmpeg.run([*command, *HLS], timeout=120 + 2 * seconds, folder=work)


async def keep_text(folder: Path, facts: dict[str, Any], cues: list[subtitles.Cue], work: Path) -> None:
    """Both forms of subtitles in `work`: the file people download, and the one with the film's clock for HLS."""
    (work / "text.vtt").write_text(subtitles.written(cues))
    (work / "cues.vtt").write_text(subtitles.written(cues, await zero_of(folder, facts)))


async def zero_of(folder: Path, facts: dict[str, Any]) -> float:
    """When, in seconds of its MPEG-TS clock, the film begins."""
    first = best(folder) / "seg_00000.ts" if (folder / "hls").exists() else None
    if first is None:
        return USUAL_START
    said = await ffmpeg.run(["-i", first.resolve()], timeout=30, check=False)
    found = START.search(said)
    return (float(found[1]) if found else USUAL_START) + (PRIMING if facts.get("audio") else 0)
