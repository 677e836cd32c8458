"""A workspace's settings: its name, its connection, its history."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from workspace_app import timeline, words
from workspace_app.access import needs
from workspace_app.forms import ConnectionForm, NameForm
from workspace_app.models import Workspace
from workspace_app.requests import WorkspaceRequest
from workspace_app.services import connection, workspaces


@require_safe
@needs("workspace.settings")
def settings(request: WorkspaceRequest) -> HttpResponse:
    """The page with every part."""
    return _page(request)


@require_POST
@needs("workspace.settings")
def name_change(request: WorkspaceRequest) -> HttpResponse:
    """Another name; the address stays."""
    form = NameForm(request.POST, instance=_copy(request.workspace))
    if not form.is_valid():
        return _page(request, name_form=form)
    workspaces.rename(request.workspace, form.cleaned_data["name"], by=request.user)
    return _back(request)


@sensitive_post_parameters("secret_key")
@require_POST
@needs("workspace.settings")
def connection_change(request: WorkspaceRequest) -> HttpResponse:
    """New credentials or hosts: kept only when FastPix accepts them and they show the same FastPix workspace."""
    form, finding = ConnectionForm(request.POST, instance=_copy(request.workspace)), None
    if request.workspace.sandbox:
        said = _("The sandbox's connection is set by this installation at every start.")
        return _page(request, finding=connection.Finding(False, said))
    if form.is_valid():
        changes = form.changes()
        finding = connection.test(form.instance) if changes else None
        if finding is None or finding.fine:
            if changes:
                proved = form.instance.proved_token_id
                workspaces.change_connection(request.workspace, changes, by=request.user, proved_token_id=proved)
            return _back(request)
    return _page(request, connection_form=form, finding=finding)


@require_POST
@needs("workspace.settings")
def connection_test(request: WorkspaceRequest) -> HttpResponse:
    """Ask FastPix with what is stored and say in one sentence what came of it."""
    finding = connection.test(request.workspace)
    return render(request, "workspace_app/_finding.html", {"finding": finding, "tested_at": timezone.now()})


def _page(request: WorkspaceRequest, **forms: Any) -> HttpResponse:
    context = {
        "name_form": NameForm(instance=request.workspace),
        "connection_form": ConnectionForm(instance=_copy(request.workspace)),
        "token": workspaces.masked(request.workspace.token_id),
        "history": words.lines(timeline.of(request.workspace, "workspace", request.workspace.slug, limit=20)),
        **forms,
    }
    refused = any(isinstance(form, BaseForm) and form.errors for form in forms.values()) or forms.get("finding")
    return render(request, "workspace_app/settings.html", context, status=422 if refused else 200)


def _copy(workspace: Workspace) -> Workspace:
    """A form writes into its instance even when it is refused; the page keeps showing what is stored."""
    return Workspace.objects.get(pk=workspace.pk)


def _back(request: WorkspaceRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(reverse("workspace:settings", kwargs={"slug": request.workspace.slug}))
