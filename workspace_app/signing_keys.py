"""Signing keys kept here, and the playback tokens they make."""

from datetime import timedelta

from fastpix_api.playback_token import mint
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import SigningKey, User, Workspace


def create(workspace: Workspace, by: User) -> SigningKey:
    """Have FastPix make a signing key and keep its private half encrypted: FastPix shows it this once.

    Raises FastPixError; nothing is kept then.
    """
    answer = client_for(workspace).signing_keys.create()
    key = SigningKey.objects.create(
        workspace=workspace, remote_id=answer.data["id"], private_key=answer.data["privateKey"]
    )
    timeline.record(
        workspace,
        "workspace",
        workspace.slug,
        "signing_key_created",
        source="person",
        by=by,
        details={"signing_key": key.remote_id},
        request_id=answer.request_id,
    )
    return key


def token_for(workspace: Workspace, playback_id: str, *, lifetime: timedelta) -> str | None:
    """A playback token for a private playback ID, made with the newest key; None where no key is kept."""
    key = SigningKey.objects.filter(workspace=workspace).order_by("-pk").first()
    if key is None:
        return None
    return mint(key.private_key, key.remote_id, playback_id, lifetime=lifetime)
