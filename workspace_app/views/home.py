"""The front door."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from workspace_app import installation
from workspace_app.access import public
from workspace_app.models import Workspace


@require_safe
@public
def home(request: Any) -> HttpResponseBase:
    """To where the person's work is: the first workspace's media, else the list of workspaces, else set-up."""
    if not request.user.is_authenticated:
        return redirect_to_login("/") if installation.is_set_up() else redirect("workspace:setup")
    first = Workspace.objects.filter(members__user=request.user).first()
    return redirect("media:media_list", slug=first.slug) if first else redirect("workspace:workspace_list")
