"""The mirror of media: the one door through which everything FastPix says about a media reaches its row."""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from events_app.blocks import Block
from events_app.mirror import Area, Change, Outcome, Said, partial, take, take_listed, whole
from media_app import fields, history, parts
from media_app.models import Media, Upload
from workspace_app.models import Workspace

__all__ = ["AREA", "apply", "awake", "hear", "hear_listed", "is_id", "partial", "whole"]

log = logging.getLogger(__name__)

# In the cache while a wake-up of media_app.ask_unsettled is on its way; the task takes it away when it starts.
_WAKE: Final = "media:wake"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def apply(workspace: Workspace, remote_id: str, said: Said) -> Change[Media] | None:
    """Take a statement of FastPix about a media into its row; returns what it changed, None for nothing.

    Writes the timeline entry in the same transaction; rings the pages and wakes the asking worker after it.
    Raises events_app.mirror.Contended, and ValueError for an id no media can have.
    """
    return hear(workspace, remote_id, said).change


def hear(workspace: Workspace, remote_id: str, said: Said, block: Block | None = None) -> Outcome[Media]:
    """`apply`, for callers that need the verdict too, or bring a block of several statements."""
    if not is_id(remote_id):
        raise ValueError("No media has an id like this.")
    if block is None:
        with transaction.atomic():
            block = Block(workspace, [remote_id])
            outcome = hear(workspace, remote_id, said, block)
            block.close()
            return outcome
    outcome = take(AREA, block, remote_id, said)
    if outcome.change is not None and said.kind not in ("listed", "deleted"):
        entry = history.entry(workspace, outcome.change)
        if entry is not None:
            block.tell(entry)
    if outcome.newly_unsettled:
        block.after(_wake)
    if said.kind != "listed" and (outcome.change or outcome.newly_unsettled or outcome.newly_settled):
        block.ring(*_topics(block, remote_id, outcome.change))
    return outcome


def hear_listed(workspace: Workspace, listed: Mapping[str, Said]) -> list[Change[Media]]:
    """`hear` for some items of a list, by the media's id, in one transaction; returns what they changed."""
    with transaction.atomic():
        block = Block(workspace, listed)
        outcomes = take_listed(AREA, block, listed)
        if any(outcome.newly_unsettled for outcome in outcomes):
            block.after(_wake)
        block.close()
    return [outcome.change for outcome in outcomes if outcome.change is not None]


def is_id(text: str) -> bool:
    """Whether this can be a media's id: it becomes part of addresses, here and at FastPix. Recorded: UUIDs."""
    return _ID.fullmatch(text) is not None


def awake() -> None:
    """The asking worker has started: from now on a mark wakes another."""
    with suppress(RedisError):
        cache.delete(_WAKE)


def _verb(media: Media, before: Mapping[str, Any], said: Said) -> str:
    if media.gone:
        return "gone"
    if "gone" in before:
        return "revived"
    if media.status in Media.FINAL and (not before or "status" in before):
        return media.status
    if not before:
        return "created"
    return "processing" if "status" in before else "updated"


def _topics(block: Block, remote_id: str, change: Change[Media] | None) -> list[str]:
    topics = ["media", f"media:{remote_id}"]
    moved = change is not None and (change.created or "status" in change.fields or "gone" in change.fields)
    if moved and remote_id in block.once("uploads", lambda: _uploaded(block)):
        topics.append("uploads")
    # a clip is listed on the page of what it was cut from
    if moved and change is not None and is_id(change.row.source_media_id):
        topics.append(f"media:{change.row.source_media_id}")
    return topics


def _uploaded(block: Block) -> set[str]:
    uploads = Upload.objects.filter(workspace=block.workspace, remote_id__in=block.object_ids)
    return set(uploads.values_list("remote_id", flat=True))


def _wake() -> None:
    """Have a worker ask FastPix at once; one wake-up at a time, and beat asks anyway should it be lost."""
    try:
        if cache.add(_WAKE, 1, 10):
            # by name: the tasks stand on the reconciler, which stands on this module
            current_app.send_task("media_app.ask_unsettled", queue="calls")
    except (RedisError, OperationalError, OSError) as error:
        log.warning("The worker that asks FastPix could not be woken, beat will: %s", error)


AREA: Final = Area(
    name="media",
    rows=Media,
    read=fields.read,
    derive=fields.derive,
    children=parts.held_by,
    replace=parts.replace,
    add=parts.add,
    leaves_out=fields.leaves_out,
    verb=_verb,
)
