"""The stream host's files of added tracks: subtitles and audio renditions, as guarded as the film itself."""

import math
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox import access, ffmpeg, renditions, subtitles, track_groups, world
from sandbox.playback import SEGMENT, addressed, checked
from sandbox.track_records import TEXT

VTT = "text/vtt"


async def text(request: Request) -> Response:
    """GET: a subtitle track as a WebVTT file."""
    return FileResponse(_file(request, "subtitle", TEXT), media_type=VTT)


async def text_segment(request: Request) -> Response:
    """GET: the same on the film's clock, as HLS players need it."""
    file, (_, media) = _file(request, "subtitle", TEXT), access.admitted(request)
    try:
        zero = await renditions.zero_of(world.of(request), media)
    except (ffmpeg.FfmpegFailed, TimeoutError):
        raise access.NoAccess(404, "This media has no files.") from None
    return Response(subtitles.on_clock(file.read_text(), zero), media_type=VTT)


async def text_playlist(request: Request) -> Response:
    """GET: the HLS playlist of a subtitle track, one segment of the film's length."""
    _file(request, "subtitle", TEXT)
    _, media = access.admitted(request)
    seconds: float = media.probe["seconds"]
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{math.ceil(seconds)}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines += [f"#EXTINF:{seconds:.3f},", "cues.vtt", "#EXT-X-ENDLIST"]
    return addressed(request, "\n".join(lines), f"text/{request.path_params['track']}")


async def sound(request: Request) -> Response:
    """GET: the HLS playlist of an audio track."""
    return addressed(
        request, _file(request, "audio", "index.m3u8").read_text(), f"audio/{request.path_params['track']}"
    )


async def sound_segment(request: Request) -> Response:
    """GET: one segment of an audio track. The picture's segments count as playing, not these."""
    return FileResponse(_file(request, "audio", checked(request, "segment", SEGMENT)), media_type="video/mp2t")


def _file(request: Request, kind: str, name: str) -> Path:
    """The file of that name of the path's track. NoAccess as for the film, 404 where there is none."""
    _, media = access.admitted(request)
    folder = track_groups.folder_of(world.of(request), media, request.path_params["track"], kind)
    if folder is None or not (folder / name).exists():
        raise access.NoAccess(404, "There is no such track.")
    return folder / name
