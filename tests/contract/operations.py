"""One call per operation FastPix has, with what the recorded request sent where one was recorded."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Final

from fastpix_api import Answer, FastPix

M: Final = "3123e275-3f7f-4abf-9655-7a8f5a7dbc61"
READ: Final = "66b74bdb-c868-4fc8-bc16-ad8e2dfcbc36"
P: Final = "446315bf-11a7-44d2-92ef-a0c56808d2d0"
KEY: Final = "b7158b65-302d-4fbd-9c48-503ca92bdd25"
DENIED: Final = "ca3fb5ce-b9de-432c-80b9-e332569c735c"
TRACK: Final = "58ccc04e-dbbc-4ed2-bc04-f128106034a2"
LIST: Final = "67fef841-2857-4e90-95d9-698858af1353"
STREAM: Final = "91b8484250e5a1ed03fd4e100b807082"
STREAM_READ: Final = "04f2ff997551bfeb99db3e099e8e85c8"
TARGET: Final = "c0da2202b40efcc3dd25718c40aba9c8"
LIVE_ID: Final = "43751449-62d6-42e4-8153-783e28c31ed1"
VIEW: Final = "dcf0ae08-16a7-4a8c-805d-993f309dbf96"
VIDEO: Final = {"type": "video", "url": "https://static.fastpix.com/fp-sample-video.mp4"}
SUBTITLE: Final = "https://media.example/subtitles.vtt"
AUDIO: Final = "https://static.fastpix.com/music-1.mp3"

Act = Callable[[FastPix], Answer]

MEDIA: Final[dict[str, tuple[str, Act]]] = {
    "create-media": (
        "media.create",
        lambda c: c.media.create(
            inputs=[VIDEO], access_policy="public", metadata={"source": "sdk-validate"}, maxResolution="720p"
        ),
    ),
    "list-media": ("media.list", lambda c: c.media.list(limit=1)),
    "get-media": ("media.get", lambda c: c.media.get(M)),
    "updated-media": (
        "media.update",
        lambda c: c.media.update(M, metadata={"updated": "true"}, title="sdk validate title"),
    ),
    "delete-media": ("media.delete", lambda c: c.media.delete(M)),
    "updated-source-access": (
        "media.update_source_access",
        lambda c: c.media.update_source_access(M, source_access=True),
    ),
    "updated-mp4Support": (
        "media.update_mp4_support",
        lambda c: c.media.update_mp4_support(M, mp4_support="capped_4k"),
    ),
    "retrieveMediaInputInfo": ("media.input_info", lambda c: c.media.input_info(READ)),
    "get-media-clips": ("media.clips", lambda c: c.media.clips(READ)),
    "list-live-clips": ("media.live_clips", lambda c: c.media.live_clips(M)),
    "direct-upload-video-media": (
        "uploads.create",
        lambda c: c.uploads.create(
            cors_origin="*", settings={"accessPolicy": "public", "metadata": {"source": "sdk-validate"}}
        ),
    ),
    "list-uploads": ("uploads.list", lambda c: c.uploads.list(limit=5)),
    "cancel-upload": ("uploads.cancel", lambda c: c.uploads.cancel(M)),
    "Add-media-track": (
        "tracks.add",
        lambda c: c.tracks.add(M, kind="audio", url=AUDIO, language_code="it", language_name="Italian"),
    ),
    "update-media-track": (
        "tracks.update",
        lambda c: c.tracks.update(M, TRACK, url=SUBTITLE, language_code="fr", language_name="French"),
    ),
    "delete-media-track": ("tracks.delete", lambda c: c.tracks.delete(M, TRACK)),
    "Generate-subtitle-track": (
        "tracks.generate_subtitles",
        lambda c: c.tracks.generate_subtitles(
            M, TRACK, language_code="en-US", language_name="English", metadata={"asked": "by hand"}
        ),
    ),
    "create-media-playback-id": ("playback.create", lambda c: c.playback.create(M, access_policy="public")),
    "list-playback-ids": ("playback.list", lambda c: c.playback.list(READ)),
    "get-playback-id": ("playback.get", lambda c: c.playback.get(M, P)),
    "delete-media-playback-id": ("playback.delete", lambda c: c.playback.delete(M, DENIED)),
    "update-domain-restrictions": (
        "playback.update_domains",
        lambda c: c.playback.update_domains(M, P, default_policy="allow", allow=["example.com"]),
    ),
    "update-user-agent-restrictions": (
        "playback.update_user_agents",
        lambda c: c.playback.update_user_agents(M, P, default_policy="deny", allow=["Mozilla"]),
    ),
    "create-a-playlist": (
        "playlists.create",
        lambda c: c.playlists.create(
            name="sdk validate playlist", reference_id="sdkValidatempe27p0n", description="sdk validate"
        ),
    ),
    "get-all-playlists": ("playlists.list", lambda c: c.playlists.list(limit=5)),
    "get-playlist-by-id": ("playlists.get", lambda c: c.playlists.get(LIST)),
    "update-a-playlist": (
        "playlists.update",
        lambda c: c.playlists.update(LIST, name="sdk validate updated", description="updated by validator"),
    ),
    "delete-a-playlist": ("playlists.delete", lambda c: c.playlists.delete(LIST)),
    "add-media-to-playlist": ("playlists.add_media", lambda c: c.playlists.add_media(LIST, [M])),
    "change-media-order-in-playlist": ("playlists.reorder", lambda c: c.playlists.reorder(LIST, [READ, M])),
    "delete-media-from-playlist": ("playlists.remove_media", lambda c: c.playlists.remove_media(LIST, [M])),
    "update-media-summary": ("ai.update_summary", lambda c: c.ai.update_summary(M, generate=True)),
    "get-media-summary": ("ai.summary", lambda c: c.ai.summary(M)),
    "update-media-chapters": ("ai.update_chapters", lambda c: c.ai.update_chapters(M, chapters=True)),
    "update-media-named-entities": (
        "ai.update_named_entities",
        lambda c: c.ai.update_named_entities(M, named_entities=True),
    ),
    "update-media-moderation": ("ai.update_moderation", lambda c: c.ai.update_moderation(M, kind="av")),
    "getDrmConfiguration": ("drm.list", lambda c: c.drm.list(limit=5)),
    "getDrmConfigurationById": ("drm.get", lambda c: c.drm.get(KEY)),
    "create_signing_key": ("signing_keys.create", lambda c: c.signing_keys.create()),
    "list_signing_keys": ("signing_keys.list", lambda c: c.signing_keys.list(limit=5)),
    "get-signing_key_by_id": ("signing_keys.get", lambda c: c.signing_keys.get(KEY)),
    "delete_signing_key": ("signing_keys.delete", lambda c: c.signing_keys.delete(KEY)),
}

LIVE: Final[dict[str, tuple[str, Act]]] = {
    "create-new-stream": (
        "streams.create",
        lambda c: c.streams.create(
            settings={
                "metadata": {"name": "sdk-validate"},
                "maxResolution": "1080p",
                "reconnectWindow": 60,
                "mediaPolicy": "public",
            }
        ),
    ),
    "get-all-streams": ("streams.list", lambda c: c.streams.list(limit=5)),
    "get-live-stream-viewer-count-by-id": ("streams.viewer_count", lambda c: c.streams.viewer_count(STREAM_READ)),
    "get-live-stream-by-id": ("streams.get", lambda c: c.streams.get(STREAM)),
    "delete-live-stream": ("streams.delete", lambda c: c.streams.delete(STREAM)),
    "update-live-stream": (
        "streams.update",
        lambda c: c.streams.update(STREAM, metadata={"name": "evening"}, reconnect_window=1800),
    ),
    "enable-live-stream": ("streams.enable", lambda c: c.streams.enable(STREAM)),
    "disable-live-stream": ("streams.disable", lambda c: c.streams.disable(STREAM)),
    "complete-live-stream": ("streams.finish", lambda c: c.streams.finish(STREAM)),
    "create-playbackId-of-stream": (
        "live_playback.create",
        lambda c: c.live_playback.create(STREAM, access_policy="public"),
    ),
    "delete-playbackId-of-stream": ("live_playback.delete", lambda c: c.live_playback.delete(STREAM, LIVE_ID)),
    "get-live-stream-playback-id": ("live_playback.get", lambda c: c.live_playback.get(STREAM, LIVE_ID)),
    "update-live-stream-domain-restrictions": (
        "live_playback.update_domains",
        lambda c: c.live_playback.update_domains(STREAM, LIVE_ID, default_policy="deny", allow=["example.com"]),
    ),
    "update-live-stream-user-agent-restrictions": (
        "live_playback.update_user_agents",
        lambda c: c.live_playback.update_user_agents(STREAM, LIVE_ID, default_policy="allow", deny=["curl"]),
    ),
    "create-simulcast-of-stream": (
        "simulcast.create",
        lambda c: c.simulcast.create(STREAM, url="rtmp://example.com/live", stream_key="sk-hs9fmbhk"),
    ),
    "delete-simulcast-of-stream": ("simulcast.delete", lambda c: c.simulcast.delete(STREAM_READ, TARGET)),
    "get-specific-simulcast-of-stream": ("simulcast.get", lambda c: c.simulcast.get(STREAM_READ, TARGET)),
    "update-specific-simulcast-of-stream": (
        "simulcast.update",
        lambda c: c.simulcast.update(STREAM_READ, TARGET, is_enabled=False),
    ),
}

DATA: Final[dict[str, tuple[str, Act]]] = {
    "list_video_views": ("views.list", lambda c: c.views.list(limit=5)),
    "get_video_view_details": ("views.get", lambda c: c.views.get(VIEW)),
    "list_by_top_content": ("views.top_content", lambda c: c.views.top_content(filters=["country:DE"], limit=5)),
    "get_/data/viewlist/current-views/getTimeseriesViews": ("views.now_over_time", lambda c: c.views.now_over_time()),
    "get_/data/viewlist/current-views/filter": ("views.now_by", lambda c: c.views.now_by("country")),
    "list_dimensions": ("dimensions.list", lambda c: c.dimensions.list()),
    "list_filter_values_for_dimension": ("dimensions.values", lambda c: c.dimensions.values("browser_name")),
    "list_breakdown_values": (
        "metrics.breakdown",
        lambda c: c.metrics.breakdown("quality_of_experience_score", group_by="browser_name"),
    ),
    "list_overall_values": (
        "metrics.overall",
        lambda c: c.metrics.overall("views", measurement="count", timespan="7:days"),
    ),
    "get_timeseries_data": (
        "metrics.timeseries",
        lambda c: c.metrics.timeseries("views", group_by="hour", measurement="count", sort_order="desc"),
    ),
    "list_comparison_values": (
        "metrics.comparison",
        lambda c: c.metrics.comparison(dimension="browser_name", value="Chrome"),
    ),
    "list_errors": ("playback_errors.list", lambda c: c.playback_errors.list(limit=5)),
}

CALLS: Final = MEDIA | LIVE | DATA
# what was recorded with an id that the document forbids, to see it refused
MALFORMED: Final[dict[str, Act]] = {"getDrmConfigurationById": lambda c: c.drm.get("your-drm-configuration-id")}

# what a method is given where it needs no text
GIVEN: Final[dict[Any, Any]] = {Mapping: {"a": "b"}, bool: True, int: 1}

# the operations that promise a list under "data"
LISTS: Final = frozenset(
    (
        "list-media",
        "get-media-clips",
        "list-live-clips",
        "list-uploads",
        "list-playback-ids",
        "get-all-playlists",
        "getDrmConfiguration",
        "list_signing_keys",
        "get-all-streams",
        "list_video_views",
        "list_by_top_content",
        "get_/data/viewlist/current-views/getTimeseriesViews",
        "get_/data/viewlist/current-views/filter",
        "list_dimensions",
        "list_filter_values_for_dimension",
        "list_breakdown_values",
        "get_timeseries_data",
        "list_comparison_values",
    )
)


def act(operation: str, *, as_recorded: bool = False) -> Act:
    """The call of an operation."""
    return MALFORMED.get(operation, CALLS[operation][1]) if as_recorded else CALLS[operation][1]


def blank(operation: str) -> dict[str, Any]:
    """The smallest 2xx body the client takes for an operation."""
    if operation == "get-media-summary":
        return {"success": True, "data": ""}
    return {"success": True, "data": [] if operation in LISTS else {}}


def methods(client: FastPix) -> Iterator[tuple[str, Callable[..., Answer]]]:
    """Everything the client can do, by its name."""
    for name, resource in vars(client).items():
        for method, bound in inspect.getmembers(resource, inspect.ismethod):
            if not method.startswith("_"):
                yield f"{name}.{method}", bound


def arguments(method: Callable[..., Answer], *, optional: bool = False) -> dict[str, Any]:
    """Something for each argument a method needs, or takes at all; a text says its own name, as in {media_id}."""
    return {
        name: _given(name, parameter.annotation)
        for name, parameter in inspect.signature(method).parameters.items()
        if (optional or parameter.default is parameter.empty) and parameter.kind is not parameter.VAR_KEYWORD
    }


def _given(name: str, annotation: Any) -> Any:
    kinds = annotation.__args__ if isinstance(annotation, UnionType) else (annotation,)
    for kind in kinds:
        if getattr(kind, "__origin__", None) is Sequence:
            return [_given(name, kind.__args__[0])]
        if getattr(kind, "__origin__", kind) in GIVEN:
            return GIVEN[getattr(kind, "__origin__", kind)]
    return f"{{{name}}}"
