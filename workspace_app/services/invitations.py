"""One-time links into a workspace."""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from workspace_app.installation import digest
from workspace_app.models import Invitation, Member, User, Workspace
from workspace_app.services.workspaces import note

LASTS: Final = timedelta(days=7)


class Gone(Exception):
    """The link was used, withdrawn or has run out."""


@transaction.atomic
def invite(workspace: Workspace, email: str, role: str, *, by: User) -> tuple[Invitation, str]:
    """A new invitation and its token, which exists only in what this returns; an older open one is withdrawn."""
    email = email.strip().lower()
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(workspace=workspace, email=email, accepted_at=None).delete()
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        token_sha256=digest(token),
        created_by=by,
        expires_at=timezone.now() + LASTS,
    )
    note(workspace, "member_invited", by=by, details={"email": email, "role": role})
    return invitation, token


def find(token: str) -> Invitation:
    """The open invitation behind a link. Raises Gone."""
    open_ones = Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())
    invitation = open_ones.select_related("workspace", "created_by").filter(token_sha256=digest(token)).first()
    if invitation is None:
        raise Gone
    return invitation


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Member:
    """Make the person a member; someone who already is one keeps their role. Raises Gone."""
    _spend(invitation)
    return _join(invitation, user)


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, password: str, time_zone: str) -> User:
    """Make the account the invitation is for, and its membership. Raises Gone, also for the second of two who race."""
    _spend(invitation)
    if User.objects.filter(email=invitation.email).exists():
        raise Gone
    user = User.objects.create_user(invitation.email, password, name=name, time_zone=time_zone)
    _join(invitation, user)
    return user


def withdraw(invitation: Invitation, *, by: User) -> None:
    """Make the link worthless."""
    invitation.delete()
    note(invitation.workspace, "invitation_withdrawn", by=by, details={"email": invitation.email})


def _spend(invitation: Invitation) -> None:
    open_row = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=timezone.now())
    if not open_row.update(accepted_at=Now()):
        raise Gone


def _join(invitation: Invitation, user: User) -> Member:
    member, joined = Member.objects.get_or_create(
        workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
    )
    if joined:
        note(invitation.workspace, "member_joined", by=user, details={"role": member.role})
    return member
