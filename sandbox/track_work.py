"""The work on added tracks: fetched or written down, made playable, told by events. A restart begins again."""

import asyncio
import secrets
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sandbox import describe, encoding, events, ffmpeg, records, renditions, speech, subtitles, track_records
from sandbox.log import fault, say
from sandbox.probe import NotMedia
from sandbox.pull import PullFailed, fetch
from sandbox.records import Media
from sandbox.subtitles import NotSubtitles
from sandbox.track_records import Track
from sandbox.world import World

TEXT_LIMIT, SOUND_LIMIT = 5 << 20, 2 << 30  # bytes


def begin(here: World, track: Track, told: str = "") -> None:
    """Keep the track and start the work on it, saying `video.media.track.<told>` if there is something to say."""
    here.jobs.cancel(_job(track))
    with here.store.together():
        track_records.put(here.store, track)
        records.save(here.store, records.media(here.store, track.media_id))
        if told:
            data = track.answered() | {"status": track.status}
            events.record(here, f"video.media.track.{told}", track.media_id, f"track_{told}", data)
    here.jobs.start(_job(track), _live(here, track))


def give(here: World, media: Media) -> None:
    """The tracks that a media was made with, once it is Ready: subtitle inputs, and subtitles to be written down."""
    for one in media.settings.get("inputs", []):
        if one.get("type") == "subtitle":
            names = (one.get("languageCode", "und"), one.get("languageName", "default"), "")
            begin(here, Track(str(uuid4()), media.id, "subtitle", one["url"], *names, "preparing"), "created")
    asked, sound = media.settings.get("subtitles"), media.probe.get("audio")
    if asked and sound:
        names = (asked["languageCode"], asked["languageName"], "")
        begin(here, Track(str(uuid4()), media.id, "subtitle", "", *names, "preparing", heard_in=sound["id"]))


def resume(here: World) -> None:
    """Take up what a stop cut off."""
    for row in here.store.all("SELECT id FROM tracks WHERE status = 'preparing' ORDER BY seq"):
        track = track_records.one_or_none(here.store, row["id"])
        if track:
            here.jobs.start(_job(track), _live(here, track))


def delete(here: World, track: Track) -> None:
    """Forget a track and its files, and say so."""
    here.jobs.cancel(_job(track))
    with here.store.together():
        track_records.drop(here.store, track.id)
        media = records.media(here.store, track.media_id)
        records.save(here.store, media)
        data = {name: value for name, value in track.answered().items() if name != "url"}
        events.record(here, "video.media.track.deleted", media.id, "track_deleted", data)
        events.of_media(here, "video.media.updated", media, "media_created")
    _sweep(here, track)


def cancel(here: World, media_id: str) -> None:
    """End all work on the tracks of a media that goes."""
    for track in track_records.of_media(here.store, media_id):
        here.jobs.cancel(_job(track))


async def _live(here: World, track: Track) -> None:
    work = here.folder(track.media_id) / f"track-{secrets.token_hex(4)}.part"
    reason = ""
    try:
        await _make(here, track, work)
    except (PullFailed, NotMedia, NotSubtitles) as error:
        reason = str(error)
    except ffmpeg.FfmpegFailed as error:
        say("track failed", media=track.media_id, track=track.id, reason=str(error))
        reason = "The track could not be encoded."
    except TimeoutError:
        reason = "Encoding the track took too long."
    except Exception as error:  # noqa: BLE001 - whatever broke, the track must not stay preparing for ever
        fault("track broke", error, media=track.media_id, track=track.id)
        reason = "The sandbox broke on it; its log says how."
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _finish(here, track, reason)


async def _make(here: World, track: Track, work: Path) -> None:
    """Bring the folder of the wanted files into being, unless only names were changed."""
    media = records.media(here.store, track.media_id)
    if track.kind == "audio":
        await renditions.own_sound(here, media)
    if track.wanted == track.made:
        return
    work.mkdir(parents=True)
    source = await _fetched(here, track, work) if not track.heard_in else None
    await encoding.meet(here)
    if source is None:
        (work / track_records.TEXT).write_text(await speech.written_down(here, media, track))
    else:
        await _use(here, media, track, source)
    target = here.folder(media.id) / replace(track, made=track.wanted).folder
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)


async def _use(here: World, media: Media, track: Track, source: Path) -> None:
    """Make of a fetched file what players get, beside it; the file itself goes."""
    if track.kind == "subtitle":
        source.with_name(track_records.TEXT).write_text(subtitles.written(subtitles.read(source.read_bytes())))
    else:
        await renditions.encode_sound(here, media, source, source.parent)
    source.unlink()


async def _fetched(here: World, track: Track, work: Path) -> Path:
    source, stop = work / "source", threading.Event()
    limit = TEXT_LIMIT if track.kind == "subtitle" else SOUND_LIMIT
    async with here.jobs.pulling:
        try:
            await asyncio.to_thread(fetch, track.url, source, stop, limit)
        finally:
            stop.set()
    return source


def _finish(here: World, track: Track, reason: str) -> None:
    """Keep how it ended and say so: ready or failed, then that the media is another (documented order)."""
    with here.store.together():
        media = records.media_or_none(here.store, track.media_id)
        if media is None:
            return
        done = replace(track, status="failed") if reason else replace(track, status="available", made=track.wanted)
        track_records.put(here.store, done)
        records.save(here.store, media)
        data = done.answered() | {"status": done.status}
        if reason:
            events.record(here, "video.media.track.failed", media.id, "track_failed", data | {"failedReason": reason})
        elif done.heard_in:
            data |= describe.subtitle_url(here, done)
            events.record(here, "video.media.subtitle.generated.ready", media.id, "ready", data)
        else:
            events.record(here, "video.media.track.ready", media.id, "track_ready", data)
        events.of_media(here, "video.media.updated", media, "media_created")
    if not reason:
        _sweep(here, track, keep=done.folder)


def _sweep(here: World, track: Track, keep: str = "") -> None:
    """Remove the files of a track but those it plays from."""
    for folder in here.folder(track.media_id).glob(f"track-{track.id}-*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)


def _job(track: Track) -> str:
    return f"{track.media_id}:track:{track.id}"
