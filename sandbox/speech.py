"""Generated subtitles: made-up words where the sound is, the same whenever they are asked for."""

import asyncio
import re

from sandbox import ai_words, ffmpeg, renditions, subtitles, track_groups
from sandbox.records import Media
from sandbox.subtitles import Cue
from sandbox.track_records import Track
from sandbox.world import World

SECONDS, SHARE_OF_MEDIA, LONGEST = 1.5, 0.02, 15.0  # of work, beside the media's own
CUE_SECONDS, PAUSE, SHORTEST = 3.0, 0.2, 0.5
SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+)")


async def written_down(here: World, media: Media, track: Track) -> str:
    """WebVTT of what is heard in the track's `heard_in`. Raises FfmpegFailed, TimeoutError."""
    await asyncio.sleep(SECONDS + min(media.probe["seconds"] * SHARE_OF_MEDIA, LONGEST))
    title = media.settings.get("title") or "This video"
    return subtitles.written(cues(title, track.language_code, await _heard(here, media, track.heard_in)))


def cues(title: str, language: str, spans: list[tuple[float, float]]) -> list[Cue]:
    """Some seconds a sentence, only within the spans (seconds) in which something is heard."""
    sentences = ai_words.spoken(title, language)
    found: list[Cue] = []
    for start, end in spans:
        begin = start
        while end - begin >= SHORTEST:
            until = min(begin + CUE_SECONDS, end)
            found.append(Cue(begin, until - PAUSE if until < end else until, sentences[len(found) % len(sentences)]))
            begin = until
    return found or [Cue(0.0, SHORTEST, "[silence]")]


async def _heard(here: World, media: Media, track_id: str) -> list[tuple[float, float]]:
    """From when to when, in seconds, an audio track is not silent; all of it where it has no files."""
    length: float = media.probe["seconds"]
    sound = track_groups.folder_of(here, media, track_id, "audio")
    if sound is None and not (here.folder(media.id) / "hls").exists():
        return [(0.0, length)]
    playlist = (sound / "index.m3u8").resolve() if sound else await renditions.best(here, media)
    command = ["-protocol_whitelist", "file", "-i", str(playlist), "-map", "0:a"]
    command += ["-af", "silencedetect=noise=-45dB:d=0.7", "-f", "null", "-"]
    async with here.jobs.imaging:
        said = await ffmpeg.run(command, timeout=60 + length)
    return _between(SILENCE.findall(said), length)


def _between(silences: list[tuple[str, str]], length: float) -> list[tuple[float, float]]:
    """What is left of the length when the silences are taken out."""
    spans, start = [], 0.0
    for word, moment in silences:
        at = min(max(0.0, float(moment)), length)
        if word == "end":
            start = at
            continue
        if at > start:
            spans.append((start, at))
        start = length
    return [*spans, (start, length)] if start < length else spans
