"""The stream host: HLS of a media by playback ID, and its downloads."""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from sandbox import access, ffmpeg, plays, renditions, track_groups, world
from sandbox.checks import RESOLUTIONS
from sandbox.log import warn
from sandbox.records import Media

PLAYLIST = "application/vnd.apple.mpegurl"
SIZE = re.compile(r"RESOLUTION=(\d+)x(\d+)")
VARIANT = re.compile(r"^(\d{1,4}p|audio)$")
SEGMENT = re.compile(r"^seg_\d{5}\.ts$")
Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """CORS for everyone on success and refusal alike, and OPTIONS answered."""

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            response = Response(status_code=204)
            response.headers["Access-Control-Allow-Headers"] = "Range, Content-Type"
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        else:
            try:
                response = await handler(request)
            except access.NoAccess as error:
                response = PlainTextResponse(str(error), error.status)
        for name, value in access.CORS.items():
            response.headers[name] = value
        return response

    return answer


async def master(request: Request) -> Response:
    """The ladder. The token goes with every address in it, as players ask for those without it."""
    playback_id, media = access.admitted(request)
    text = (await _ladder(request, media) / "master.m3u8").read_text()
    head, variants = _split(text)
    chosen = _chosen(request, variants)
    base = f"{_base(request)}/{playback_id.id}"
    tracks, groups = track_groups.named(world.of(request), media, base, token_of(request))
    lines = [*head, *tracks]
    for info, address in chosen:
        lines += [track_groups.joined(info, groups), f"{base}/{address}{token_of(request)}"]
    return Response("\n".join(lines) + "\n", media_type=PLAYLIST)


async def variant(request: Request) -> Response:
    """One rendition's playlist, its segments with the token as well."""
    _, media = access.admitted(request)
    rung = checked(request, "variant", VARIANT)
    file = await _ladder(request, media) / rung / "index.m3u8"
    if not file.exists():
        raise access.NoAccess(404, "There is no such rendition.")
    return addressed(request, file.read_text(), rung)


async def segment(request: Request) -> Response:
    """One segment; asking for it counts as playing it."""
    playback_id, media = access.admitted(request)
    rung, name = checked(request, "variant", VARIANT), checked(request, "segment", SEGMENT)
    file = await _ladder(request, media) / rung / name
    if not file.exists():
        raise access.NoAccess(404, "There is no such segment.")
    try:
        plays.count(request, playback_id, media.probe["seconds"])
    except sqlite3.Error as error:  # counting must not stop a film
        warn("view not counted", reason=str(error))
    return FileResponse(file, media_type="video/mp2t")


def _split(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The lines before the first variant, and (information, address) of each variant."""
    lines = [line for line in text.splitlines() if line]
    first = next((place for place, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF")), len(lines))
    rest = lines[first:]
    return lines[:first], list(zip(rest[::2], rest[1::2], strict=True))


def _chosen(request: Request, variants: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Variants within minResolution, maxResolution or resolution, in renditionOrder (documented). 422 for others."""
    limits = {}
    for name in ("minResolution", "maxResolution", "resolution"):
        value = request.query_params.get(name)
        if value is not None and value not in RESOLUTIONS:
            raise access.NoAccess(422, f"{name} is not a resolution.")
        limits[name] = int(value.rstrip("p")) if value else None
    order = request.query_params.get("renditionOrder", "asc")
    if order not in {"asc", "desc"}:
        raise access.NoAccess(422, "renditionOrder must be asc or desc.")
    low = limits["resolution"] or limits["minResolution"] or 0
    high = limits["resolution"] or limits["maxResolution"] or 10_000
    within = [one for one in variants if low <= _short_side(one[0], low) <= high]
    if not within:
        raise access.NoAccess(422, "No rendition has such a resolution.")
    return sorted(within, key=lambda one: _short_side(one[0], 0), reverse=order == "desc")


def _short_side(info: str, without: int) -> int:
    size = SIZE.search(info)
    return min(int(size[1]), int(size[2])) if size else without


async def _ladder(request: Request, media: Media) -> Path:
    try:
        return await renditions.ladder(world.of(request), media)
    except (ffmpeg.FfmpegFailed, TimeoutError):
        raise access.NoAccess(404, "This media has no files.") from None


def _base(request: Request) -> str:
    return world.of(request).settings.stream_url


def token_of(request: Request) -> str:
    """The query that hands the request's token on; empty without one."""
    token = request.query_params.get("token")
    return f"?token={quote(token, safe='')}" if token else ""


def addressed(request: Request, playlist: str, place: str) -> Response:
    """A media playlist with whole addresses below `place` of the playback ID, each with the token."""
    base = f"{_base(request)}/{request.path_params['playback_id']}/{place}"
    lines = [
        line if line.startswith("#") or not line else f"{base}/{line}{token_of(request)}"
        for line in playlist.splitlines()
    ]
    return Response("\n".join(lines) + "\n", media_type=PLAYLIST)


def checked(request: Request, name: str, pattern: re.Pattern[str]) -> str:
    """The part of the path that must look so. NoAccess 404 for all else."""
    value = str(request.path_params[name])
    if not pattern.match(value):
        raise access.NoAccess(404, "There is nothing here.")
    return value
