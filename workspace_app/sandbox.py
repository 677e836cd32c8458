"""The sandbox as a workspace: a FastPix on this machine, connected without typing anything."""

import time

from django.conf import settings
from django.db import transaction

from fastpix_api.road import Patience, Road
from workspace_app import hosts, road, timeline
from workspace_app.models import Member, User, Workspace
from workspace_app.roles import Role

SLUG = "sandbox"


def connect(by: User) -> Workspace:
    """The sandbox's workspace with `by` as an admin of it; made on the first call, brought up to date on later ones.

    Raises LookupError when this installation runs no sandbox, or the address "sandbox" belongs to another workspace.
    """
    if not settings.SANDBOX_URL:
        raise LookupError("This installation runs no sandbox.")
    with transaction.atomic():
        workspace, made = Workspace.objects.get_or_create(
            slug=SLUG, defaults={"name": "Sandbox", "sandbox": True, **_wiring()}
        )
        if not workspace.sandbox:
            raise LookupError("The address “sandbox” belongs to another workspace.")
        _, joined = Member.objects.get_or_create(workspace=workspace, user=by, defaults={"role": Role.ADMIN})
        if made:
            timeline.record(workspace, "workspace", SLUG, "workspace_added", source="person", by=by)
        elif joined:
            timeline.record(workspace, "workspace", SLUG, "member_joined", source="person", by=by)
    return refresh() or workspace


def refresh() -> Workspace | None:
    """Bring the sandbox's row to today's port and keys (they can change between two starts); None without one."""
    if not settings.SANDBOX_URL:
        return None
    workspace = Workspace.objects.filter(slug=SLUG, sandbox=True).first()
    if workspace is None:
        return None
    wiring = {name: value for name, value in _wiring().items() if getattr(workspace, name) != value}
    for name, value in wiring.items():
        setattr(workspace, name, value)
    if wiring:
        workspace.save(update_fields=list(wiring))
    return workspace


def send_test_event(workspace: Workspace) -> str:
    """Have the sandbox send an event that is about nothing; returns its id. Raises FastPixError."""
    controls = Road(
        workspace.token_id,
        workspace.secret_key,
        base_url=hosts.origin(workspace.api_url) or "",
        patience=Patience.PAGE,
        transport=road.to(workspace),
        sleep=time.sleep,
    )
    told = controls.call("POST", "/_sandbox/event", json={"type": "sandbox.test"}, expect=dict).data
    return str(told.get("id", ""))


def _wiring() -> dict[str, str]:
    return {
        "api_url": f"{settings.SANDBOX_URL}/v1",
        "stream_url": f"{settings.SANDBOX_URL}/stream",
        "images_url": f"{settings.SANDBOX_URL}/images",
        "upload_url": settings.SANDBOX_URL,
        "token_id": settings.SANDBOX_TOKEN_ID or "sandbox",
        "secret_key": settings.SANDBOX_SECRET_KEY or "sandbox",
        "webhook_secret": settings.SANDBOX_WEBHOOK_SECRET,
    }
