"""The workspace's signing keys as FastPix lists them, beside those whose private half this console keeps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from events_app import push
from fastpix_api import times
from fastpix_api.paging import LARGEST_PAGE
from media_app.models import Media, PlaybackId
from workspace_app import signing_keys
from workspace_app.fastpix import client_for
from workspace_app.models import SigningKey, User, Workspace
from workspace_app.signing_keys import Created

# Pages that depend on the keys kept here hear this word
TOPIC = "signing-keys"


@dataclass(frozen=True)
class Line:
    """One key. `there`: FastPix lists it; `signs`: new tokens of this console are signed with it."""

    key_id: str
    created_at: datetime | None
    kept_at: datetime | None
    there: bool
    signs: bool


@dataclass(frozen=True)
class Listed:
    """One page of FastPix's list, by its number from 1; `total` keys in all."""

    lines: list[Line]
    number: int
    total: int
    has_more: bool


def listed(workspace: Workspace, number: int = 1) -> Listed:
    """The keys, in one call. A kept key that a complete list lacks comes last. Raises FastPixError."""
    answer = client_for(workspace).signing_keys.list(limit=LARGEST_PAGE, offset=number)
    total = (answer.pagination or {}).get("totalRecords")
    total = total if isinstance(total, int) else len(answer.data)
    # never the private halves: a list has no use for them
    kept = dict(SigningKey.objects.filter(workspace=workspace).order_by("-pk").values_list("remote_id", "created_at"))
    signs = next(iter(kept), "")

    def line(key_id: str, created_at: Any, *, there: bool) -> Line:
        return Line(key_id, times.parse(created_at), kept.get(key_id), there, key_id == signs)

    lines = [line(str(key.get("id") or ""), key.get("createdAt"), there=True) for key in answer.data]
    if number == 1 and total <= len(lines):
        missing = kept.keys() - {one.key_id for one in lines}
        lines += [line(key_id, None, there=False) for key_id in kept if key_id in missing]
    return Listed(lines, number, total, has_more=number * LARGEST_PAGE < total)


def public_key(workspace: Workspace, key_id: str) -> str:
    """The public half, as a PEM. Raises FastPixError, NotFound and Invalid for a key FastPix does not have."""
    return str(client_for(workspace).signing_keys.get(key_id).data.get("publicKey") or "")


def create(workspace: Workspace, *, keep: bool, by: User) -> Created:
    """Have FastPix make a key. Raises FastPixError."""
    made = signing_keys.create(workspace, by, keep=keep)
    push.ring(workspace, TOPIC)
    return made


def delete(workspace: Workspace, key_id: str, *, by: User) -> None:
    """Delete a key at FastPix and here. Raises FastPixError, then nothing changed."""
    signing_keys.delete(workspace, key_id, by)
    push.ring(workspace, TOPIC)


def forget(workspace: Workspace, key_id: str, *, by: User) -> None:
    """Keep a private half here no longer."""
    signing_keys.forget(workspace, key_id, by)
    push.ring(workspace, TOPIC)


def opened_here(workspace: Workspace) -> int:
    """How many media only a token of this console's key opens here: with a private playback ID and no public one."""
    ids = PlaybackId.objects.filter(media=OuterRef("pk"))
    private, public = ids.filter(access_policy="private"), ids.filter(access_policy="public")
    return Media.objects.filter(Exists(private), ~Exists(public), workspace=workspace, gone=False).count()
