"""Where FastPix sends a workspace's webhooks, how they are signed, and how long events are kept."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspace_app import probes
from workspace_app.access import needs
from workspace_app.forms import RetentionForm, WebhookSecretForm
from workspace_app.models import Workspace
from workspace_app.requests import WorkspaceRequest
from workspace_app.services import workspaces


@require_safe
@needs("workspace.settings")
def webhook_detail(request: WorkspaceRequest) -> HttpResponse:
    """The endpoint: its address, its secrets, what arrives there (by the events area) and how long that is kept."""
    return _page(request)


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


@require_http_methods(["GET", "HEAD", "POST"])
@needs("workspace.settings")
def webhook_overlap_end(request: WorkspaceRequest) -> HttpResponse:
    """Say what ending the overlap means, then let the secret before this one count no more."""
    if request.method != "POST":
        return render(request, "workspace_app/_webhook_overlap_end.html", _overlap(request.workspace))
    workspaces.end_webhook_overlap(request.workspace, by=request.user)
    return _back(request)


@require_POST
@needs("workspace.settings")
def webhook_retention(request: WorkspaceRequest) -> HttpResponse:
    """How long events are kept."""
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return _page(request, retention_form=form)
    workspaces.keep_events(request.workspace, form.cleaned_data["keep_events_days"], by=request.user)
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
    context = {"webhook_form": form, **_heard(request.workspace)}
    return render(request, "workspace_app/webhook_set_up.html", context, status=422 if form.errors else 200)


@require_safe
@needs("workspace.settings")
def webhook_state(request: WorkspaceRequest) -> HttpResponse:
    """What has arrived so far; asked again by the page while it waits."""
    return render(request, "workspace_app/_webhook_state.html", _heard(request.workspace))


@require_safe
@needs("workspace.view")
def webhooks_heard(request: WorkspaceRequest) -> HttpResponse:
    """The frame's line about the last webhook, asked again while a page stays open."""
    return render(request, "_partials/webhooks_heard.html")


def _page(request: WorkspaceRequest, **forms: Any) -> HttpResponse:
    context = {
        "webhook_form": WebhookSecretForm(),
        "retention_form": RetentionForm(initial={"keep_events_days": request.workspace.keep_events_days}),
        **_heard(request.workspace),
        **_overlap(request.workspace),
        **forms,
    }
    return render(request, "workspace_app/webhook_detail.html", context, status=422 if forms else 200)


def _heard(workspace: Workspace) -> dict[str, Any]:
    """The address to give to FastPix, and what came in: the edge notes a probe, an event is a row of its area."""
    events: Any = getattr(workspace, "events", None)
    return {
        "webhook_address": f"{settings.PUBLIC_URL}/webhooks/{workspace.slug}/",
        "probe_at": probes.seen_at(workspace.slug),
        "last_event": events.order_by("-pk").first() if events is not None else None,
    }


def _overlap(workspace: Workspace) -> dict[str, Any]:
    """Until when the secret before this one counts; None where it does not."""
    until = workspace.webhook_secret_previous_until if workspace.webhook_secret_previous else None
    return {"overlap_until": until if until and until > timezone.now() else None}


def _back(request: WorkspaceRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(reverse("workspace:webhook_detail", kwargs={"slug": request.workspace.slug}))
