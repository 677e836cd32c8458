"""Who and where: people, workspaces, members, keys, and the timeline."""

from workspace_app.models.timeline import TimelineEntry
from workspace_app.models.user import User
from workspace_app.models.workspace import Installation, Invitation, Member, SigningKey, Workspace

__all__ = ["Installation", "Invitation", "Member", "SigningKey", "TimelineEntry", "User", "Workspace"]
