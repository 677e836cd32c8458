"""A media's way from Created to Ready or Failed. Each step can be repeated, so a restart simply begins again."""

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Any

from sandbox import ai, encode, events, ffmpeg, records, switches, track_work
from sandbox.log import fault, say
from sandbox.probe import NotMedia, probe
from sandbox.pull import PullFailed, fetch
from sandbox.records import Media
from sandbox.world import World

CLIP = "fp_mediaId://"
HELD_PAUSE = 0.3  # seconds between looks at the switch


def begin(world: World, media_id: str) -> None:
    """Start (or, after a restart, start again) the work on one media."""
    world.folder(media_id).mkdir(parents=True, exist_ok=True)
    world.jobs.start(media_id, _live(world, media_id))


def resume(world: World) -> None:
    """Take up every media that is not final, oldest first."""
    for row in world.store.all("SELECT id FROM media WHERE status NOT IN ('Ready', 'Failed') ORDER BY seq"):
        begin(world, row["id"])


def delete(world: World, media: Media) -> None:
    """End the work, forget the media and remove every file made of it."""
    world.jobs.cancel(media.id)
    track_work.cancel(world, media.id)
    with world.store.together():
        events.deleted(world, media)
        world.store.run("DELETE FROM media WHERE id = ?", [media.id])
        for table in ("playback_ids", "playlist_media", "ai", "tracks"):
            world.store.run(f"DELETE FROM {table} WHERE media_id = ?", [media.id])  # noqa: S608 - our own words
    shutil.rmtree(world.folder(media.id), ignore_errors=True)
    world.upload_file(media.id).unlink(missing_ok=True)


async def _live(world: World, media_id: str) -> None:
    try:
        await _work(world, media_id)
    except (NotMedia, PullFailed) as error:
        _fail(world, media_id, str(error))
    except ffmpeg.FfmpegFailed as error:
        say("encoding failed", media=media_id, reason=str(error))
        _fail(world, media_id, "The input could not be encoded.")
    except TimeoutError:
        _fail(world, media_id, "Encoding took too long.")
    except Exception as error:  # noqa: BLE001 - whatever broke, the media must not stay Processing for ever
        fault("media broke", error, media=media_id)
        _fail(world, media_id, "The sandbox broke on it; its log says how.")


async def _work(world: World, media_id: str) -> None:
    folder = world.folder(media_id)
    source = folder / "source"
    if not source.exists():
        await _obtain(world, media_id, source)
    _step(world, media_id, "Validating")
    facts = await probe(source)
    _step(world, media_id, "In Queue")
    async with world.jobs.encoding:
        await _meet_the_switch(world)
        media = _step(world, media_id, "Processing")

        def progress(fraction: float) -> None:
            world.jobs.progress[media_id] = fraction

        facts["seconds"] = await encode.encode(folder, facts, media.settings["maxResolution"], progress)
    with world.store.together():
        media = records.media(world.store, media_id)
        media.status, media.probe = "Ready", facts
        records.save(world.store, media)
        events.of_media(world, "video.media.ready", media, "media_ready")
        if media.settings.get("mp4Support"):
            events.of_media(world, "video.media.mp4Support.ready", media, "ready")
    ai.take_up(world, media_id)
    track_work.take_up(world, media_id)


async def _meet_the_switch(world: World) -> None:
    while switches.at(world.store, "encoding").name == "held":
        await asyncio.sleep(HELD_PAUSE)
    if switches.at(world.store, "encoding").name == "fails":
        switches.spend(world.store, "encoding")
        raise ffmpeg.FfmpegFailed("switched to fail")


def _step(world: World, media_id: str, status: str) -> Media:
    media = records.media(world.store, media_id)
    media.status = status
    records.save(world.store, media)
    return media


def _fail(world: World, media_id: str, reason: str) -> None:
    with world.store.together():
        media = records.media_or_none(world.store, media_id)
        if media is None:
            return
        media.status, media.failed_reason = "Failed", reason
        records.save(world.store, media)
        events.failed(world, media)


async def _obtain(world: World, media_id: str, source: Path) -> None:
    """Bring the file to `source`: the finished upload, another media's range, or a URL."""
    media = records.media(world.store, media_id)
    uploaded = world.upload_file(media_id)
    if uploaded.exists():
        uploaded.rename(source)
        return
    inputs: list[dict[str, Any]] = media.settings.get("inputs", [])
    asked = next((one for one in inputs if one.get("type") == "video"), {})
    url = asked.get("url", "")
    if media.source_media_id:
        await _cut(world, media.source_media_id, asked, source)
        return
    if not url:
        raise PullFailed("The uploaded file is gone.")
    async with world.jobs.pulling:
        _step(world, media_id, "Downloading")
        stop = threading.Event()
        try:
            await asyncio.to_thread(fetch, url, source, stop)
        finally:
            stop.set()
    _step(world, media_id, "Downloaded")


async def _cut(world: World, origin: str, asked: dict[str, Any], source: Path) -> None:
    """Copy a range (seconds) of another media of this workspace; it is cut at key frames (documented)."""
    first, last = asked.get("startTime") or 0, asked.get("endTime")
    until = ["-to", str(last)] if last else []
    target = source.with_suffix(".part").resolve()
    whole = (world.folder(origin) / "source").resolve()
    arguments: list[str | Path] = ["-loglevel", "error", "-ss", str(first), *until, *ffmpeg.INPUT, "-i", whole]
    async with world.jobs.pulling:
        await ffmpeg.run(
            [*arguments, "-c", "copy", "-map", "0:v?", "-map", "0:a?", "-f", "matroska", target], timeout=300
        )
    target.rename(source)
