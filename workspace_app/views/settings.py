"""A workspace's settings: its name, its connection, its webhooks."""

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspace_app import probes, timeline, words
from workspace_app.access import needs
from workspace_app.forms import ConnectionForm, NameForm, WebhookSecretForm
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


@sensitive_post_parameters("secret")
@require_POST
@needs("workspace.settings")
def webhook_secret_change(request: WorkspaceRequest) -> HttpResponse:
    """A signing secret for the webhooks; the one before counts for 24 h more."""
    form = WebhookSecretForm(request.POST)
    if not form.is_valid():
        return _page(request, webhook_form=form)
    workspaces.change_webhook_secret(request.workspace, form.cleaned_data["secret"], by=request.user)
    return _back(request)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@needs("workspace.settings")
def webhook_set_up(request: WorkspaceRequest) -> HttpResponse:
    """The last step of connecting a workspace: where FastPix sends its webhooks, and how they are signed."""
    form = WebhookSecretForm(request.POST or None)
    if form.is_valid():
        workspaces.change_webhook_secret(request.workspace, form.cleaned_data["secret"], by=request.user)
        return redirect("media:media_list", slug=request.workspace.slug)
    context = {"webhook_form": form, **_webhooks(request.workspace)}
    return render(request, "workspace_app/webhook_set_up.html", context, status=422 if form.errors else 200)


@require_safe
@needs("workspace.settings")
def webhook_state(request: WorkspaceRequest) -> HttpResponse:
    """What has arrived so far; asked again by the page while it waits."""
    return render(request, "workspace_app/_webhook_state.html", _webhooks(request.workspace))


@require_safe
@needs("workspace.view")
def webhooks_heard(request: WorkspaceRequest) -> HttpResponse:
    """The frame's line about the last webhook, asked again while a page stays open."""
    return render(request, "_partials/webhooks_heard.html")


def _page(request: WorkspaceRequest, **forms: Any) -> HttpResponse:
    context = {
        "name_form": NameForm(instance=request.workspace),
        "connection_form": ConnectionForm(instance=_copy(request.workspace)),
        "webhook_form": WebhookSecretForm(),
        "token": workspaces.masked(request.workspace.token_id),
        "history": words.lines(timeline.of(request.workspace, "workspace", request.workspace.slug, limit=20)),
        **_webhooks(request.workspace),
        **forms,
    }
    refused = any(isinstance(form, BaseForm) and form.errors for form in forms.values()) or forms.get("finding")
    return render(request, "workspace_app/settings.html", context, status=422 if refused else 200)


def _webhooks(workspace: Workspace) -> dict[str, Any]:
    """The address to give to FastPix, and what came in: the edge notes a probe, an event is a row of its area."""
    events: Any = getattr(workspace, "events", None)
    return {
        "webhook_address": f"{django_settings.PUBLIC_URL}/webhooks/{workspace.slug}/",
        "probe_at": probes.seen_at(workspace.slug),
        "last_event": events.order_by("-pk").first() if events is not None else None,
        "now": timezone.now(),
    }


def _copy(workspace: Workspace) -> Workspace:
    """A form writes into its instance even when it is refused; the page keeps showing what is stored."""
    return Workspace.objects.get(pk=workspace.pk)


def _back(request: WorkspaceRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(reverse("workspace:settings", kwargs={"slug": request.workspace.slug}))
