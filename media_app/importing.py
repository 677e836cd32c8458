"""Bringing in what a FastPix workspace already holds: page by page, oldest first, resumable."""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from events_app import push
from events_app.mirror import Said
from fastpix_api import Answer, FastPixError
from media_app import budget, reconcile
from media_app.mirror import hear, is_id
from media_app.models import Media
from workspace_app import timeline
from workspace_app.fastpix import prove
from workspace_app.models import Workspace

PAGE: Final = 50
# Rows written in one transaction: with tracks and playback IDs about 100.
_BLOCK: Final = 20
_KEPT: Final = 24 * 60 * 60  # seconds the place is remembered
_AGAIN: Final = 10.0


def import_existing(
    workspace: Workspace, *, seconds: float = 20, client_of: reconcile.ClientOf = budget.asking_client
) -> float | None:
    """Import for about `seconds`, going on where the last call stopped.

    Returns in how many seconds to call again, None when all is here (or the credentials are of another workspace, which
    the timeline tells). A place that was lost only means to start at the first page again: rows that exist stay.
    """
    deadline = time.monotonic() + seconds
    place = progress(workspace)
    while time.monotonic() < deadline:
        if not budget.spend(workspace):
            return _AGAIN
        try:
            answer = client_of(workspace).media.list(limit=PAGE, offset=place["page"], order_by="asc")
        except FastPixError as error:
            budget.leave_alone(workspace, error)
            return _AGAIN
        if not all(prove(workspace, str(item.get("workspaceId") or "")) for item in answer.data):
            _finish(workspace, "import_refused", place)
            return None
        place["added"] += _take_page(workspace, answer, client_of)
        if not _shrunk(place, answer) and len(answer.data) < PAGE:
            _finish(workspace, "imported", place)
            return None
        _keep(workspace, place)
    return 0.0


def progress(workspace: Workspace) -> dict[str, int]:
    """Where the import stands: `page` to read next, media `added` and the `total` FastPix last told."""
    place: Any = None
    with suppress(RedisError):
        place = cache.get(_key(workspace))
    return place if isinstance(place, dict) else {"page": 1, "added": 0, "total": 0}


def _shrunk(place: dict[str, int], answer: Answer) -> bool:
    """Move on to the next page, or back to where deletions meanwhile have moved what was not read yet."""
    told = (answer.pagination or {}).get("totalRecords")
    total = told if isinstance(told, int) else place["total"]
    lost, place["total"] = place["total"] - total, total
    place["page"] = place["page"] + 1 if lost <= 0 else max(1, place["page"] - math.ceil(lost / PAGE))
    return lost > 0


def _take_page(workspace: Workspace, answer: Answer, client_of: reconcile.ClientOf) -> int:
    items = {str(item["id"]): item for item in answer.data if is_id(str(item.get("id", "")))}
    names = list(items)
    added = 0
    for start in range(0, len(names), _BLOCK):
        with transaction.atomic():
            for name in names[start : start + _BLOCK]:
                added += _take(workspace, name, items[name], answer)
    for media in Media.objects.filter(workspace=workspace, remote_id__in=names, gone=True).select_related("workspace"):
        _look_again(media, answer.answered_at, client_of)
    if added:
        push.ring(workspace, "media", "uploads")
    return added


def _take(workspace: Workspace, remote_id: str, item: Mapping[str, Any], answer: Answer) -> bool:
    said = Said(
        kind="listed",
        data=item,
        at=answer.answered_at,
        heard_at=timezone.now(),
        by="poll",
        request_id=answer.request_id,
    )
    change = hear(workspace, remote_id, said).change
    return change is not None and change.created


def _look_again(media: Media, listed_at: datetime, client_of: reconcile.ClientOf) -> None:
    """A tombstone that FastPix lists is asked about: only a GET sent after it may revive it."""
    if media.gone_at is not None and listed_at > media.gone_at and budget.spend(media.workspace):
        with suppress(FastPixError):
            reconcile.ask(media, client=client_of(media.workspace))


def _finish(workspace: Workspace, verb: str, place: dict[str, int]) -> None:
    with suppress(RedisError):
        cache.delete(_key(workspace))
    details = {"added": place["added"]}
    timeline.record(workspace, "workspace", workspace.slug, verb, source="poll", details=details)


def _keep(workspace: Workspace, place: dict[str, int]) -> None:
    with suppress(RedisError):
        cache.set(_key(workspace), place, _KEPT)


def _key(workspace: Workspace) -> str:
    return f"media:import:{workspace.pk}"
