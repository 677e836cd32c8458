"""Views, counted from the segments players really asked for; the analytics of the sandbox knows nothing else."""

import hashlib
import sqlite3
import time

from starlette.requests import Request
from starlette.responses import Response

from sandbox import errors, world
from sandbox.answers import ok
from sandbox.encode import SEGMENT_SECONDS
from sandbox.records import PlaybackId

OPEN_SECONDS = 3600  # a view stays open up to an hour (documented)
SPANS = {
    "60:minutes": 3600,
    "6:hours": 21600,
    "24:hours": 86400,
    "3:days": 259200,
    "7:days": 604800,
    "30:days": 2592000,
}
MEASURED = {"views", "unique_viewers", "playing_time"}
METRICS = MEASURED | {
    "quality_of_experience_score", "playback_score", "playback_failure_percentage", "exit_before_video_start",
    "video_startup_failure_percentage", "startup_score", "video_startup_time", "player_startup_time", "page_load_time",
    "total_startup_time", "live_stream_latency", "average_bitrate", "buffer_count", "render_quality_score",
    "avg_upscaling", "avg_downscaling", "max_upscaling", "max_downscaling", "jump_latency", "stability_score",
    "buffer_ratio", "buffer_frequency", "buffer_fill",
}  # fmt: skip
DIMENSIONS = {"media_id": "media_id", "fp_playback_id": "playback_id"}


def count(request: Request, playback_id: PlaybackId, seconds: float) -> None:
    """Add one segment to the viewer's open view of this playback ID, or begin one."""
    store = world.of(request).store
    address = request.client.host if request.client else ""
    viewer = hashlib.sha256(f"{address} {request.headers.get('user-agent', '')}".encode()).hexdigest()[:16]
    moment = time.time()
    row = store.one(
        "SELECT seq FROM plays WHERE playback_id = ? AND viewer = ? AND started > ?",
        [playback_id.id, viewer, moment - OPEN_SECONDS],
    )
    added = int(min(SEGMENT_SECONDS, seconds) * 1000)
    if row:
        store.run("UPDATE plays SET ended = ?, played_ms = played_ms + ? WHERE seq = ?", [moment, added, row["seq"]])
        return
    store.run(
        "INSERT INTO plays (playback_id, media_id, viewer, started, ended, played_ms) VALUES (?, ?, ?, ?, ?, ?)",
        [playback_id.id, playback_id.media_id, viewer, moment, moment, added],
    )


async def overall(request: Request) -> Response:
    """GET /data/metrics/{metricId}/overall. What the sandbox does not measure has the value null."""
    here, metric = world.of(request), request.path_params["metricId"]
    if metric not in METRICS:
        raise errors.invalid([{"field": "metricId", "message": "is invalid"}])
    first, last = _span(request)
    condition, values = _filters(request)
    sums = "count(*) AS views, count(DISTINCT viewer) AS viewers, coalesce(sum(played_ms), 0) AS played"
    query = f"SELECT {sums} FROM plays WHERE ended BETWEEN ? AND ?"  # noqa: S608 - made of constants
    everything = here.store.all(query, [first, last])[0]
    found = here.store.all(query + condition, [first, last, *values])[0]
    measurement = request.query_params.get("measurement", "avg")
    data = {
        "value": _value(metric, measurement, found),
        "totalWatchTime": found["played"],
        "totalViews": found["views"],
        "totalPlayTime": found["played"],
        "uniqueViews": found["viewers"],
        "globalValue": _value(metric, measurement, everything),
    }
    return ok(data, metadata={"aggregation": "view_end"}, timespan=[int(first), int(last)])


def _value(metric: str, measurement: str, row: sqlite3.Row) -> float | None:
    if metric == "views":
        return float(row["views"])
    if metric == "unique_viewers":
        return float(row["viewers"])
    if metric != "playing_time":
        return None
    return float(row["played"]) if measurement == "sum" else row["played"] / max(1, row["views"])


def _span(request: Request) -> tuple[float, float]:
    """From and to in epoch seconds, of a named duration or of two timespan[] values. 400 for all else (observed)."""
    given = request.query_params.getlist("timespan[]") or ["24:hours"]
    moment = time.time()
    if len(given) == 1 and given[0] in SPANS:
        return moment - SPANS[given[0]], moment
    if len(given) == 2 and all(one.isascii() and one.isdigit() for one in given) and int(given[0]) < int(given[1]):
        return float(given[0]), float(given[1])
    raise errors.bad_request("The timespan is not one of the known ones.", "Invalid timespan value")


def _filters(request: Request) -> tuple[str, list[str]]:
    """SQL for filterby[]: media_id and fp_playback_id are known of a view here; any other value matches none."""
    condition, values = "", []
    for one in request.query_params.getlist("filterby[]"):
        name, _, value = one.removeprefix("!").partition(":")
        column = DIMENSIONS.get(name)
        excluded = one.startswith("!")
        if column:
            condition += f" AND {column} {'!=' if excluded else '='} ?"
            values.append(value)
        elif not excluded:
            condition += " AND 0"
    return condition, values
