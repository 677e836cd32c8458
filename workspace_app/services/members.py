"""Who works in a workspace."""

from django.db import transaction

from workspace_app.models import Member, User, Workspace
from workspace_app.roles import Role
from workspace_app.services.workspaces import note


class LastAdmin(Exception):
    """The change would leave the workspace without an admin."""


@transaction.atomic
def change(member: Member, role: str, *, by: User) -> Member:
    """Give a member another role, from their next request on. Raises LastAdmin."""
    _keep_an_admin(member, becomes=role)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    details = {"person": str(member.user), "before": before, "after": role}
    note(member.workspace, "member_changed", by=by, details=details)
    return member


@transaction.atomic
def remove(member: Member, *, by: User) -> None:
    """End a membership; access ends with the person's next request. Raises LastAdmin."""
    _keep_an_admin(member, becomes="")
    member.delete()
    note(member.workspace, "member_removed", by=by, details={"person": str(member.user), "role": member.role})


def _keep_an_admin(member: Member, *, becomes: str) -> None:
    # The workspace's row is the lock: two admins who demote each other at once are decided one after the other
    Workspace.objects.select_for_update().get(pk=member.workspace_id)
    member.refresh_from_db(fields=["role"])
    if member.role != Role.ADMIN or becomes == Role.ADMIN:
        return
    others = Member.objects.filter(workspace=member.workspace, role=Role.ADMIN, user__is_active=True)
    if not others.exclude(pk=member.pk).exists():
        raise LastAdmin
