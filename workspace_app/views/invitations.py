"""Following an invitation."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workspace_app.access import public
from workspace_app.attempts import may_try_token
from workspace_app.forms import NewPerson
from workspace_app.models import Invitation, User
from workspace_app.services import invitations


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def invitation_accept(request: Any, token: str) -> HttpResponse:
    """Join a workspace: as the account the invitation names, or as somebody new with that e-mail."""
    try:
        invitation = invitations.find(token)
        if request.user.is_authenticated:
            return _as_signed_in(request, invitation)
        if User.objects.filter(email=invitation.email).exists():
            return redirect_to_login(request.path)
        return _as_new(request, invitation)
    except invitations.Gone:
        return render(request, "workspace_app/invitation_gone.html", status=404 if may_try_token(request) else 429)


def _as_signed_in(request: Any, invitation: Invitation) -> HttpResponse:
    if request.user.email != invitation.email:
        return render(request, "workspace_app/invitation_other.html", {"invitation": invitation}, status=403)
    if request.method == "POST":
        invitations.accept(invitation, request.user)
        return redirect("media:media_list", slug=invitation.workspace.slug)
    return render(request, "workspace_app/invitation_accept.html", {"invitation": invitation})


def _as_new(request: Any, invitation: Invitation) -> HttpResponse:
    form = NewPerson(request.POST or None, email=invitation.email)
    if form.is_valid():
        login(request, invitations.accept_as_new(invitation, **form.cleaned_data))
        return redirect("media:media_list", slug=invitation.workspace.slug)
    context = {"invitation": invitation, "form": form}
    return render(request, "workspace_app/invitation_accept.html", context, status=422 if form.errors else 200)
