"""What every page's frame shows."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from workspace_app.breaker import Breaker
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

    @cached_property
    def trouble(self) -> str:
        """One sentence where FastPix's last answer failed to come or was a refusal; "" when all is well."""
        met = Breaker(self.workspace).trouble() if self.workspace else None
        if met is None:
            return ""
        reason, at = met
        if reason == "unauthorized":
            return _("FastPix refuses the credentials of this workspace. Pages show what was known before.")
        clock = timezone.localtime(datetime.fromtimestamp(at, UTC)).strftime("%H:%M:%S")
        return _("FastPix did not answer at %(time)s. Pages show what was known; nothing is lost.") % {"time": clock}

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
