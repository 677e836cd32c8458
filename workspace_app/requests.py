"""The request type of every view behind sign-in; nothing here runs."""

from web.requests import HtmxRequest
from workspace_app.models import Member, User, Workspace
from workspace_app.roles import Can


class WorkspaceRequest(HtmxRequest):
    """A request that `access.needs` let through: who asks, in which workspace, and what they may do there."""

    user: User
    workspace: Workspace
    member: Member
    can: Can
