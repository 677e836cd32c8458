"""A media's way from Created to Ready or Failed. Each step can be repeated, so a restart simply begins again."""

import asyncio
import os
import shutil
import threading
from pathlib import Path

from sandbox import ai, compose, encode, encoding, events, ffmpeg, mp4, records, seeded_film, track_work, wishes
from sandbox.log import fault, say
from sandbox.probe import NotMedia, probe
from sandbox.pull import PullFailed, fetch
from sandbox.records import Media
from sandbox.world import World


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
    mp4.cancel(world, media.id)
    with world.store.together():
        events.deleted(world, media)
        world.store.run("DELETE FROM media WHERE id = ?", [media.id])
        for table in ("playback_ids", "playlist_media", "ai", "tracks", "mp4_preparing"):
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
    folder, wish = world.folder(media_id), wishes.of(records.media(world.store, media_id).settings)
    source, original = folder / "source", folder / "original"
    if not source.exists():
        await _obtain(world, media_id, wish)
    _step(world, media_id, "Validating")
    facts = await probe(source if source.exists() else original)
    _step(world, media_id, "In Queue")
    async with world.jobs.encoding:
        await encoding.meet(world)
        media = _step(world, media_id, "Processing")
        if not source.exists():
            await compose.make(wish, original, folder / "parts", source)
            facts = await probe(source)
            shutil.rmtree(folder / "parts", ignore_errors=True)

        def progress(fraction: float) -> None:
            world.jobs.progress[media_id] = fraction

        facts["seconds"] = await encode.encode(folder, facts, media.settings, progress)
    with world.store.together():
        media = records.media(world.store, media_id)
        media.status, media.probe = "Ready", facts
        records.save(world.store, media)
        events.of_finished(world, media, wish)
        mp4.ask(world, media)
        track_work.give(world, media)
    ai.take_up(world, media_id)
    mp4.take_up(world, media_id)


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


async def _obtain(world: World, media_id: str, wish: wishes.Wish) -> None:
    """Bring the file that was given, and all that goes with it, to the media's folder.

    The file lies there as `original` where a film is still to be made of it, else as `source` at once.
    """
    media, folder = records.media(world.store, media_id), world.folder(media_id)
    target = folder / ("original" if wish.anything else "source")
    files = {folder / "parts" / name: url for name, url in wish.files.items()}
    uploaded = world.upload_file(media_id)
    if uploaded.exists():
        uploaded.rename(target)
    elif media.source_media_id and not target.exists():
        await _link(world, media.source_media_id, target)
    if not target.exists():
        url = next((one["url"] for one in media.settings.get("inputs", []) if one["type"] == "video"), "")
        if not url.startswith(("http://", "https://")):
            raise PullFailed("The uploaded file is gone.")
        files = {target: url} | files
    missing = {place: url for place, url in files.items() if not place.exists()}
    if missing:
        await _download(world, media_id, missing)


async def _link(world: World, origin_id: str, target: Path) -> None:
    """Another media of this workspace is the file: it stays, whatever becomes of that one."""
    origin = records.media_or_none(world.store, origin_id)
    if origin is None:
        raise PullFailed("The source media is gone.")
    os.link(await seeded_film.files(world, origin) / "source", target)


async def _download(world: World, media_id: str, files: dict[Path, str]) -> None:
    async with world.jobs.pulling:
        _step(world, media_id, "Downloading")
        stop = threading.Event()
        try:
            for place, url in files.items():
                place.parent.mkdir(exist_ok=True)
                await asyncio.to_thread(fetch, url, place, stop)
        finally:
            stop.set()
    _step(world, media_id, "Downloaded")
