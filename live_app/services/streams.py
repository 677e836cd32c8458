"""A workspace's live streams, as FastPix lists them: nothing of them is kept here yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastpix_api import times
from web.paging import Numbered, numbered
from workspace_app.fastpix import client_for
from workspace_app.models import Workspace

PAGE_SIZE: Final = 25


@dataclass(frozen=True)
class Stream:
    """What the page shows of a stream. Its keys and secrets, which FastPix sends along, never get this far."""

    remote_id: str
    title: str
    status: str
    policies: tuple[str, ...]
    recorded: bool | None
    trial: bool
    created_at: datetime | None
    known_at: datetime
    known_by: str = "call"
    unsettled: bool = False


def listed(workspace: Workspace, number: int) -> Numbered[Stream]:
    """Ask FastPix for page `number`. Raises FastPixError."""
    answer = client_for(workspace).streams.list(limit=PAGE_SIZE, offset=number)
    streams = [_stream(item, answer.answered_at) for item in answer.data]
    return numbered(streams, number, PAGE_SIZE, answer.pagination)


def _stream(item: Mapping[str, Any], answered_at: datetime) -> Stream:
    recorded = item.get("enableRecording")
    return Stream(
        remote_id=_text(item.get("streamId")),
        title=_title(item.get("metadata")),
        # recorded in lower case; a word we do not know is shown as it came
        status=_text(item.get("status")),
        policies=_policies(item.get("playbackIds")),
        recorded=recorded if isinstance(recorded, bool) else None,
        trial=item.get("trial") is True,
        created_at=times.parse(item.get("createdAt")),
        known_at=answered_at,
    )


def _title(metadata: object) -> str:
    """A stream has no title of its own; `name` in its metadata is what FastPix's samples use (recorded)."""
    return _text(metadata.get("name")) or _text(metadata.get("title")) if isinstance(metadata, dict) else ""


def _policies(playback_ids: object) -> tuple[str, ...]:
    items = playback_ids if isinstance(playback_ids, list) else []
    return tuple(dict.fromkeys(_text(one.get("accessPolicy")) for one in items if isinstance(one, dict)))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
