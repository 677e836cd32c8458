"""MP4 and M4A of a media: switched on and off, made beside the HLS, downloaded by playback ID."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox import (
    access,
    checks,
    describe,
    encoding,
    errors,
    events,
    ffmpeg,
    media_settings,
    records,
    renditions,
    world,
)
from sandbox.answers import ok
from sandbox.log import fault, say
from sandbox.playback_ids import NOT_READY
from sandbox.records import Media
from sandbox.world import World

FILES = {"capped_4k": "capped-4k.mp4", "audioOnly": "audio.m4a"}
NEEDS = {"capped_4k": "video", "audioOnly": "audio"}
KINDS = {name: kind for kind, name in FILES.items()}
TYPES = {"capped_4k": "video/mp4", "audioOnly": "audio/mp4"}


async def update(request: Request) -> Response:
    """PATCH {mp4Support}: answers at once, the files are made afterwards. 400 when it is already so (documented)."""
    fields = checks.Fields(await checks.body(request))
    wanted = fields.choice("mp4Support", media_settings.MP4, required=True) or "none"
    fields.refuse()
    here, media = world.of(request), records.media(world.of(request).store, checks.identifier(request, "mediaId"))
    if wanted == media.settings.get("mp4Support", "none"):
        raise errors.bad_request("already set to the same value", "mp4Support value already exists")
    if media.status != "Ready":
        raise errors.bad_request(NOT_READY)
    if wanted != "none" and not any(NEEDS[kind] in media.probe for kind in _kinds(wanted)):
        raise errors.bad_request("The media has no track of that kind.")
    here.jobs.cancel(_job(media.id))
    _set(here, media, wanted)
    take_up(here, media.id)
    return ok(describe.whole(here, media))


async def download(request: Request) -> Response:
    """GET: the file once it is made; 400 before, 404 where it was not asked for. DRM media have none (observed)."""
    playback_id, media = access.admitted(request)
    kind = KINDS.get(request.path_params["file"], "")
    if playback_id.policy == "drm":
        raise access.NoAccess(403, "Media under DRM cannot be downloaded.")
    if kind not in _kinds(media.settings.get("mp4Support", "none")):
        raise access.NoAccess(404, "There is no such download.")
    here = world.of(request)
    file = here.folder(media.id) / FILES[kind]
    if not file.exists():
        raise access.NoAccess(
            *((400, "The file is not ready yet.") if _preparing(here, media.id) else (404, "No file."))
        )
    return FileResponse(file, media_type=TYPES[kind])


def ask(here: World, media: Media) -> None:
    """Note that what the settings of a media say is to be made; `take_up` makes it."""
    if media.settings.get("mp4Support"):
        here.store.run("INSERT OR IGNORE INTO mp4_preparing VALUES (?)", [media.id])


def take_up(here: World, media_id: str) -> None:
    """Begin to make what a Ready media was asked for."""
    if _preparing(here, media_id):
        here.jobs.start(_job(media_id), _live(here, media_id))


def resume(here: World) -> None:
    """Take up what a stop cut off."""
    for row in here.store.all("SELECT media_id FROM mp4_preparing"):
        take_up(here, row["media_id"])


def cancel(here: World, media_id: str) -> None:
    """End the work for a media that goes."""
    here.jobs.cancel(_job(media_id))


def _set(here: World, media: Media, wanted: str) -> None:
    media.settings.pop("mp4Support", None)
    with here.store.together():
        _settled(here, media.id)
        if wanted != "none":
            media.settings["mp4Support"] = wanted
            ask(here, media)
        records.save(here.store, media)
    for kind in FILES.keys() - set(_kinds(wanted)):
        (here.folder(media.id) / FILES[kind]).unlink(missing_ok=True)


async def _live(here: World, media_id: str) -> None:
    media, made = records.media(here.store, media_id), []
    for kind in _kinds(media.settings["mp4Support"]):
        try:
            await _make(here, media, kind)
            made.append(kind)
        except (ffmpeg.FfmpegFailed, TimeoutError) as error:
            say("download failed", media=media_id, kind=kind, reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever broke, it must not stay preparing for ever
            fault("download broke", error, media=media_id, kind=kind)
    _finish(here, media_id, made)


async def _make(here: World, media: Media, kind: str) -> None:
    """One file out of the ladder's best rung, complete or not at all. Raises FfmpegFailed, TimeoutError."""
    folder = here.folder(media.id)
    target, part = folder / FILES[kind], folder / f"{FILES[kind]}.part"
    if NEEDS[kind] not in media.probe:
        raise ffmpeg.FfmpegFailed("There is no track of that kind.")
    if target.exists():
        return
    await encoding.meet(here)
    folder.mkdir(exist_ok=True)
    source = ["-protocol_whitelist", "file", "-i", str(await renditions.best(here, media))]
    chosen = ["-map", "0:a"] if kind == "audioOnly" else ["-map", "0:v", "-map", "0:a?"]
    form = ["-c", "copy", "-movflags", "+faststart", "-f", "mp4", str(part.resolve())]
    try:
        async with here.jobs.imaging:
            await ffmpeg.run(["-loglevel", "error", *source, *chosen, *form], timeout=60 + media.probe["seconds"])
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _finish(here: World, media_id: str, made: list[str]) -> None:
    """Say that what could be made can be downloaded; the rest, maybe all of it, is taken back out of the settings."""
    with here.store.together():
        media = records.media_or_none(here.store, media_id)
        if media is None:
            return
        _settled(here, media_id)
        if made:
            media.settings["mp4Support"] = ",".join(made)
        else:
            media.settings.pop("mp4Support", None)
        records.save(here.store, media)
        told = ("video.media.mp4Support.ready", "ready") if made else ("video.media.updated", "media_created")
        events.of_media(here, told[0], media, told[1])


def _preparing(here: World, media_id: str) -> bool:
    return here.store.one("SELECT 1 FROM mp4_preparing WHERE media_id = ?", [media_id]) is not None


def _settled(here: World, media_id: str) -> None:
    here.store.run("DELETE FROM mp4_preparing WHERE media_id = ?", [media_id])


def _kinds(mp4_support: str) -> list[str]:
    """The files that such a value stands for, in the order in which it names them."""
    return [kind for kind in mp4_support.split(",") if kind in FILES]


def _job(media_id: str) -> str:
    return f"{media_id}:mp4"
