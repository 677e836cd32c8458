"""The image host: thumbnails and sprite sheets by playback ID."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from sandbox import access, ffmpeg, images, seeded_film, world
from sandbox.playback import token_of
from sandbox.records import Media

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
LARGEST = 4096  # pixels


async def thumbnail(request: Request) -> Response:
    """GET: one picture. `time` in seconds (default the middle), `width` and `height` in pixels, `fit_mode`."""
    _, media = access.admitted(request)
    extension = request.path_params["extension"]
    if extension not in TYPES or not media.probe.get("video"):
        raise access.NoAccess(404, "There is no such picture.")
    fit = request.query_params.get("fit_mode", "preserve")
    if fit not in {"preserve", "stretch"}:
        raise access.NoAccess(422, "fit_mode must be preserve or stretch.")
    size = {name: _number(request, name, LARGEST) for name in ("width", "height")}
    wish = images.Wish(
        extension,
        time=_number(request, "time", 86400.0),
        width=_pixels(size["width"]),
        height=_pixels(size["height"]),
        stretch=fit == "stretch",
    )
    file = await _made(request, media, lambda folder: images.thumbnail(folder, media.probe, wish))
    return FileResponse(file, media_type=TYPES[extension])


async def sprite(request: Request) -> Response:
    """GET: the sprite sheet."""
    return FileResponse(await _sprite(request), media_type="image/jpeg")


async def sprite_layout(request: Request) -> Response:
    """{url, tile_width, tile_height, duration, tiles[{start, x, y}]}: seconds and pixels."""
    file = await _sprite(request)
    base = world.of(request).settings.images_url
    url = f"{base}/{request.path_params['playback_id']}/spritesheet.jpg{token_of(request)}"
    return JSONResponse({"url": url} | json.loads(file.with_suffix(".json").read_text()))


async def _sprite(request: Request) -> Path:
    _, media = access.admitted(request)
    if not media.probe.get("video"):
        raise access.NoAccess(404, "There is no such picture.")
    return await _made(request, media, lambda folder: images.sprite(folder, media.probe))


async def _made(request: Request, media: Media, make: Callable[[Path], Awaitable[Path]]) -> Path:
    here = world.of(request)
    try:
        folder = await seeded_film.files(here, media)
        async with here.jobs.imaging:
            file = await make(folder)
    except (ffmpeg.FfmpegFailed, TimeoutError):
        raise access.NoAccess(404, "The picture could not be made.") from None
    return file


def _number(request: Request, name: str, highest: float) -> float | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= highest:
        raise access.NoAccess(422, f"{name} must be a number from 0 to {highest:g}.")
    return value


def _pixels(value: float | None) -> int | None:
    return max(2, int(value)) if value else None
