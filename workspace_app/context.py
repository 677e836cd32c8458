"""What every page's frame shows."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from workspace_app.models import Member, User, Workspace
from workspace_app.roles import Can

FRESH: Final = timedelta(hours=1)  # since the last webhook; a quiet workspace may have none for longer


class Frame:
    """The frame's facts, read from the database only when a template asks: fragments have no frame."""

    def __init__(self, request: HttpRequest) -> None:
        user = getattr(request, "user", None)
        self.user: User | None = user if user is not None and user.is_authenticated else None
        self.workspace: Workspace | None = getattr(request, "workspace", None)
        self.member: Member | None = getattr(request, "member", None)
        self.can: Can = getattr(request, "can", None) or Can("")

    @cached_property
    def workspaces(self) -> list[Workspace]:
        """The person's workspaces by name, for the switcher."""
        return list(Workspace.objects.filter(members__user=self.user)) if self.user else []

    @cached_property
    def last_webhook_at(self) -> datetime | None:
        """When FastPix's last new event arrived; None before the first, and where events are not installed."""
        events: Any = getattr(self.workspace, "events", None)
        return events.order_by("-pk").values_list("received_at", flat=True).first() if events is not None else None

    @property
    def webhooks_fresh(self) -> bool:
        """Whether the last webhook came so lately that the line surely works."""
        return self.last_webhook_at is not None and timezone.now() - self.last_webhook_at < FRESH

    @property
    def time_zone(self) -> str:
        """The zone that times on this page are in."""
        return timezone.get_current_timezone_name()

    @property
    def theme(self) -> str:
        """`light`, `dark` or `system`."""
        return self.user.theme if self.user else str(User.Theme.SYSTEM)


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame`, and the two words templates use most: `workspace` and `can`."""
    found = Frame(request)
    return {"frame": found, "workspace": found.workspace, "can": found.can}
