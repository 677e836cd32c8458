"""Every error body FastPix is known to send, through the operations that send it: the right error and words."""

import re
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import pytest

from fastpix_api import Conflict, FastPix, Forbidden, Invalid, NotFound, Refused, Unauthorized
from tests.contract import shared
from tests.contract.operations import CALLS, act, blank
from tests.contract.plug import Plug

pytestmark = shared.needed

# where a body was seen, in the list's words → operations that stand for it
WHERE: Final[dict[str, tuple[str, ...]]] = {
    "all": tuple(CALLS),
    "create media": ("create-media",),
    "uploads": ("direct-upload-video-media", "cancel-upload"),
    "data": ("list_overall_values", "list_video_views", "list_errors"),
    "tracks": ("Add-media-track", "update-media-track", "delete-media-track", "Generate-subtitle-track"),
    "updated-mp4Support": ("updated-mp4Support",),
    "live-disable": ("disable-live-stream",),
    "live-enable": ("enable-live-stream",),
    "create simulcast": ("create-simulcast-of-stream",),
    "media": ("get-media", "updated-media", "delete-media", "retrieveMediaInputInfo"),
    "ai": ("update-media-summary", "get-media-summary", "update-media-moderation"),
    "clips": ("get-media-clips", "list-live-clips"),
    "playback": ("get-playback-id", "delete-media-playback-id", "update-domain-restrictions"),
    "playlists": ("get-playlist-by-id", "change-media-order-in-playlist", "delete-media-from-playlist"),
    "live": ("get-live-stream-by-id", "update-live-stream", "complete-live-stream"),
    "live playback": ("get-live-stream-playback-id", "update-live-stream-domain-restrictions"),
    "simulcast": ("get-specific-simulcast-of-stream", "update-specific-simulcast-of-stream"),
    "signing keys": ("get-signing_key_by_id", "delete_signing_key"),
    "view details": ("get_video_view_details",),
    "create playlist": ("create-a-playlist",),
}
SENTENCES: Final = {
    400: "FastPix refused this (status 400): {reason}. Change what it names, then send it again.",
    401: "FastPix does not accept the Token ID and Secret Key of this workspace. "
    "Store a valid pair in the workspace's settings.",
    403: "The access token of this workspace may not do this. "
    "Give the token that permission in the FastPix dashboard, or store another one in the settings.",
    404: "FastPix does not have this in the workspace. It may have been deleted; reload to see what is there now.",
    409: "FastPix already has something in this place: {reason}. Choose another value, then send it again.",
    422: "FastPix did not accept what was sent: {reason}. Correct it, then send it again.",
}
KINDS: Final = {400: Refused, 401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 422: Invalid}


class Row(NamedTuple):
    """One line of the list."""

    status: int
    code: int
    messages: list[str]
    description: str
    where: list[str]


def rows() -> list[Row]:
    """The list of error bodies, as it stands in the published deviations."""
    text = (shared.FASTPIX / "deviations.md").read_text()
    table = text.split("\n## 5.")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if re.match(r"\| \d", line)]
    return [_row(*cells) for cells in lines]


def _row(status: str, message: str, description: str, where: str) -> Row:
    told = [int(number) for number in re.findall(r"\b\d{3}\b", status)]
    # "a / b" and "a, b" name two messages, "Media/PlaybackId" is one
    messages = re.split(r" / |, ", message.removesuffix(" (no description)"))
    said = "" if description == "–" else description.removeprefix("e.g. ")
    return Row(told[0], told[-1], messages, said, re.split(r" / |, ", where))


def bodies() -> list[tuple[str, int, dict[str, Any], str]]:
    """Each operation with a status, the error FastPix sends and the reason a person should read in it."""
    found = []
    for row in rows() if shared.FASTPIX.is_dir() else ():
        for message in row.messages:
            error: dict[str, Any] = {"code": row.code, "message": message}
            reason = message
            if row.status == 422:
                error["fields"], reason = [{"field": "name", "message": "must not be null"}], "name must not be null"
            elif row.description:
                error["description"], reason = row.description, f"{message}. {row.description}".rstrip(".")
            found += [(operation, row.status, error, reason) for operation in _operations(row)]
    return found


def _operations(row: Row) -> list[str]:
    if row.status == 422:
        return [operation for operation in CALLS if _sends_a_body(operation)]
    return [operation for where in row.where for operation in WHERE[where]]


def _sends_a_body(operation: str) -> bool:
    plug = Plug(blank(operation))
    act(operation)(FastPix("token", "secret", transport=plug))
    return bool(plug.last.body)


def test_the_list_is_read_whole() -> None:
    assert len(rows()) == 16
    assert {row.status for row in rows()} == set(SENTENCES)
    assert {where for row in rows() if row.status != 422 for where in row.where} <= set(WHERE)


@pytest.mark.parametrize(
    ("operation", "status", "error", "reason"),
    [pytest.param(*one, id=f"{one[0]}-{one[1]}-{one[2]['message']}") for one in bodies()],
)
def test_a_refusal_is_named_and_worded(operation: str, status: int, error: dict[str, Any], reason: str) -> None:
    plug = Plug({"success": False, "error": error}, status)
    with pytest.raises(Refused) as caught:
        act(operation)(FastPix("token", "secret", transport=plug))
    assert type(caught.value) is KINDS[status]
    assert caught.value.status == status
    assert caught.value.said.startswith(error["message"])
    assert caught.value.sentence == SENTENCES[status].format(reason=reason)
    assert caught.value.answered_at == datetime(2026, 5, 20, 12, 50, 15, tzinfo=UTC)
    assert not caught.value.perhaps_done
    assert getattr(caught.value, "fields", None) == error.get("fields")
