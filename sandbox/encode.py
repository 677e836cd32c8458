"""From a file to an HLS ladder, its default picture and its sprite sheet."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox import ffmpeg, images
from sandbox.log import warn

RUNGS = (360, 720)  # short sides in pixels; never above the source or maxResolution
VIDEO_RATES = {360: 800, 720: 2500}  # kbit/s
QUALITIES = {"standard": 1.0, "pro": 1.5, "premium": 2.0}  # times these rates
AUDIO_RATE = 128  # kbit/s
SEGMENT_SECONDS = 4
LENGTHS = re.compile(r"#EXTINF:([\d.]+)")


def rungs(probe: dict[str, Any], max_resolution: str) -> list[int]:
    """The ladder of one file, lowest first: nothing is scaled up."""
    video = probe["video"]
    limit = min(int(max_resolution.rstrip("p")), video["width"], video["height"])
    top = max(2, min(limit, RUNGS[-1]) // 2 * 2)
    return [rung for rung in RUNGS if rung < top] + [top]


def arguments(source: Path, probe: dict[str, Any], max_resolution: str, quality: str) -> list[str | Path]:
    """The ffmpeg command that writes master.m3u8 and one folder per rung into its working directory."""
    audio = f"0:{probe['audio']['index']}" if probe.get("audio") else ""
    command: list[str | Path] = ["-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5"]
    command += [*ffmpeg.INPUT, "-i", source]
    if probe.get("video"):
        variants = _video_arguments(command, probe, rungs(probe, max_resolution), QUALITIES[quality], audio)
    else:
        command += ["-map", audio]
        variants = ["a:0,name:audio"]
    if audio:
        command += ["-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", f"{AUDIO_RATE}k"]
    command += ["-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod"]
    command += ["-hls_flags", "independent_segments", "-hls_segment_filename", "%v/seg_%05d.ts"]
    return [*command, "-master_pl_name", "master.m3u8", "-var_stream_map", " ".join(variants), "%v/index.m3u8"]


def _video_arguments(
    command: list[str | Path], probe: dict[str, Any], ladder: list[int], quality: float, audio: str
) -> list[str]:
    video = probe["video"]
    portrait = video["height"] > video["width"]
    split = "".join(f"[s{place}]" for place in range(len(ladder)))
    filters = [f"[0:{video['index']}]split={len(ladder)}{split}"]
    variants = []
    for place, rung in enumerate(ladder):
        size = f"{rung}:-2" if portrait else f"-2:{rung}"
        filters.append(f"[s{place}]scale={size},setsar=1[v{place}]")
        variants.append(f"v:{place},a:{place},name:{rung}p" if audio else f"v:{place},name:{rung}p")
    command += ["-filter_complex", ";".join(filters)]
    for place, rung in enumerate(ladder):
        rate = round(quality * (VIDEO_RATES.get(rung) or max(150, 2500 * rung * rung // (720 * 720))))
        command += ["-map", f"[v{place}]", *(("-map", audio) if audio else ())]
        command += [f"-b:v:{place}", f"{rate}k", f"-maxrate:v:{place}", f"{rate * 11 // 10}k"]
        command += [f"-bufsize:v:{place}", f"{rate * 2}k"]
    command += ["-c:v", "libx264", "-preset", "superfast", "-profile:v", "main", "-pix_fmt", "yuv420p", "-threads", "2"]
    command += ["-force_key_frames", "expr:gte(t,n_forced*2)", "-sc_threshold", "0"]
    return variants


async def encode(
    folder: Path, probe: dict[str, Any], settings: dict[str, Any], on_progress: Callable[[float], None]
) -> float:
    """Make `hls/` and `images/` beside `source`; complete or not at all. Raises FfmpegFailed, TimeoutError.

    Of the media's settings maxResolution and mediaQuality count. Returns the seconds that came out: of a file that was
    cut off its head promises more than there is.
    """
    source, work = folder / "source", folder / "hls.part"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()

    def line(text: str) -> None:
        name, _, value = text.partition("=")
        if name == "out_time_us" and value.isdigit():
            on_progress(min(1.0, int(value) / 1e6 / probe["seconds"]))

    command = arguments(source.resolve(), probe, settings["maxResolution"], settings["mediaQuality"])
    await ffmpeg.run(command, timeout=120 + 20 * probe["seconds"], folder=work, on_line=line)
    shutil.rmtree(folder / "hls", ignore_errors=True)
    work.rename(folder / "hls")
    seconds: float = min(probe["seconds"], _length(folder / "hls"))
    if probe.get("video"):
        await _pictures(folder, probe | {"seconds": seconds})
    return seconds


def _length(ladder: Path) -> float:
    found: list[str] = LENGTHS.findall(next(ladder.glob("*/index.m3u8")).read_text())
    return sum(float(one) for one in found)


async def _pictures(folder: Path, probe: dict[str, Any]) -> None:
    """The two everyone asks for. A film without a picture is still a film: they are tried again when asked for."""
    try:
        await images.thumbnail(folder, probe, images.Wish("png"))
        await images.sprite(folder, probe)
    except (ffmpeg.FfmpegFailed, TimeoutError) as error:
        warn("pictures not made", media=folder.name, reason=str(error))
