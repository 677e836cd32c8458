"""One call per operation the client has, with what the recorded request sent where one was recorded."""

from collections.abc import Callable
from typing import Any, Final

from fastpix_api import Answer, FastPix

M: Final = "3123e275-3f7f-4abf-9655-7a8f5a7dbc61"
READ: Final = "66b74bdb-c868-4fc8-bc16-ad8e2dfcbc36"
P: Final = "446315bf-11a7-44d2-92ef-a0c56808d2d0"
KEY: Final = "b7158b65-302d-4fbd-9c48-503ca92bdd25"
DENIED: Final = "ca3fb5ce-b9de-432c-80b9-e332569c735c"
VIDEO: Final = {"type": "video", "url": "https://static.fastpix.com/fp-sample-video.mp4"}

CALLS: Final[dict[str, tuple[str, Callable[[FastPix], Answer]]]] = {
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
    "create_signing_key": ("signing_keys.create", lambda c: c.signing_keys.create()),
    "list_signing_keys": ("signing_keys.list", lambda c: c.signing_keys.list(limit=5)),
    "get-signing_key_by_id": ("signing_keys.get", lambda c: c.signing_keys.get(KEY)),
    "delete_signing_key": ("signing_keys.delete", lambda c: c.signing_keys.delete(KEY)),
    "get-all-streams": ("streams.list", lambda c: c.streams.list(limit=5)),
    "list_overall_values": (
        "metrics.overall",
        lambda c: c.metrics.overall("views", measurement="count", timespan="7:days"),
    ),
}

# the operations that promise a list under "data"
LISTS: Final = frozenset(
    (
        "list-media",
        "get-media-clips",
        "list-live-clips",
        "list-uploads",
        "list-playback-ids",
        "list_signing_keys",
        "get-all-streams",
    )
)


def blank(operation: str) -> dict[str, Any]:
    """The smallest 2xx body the client takes for an operation."""
    return {"success": True, "data": [] if operation in LISTS else {}}
