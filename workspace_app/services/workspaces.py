"""Adding workspaces and changing what they hold. Every change is a line of the timeline, never with a secret in it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from workspace_app import timeline
from workspace_app.models import Member, User, Workspace
from workspace_app.roles import Role

OLD_SECRET_LASTS: Final = timedelta(hours=24)


@transaction.atomic
def add(workspace: Workspace, *, by: User) -> Workspace:
    """Keep a new workspace with `by` as its first admin. Raises IntegrityError when the slug is taken meanwhile."""
    workspace.save()
    Member.objects.create(workspace=workspace, user=by, role=Role.ADMIN)
    note(workspace, "workspace_added", by=by, details={"token": masked(workspace.token_id)})
    return workspace


def rename(workspace: Workspace, name: str, *, by: User) -> None:
    """Change the name people see; the address never changes."""
    before, workspace.name = workspace.name, name
    workspace.save(update_fields=["name"])
    note(workspace, "workspace_renamed", by=by, details={"before": before, "after": name})


def change_connection(workspace: Workspace, changes: Mapping[str, str], *, by: User, proved_token_id: str = "") -> None:
    """Take new credentials or hosts, tested by the caller; `proved_token_id` is what that test showed."""
    for field, value in changes.items():
        setattr(workspace, field, value)
    workspace.proved_token_id = proved_token_id
    workspace.save(update_fields=[*changes, "proved_token_id"])
    details: dict[str, Any] = {"changed": sorted(changes)}
    if "token_id" in changes:
        details["token"] = masked(workspace.token_id)
    note(workspace, "connection_changed", by=by, details=details)


def change_webhook_secret(workspace: Workspace, secret: str, *, by: User) -> None:
    """Take a new signing secret; the one before is accepted for 24 h more, for deliveries already under way."""
    if secret == workspace.webhook_secret:
        return
    if workspace.webhook_secret:
        workspace.webhook_secret_previous = workspace.webhook_secret
        workspace.webhook_secret_previous_until = timezone.now() + OLD_SECRET_LASTS
    verb = "webhook_secret_rotated" if workspace.webhook_secret else "webhook_secret_set"
    workspace.webhook_secret, workspace.webhook_secret_at = secret, timezone.now()
    workspace.save(
        update_fields=[
            "webhook_secret",
            "webhook_secret_at",
            "webhook_secret_previous",
            "webhook_secret_previous_until",
        ]
    )
    note(workspace, verb, by=by)


def end_webhook_overlap(workspace: Workspace, *, by: User) -> None:
    """Accept the signing secret before this one no longer; it stays known, to tell whose deliveries still use it."""
    until = workspace.webhook_secret_previous_until
    if until is None or until <= timezone.now():
        return
    workspace.webhook_secret_previous_until = timezone.now()
    workspace.save(update_fields=["webhook_secret_previous_until"])
    note(workspace, "webhook_overlap_ended", by=by)


def keep_events(workspace: Workspace, days: int, *, by: User) -> None:
    """Keep events for so many days, 0 for ever; what is older is deleted by the next pass."""
    before, workspace.keep_events_days = Workspace.Keep(workspace.keep_events_days), days
    if before == days:
        return
    workspace.save(update_fields=["keep_events_days"])
    note(workspace, "events_kept", by=by, details={"before": int(before), "after": int(days)})


def note(workspace: Workspace, verb: str, *, by: User, details: Mapping[str, Any] | None = None) -> None:
    """One line of the workspace's own history."""
    timeline.record(workspace, "workspace", workspace.slug, verb, source="person", by=by, details=details)


def masked(token_id: str) -> str:
    """Enough of a Token ID to recognise it: its last four characters."""
    return f"••••{token_id[-4:]}" if len(token_id) > 8 else "••••"
