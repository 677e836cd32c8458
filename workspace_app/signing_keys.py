"""Signing keys kept here, and the playback tokens they make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from fastpix_api import Broken
from fastpix_api.playback_token import mint
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import SigningKey, User, Workspace

Audience = Literal["media", "drm"]


@dataclass(frozen=True)
class Created:
    """A key that FastPix just made. Its private half, base64 of a PEM, is told this once."""

    key_id: str
    private_key: str = field(repr=False)
    kept: bool


def create(workspace: Workspace, by: User, *, keep: bool) -> Created:
    """Have FastPix make a signing key; with `keep` its private half stays here, encrypted.

    Raises FastPixError; nothing is kept then.
    """
    answer = client_for(workspace).signing_keys.create()
    key_id, private_key = answer.data.get("id"), answer.data.get("privateKey")
    if not (key_id and private_key and isinstance(key_id, str) and isinstance(private_key, str)):
        raise Broken("FastPix made a signing key but did not show it.", request_id=answer.request_id)
    if keep:
        SigningKey.objects.create(workspace=workspace, remote_id=key_id, private_key=private_key)
    _note(workspace, "signing_key_created", key_id, by, request_id=answer.request_id, details={"kept": keep})
    return Created(key_id, private_key, keep)


def delete(workspace: Workspace, key_id: str, by: User) -> None:
    """Delete a key at FastPix, and its private half where it is kept here.

    Raises FastPixError, then nothing changed: also for a key FastPix does not have, because credentials of another
    FastPix workspace look the same, and a private half cannot be had again.
    """
    answer = client_for(workspace).signing_keys.delete(key_id)
    SigningKey.objects.filter(workspace=workspace, remote_id=key_id).delete()
    _note(workspace, "signing_key_deleted", key_id, by, request_id=answer.request_id)


def forget(workspace: Workspace, key_id: str, by: User) -> None:
    """Keep a private half no longer. FastPix's side of the key stays, and so do the tokens it signed."""
    gone, _ = SigningKey.objects.filter(workspace=workspace, remote_id=key_id).delete()
    if gone:
        _note(workspace, "signing_key_forgotten", key_id, by)


def newest(workspace: Workspace) -> SigningKey | None:
    """The kept key that signs; None where none is kept."""
    return SigningKey.objects.filter(workspace=workspace).order_by("-pk").first()


def in_use(workspace: Workspace) -> str:
    """The id of the kept key that signs, "" for none: `newest` without its private half."""
    ids = SigningKey.objects.filter(workspace=workspace).order_by("-pk").values_list("remote_id", flat=True)
    return ids.first() or ""


def sign(key: SigningKey, playback_id: str, *, lifetime: timedelta, audience: Audience = "media") -> str:
    """A playback token of this key: `audience` drm for DRM playback IDs, media for private ones."""
    return mint(key.private_key, key.remote_id, playback_id, lifetime=lifetime, audience=audience)


def token_for(workspace: Workspace, playback_id: str, *, lifetime: timedelta) -> str | None:
    """A playback token for a private playback ID, made with the newest key; None where no key is kept."""
    key = newest(workspace)
    return sign(key, playback_id, lifetime=lifetime) if key else None


def _note(
    workspace: Workspace,
    verb: str,
    key_id: str,
    by: User,
    *,
    request_id: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    timeline.record(
        workspace,
        "workspace",
        workspace.slug,
        verb,
        source="person",
        by=by,
        details={"signing_key": key_id, **(details or {})},
        request_id=request_id,
    )
