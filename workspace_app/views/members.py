"""Who works in a workspace, and invitations into it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workspace_app.access import needs
from workspace_app.forms import InvitationForm, RoleForm
from workspace_app.models import Invitation, Member
from workspace_app.requests import WorkspaceRequest
from workspace_app.roles import Role
from workspace_app.services import invitations, members


@require_safe
@needs("workspace.members")
def member_list(request: WorkspaceRequest) -> HttpResponse:
    """Members with their roles, and the invitations still open."""
    return _page(request)


@require_POST
@needs("workspace.members")
def member_invite(request: WorkspaceRequest) -> HttpResponse:
    """Make a one-time link; this answer is the only one that shows it."""
    form = InvitationForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    invitation, token = invitations.invite(request.workspace, by=request.user, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("workspace:invitation_accept", kwargs={"token": token}))
    return _page(request, made=invitation, link=link)


@require_POST
@needs("workspace.members")
def member_change(request: WorkspaceRequest) -> HttpResponse:
    """Give a member another role."""
    member = _member(request)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, refused=_("There is no such role."), status=422)
    try:
        members.change(member, form.cleaned_data["role"], by=request.user)
    except members.LastAdmin:
        return _page(request, refused=_last_admin(member), status=422)
    return _back(request, _("%(person)s is now %(role)s.") % {"person": member.user, "role": member.get_role_display()})


@require_POST
@needs("workspace.members")
def member_remove(request: WorkspaceRequest) -> HttpResponse:
    """End a membership, at once."""
    member = _member(request)
    try:
        members.remove(member, by=request.user)
    except members.LastAdmin:
        return _page(request, refused=_last_admin(member), status=422)
    if member.user == request.user:
        return redirect("workspace:workspace_list")
    return _back(request, _("%(person)s no longer has access.") % {"person": member.user})


@require_POST
@needs("workspace.members")
def invitation_withdraw(request: WorkspaceRequest) -> HttpResponse:
    """Make an open link worthless."""
    invitation = get_object_or_404(_open(request), email=request.POST.get("email", ""))
    invitations.withdraw(invitation, by=request.user)
    return _back(request, _("The link for %(email)s no longer works.") % {"email": invitation.email})


def _page(request: WorkspaceRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context.setdefault("form", InvitationForm(workspace=request.workspace))
    context |= {
        "members": request.workspace.members.select_related("user").order_by("user__name", "user__email"),
        "invitations": _open(request).filter(expires_at__gt=timezone.now()).order_by("-pk"),
        "roles": Role.choices,
    }
    return render(request, "workspace_app/member_list.html", context, status=status)


def _member(request: WorkspaceRequest) -> Member:
    """The member the form names by e-mail; of this workspace or nobody."""
    email = request.POST.get("person", "").strip().lower()
    return get_object_or_404(request.workspace.members.select_related("user"), user__email=email)


def _open(request: WorkspaceRequest) -> Any:
    return Invitation.objects.filter(workspace=request.workspace, accepted_at=None).select_related("created_by")


def _last_admin(member: Member) -> str:
    return _("%(person)s is the last admin. Make somebody else an admin first.") % {"person": member.user}


def _back(request: WorkspaceRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("workspace:member_list", slug=request.workspace.slug)
