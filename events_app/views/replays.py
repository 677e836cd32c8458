"""Having all events that failed projected again, and how far that is."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from events_app import replay
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs("events.replay")
def replay_failed(request: WorkspaceRequest) -> HttpResponse:
    """Say how many events have failed, then have all of them projected again."""
    if request.method != "POST":
        context = {"count": replay.failed_count(request.workspace)}
        return render(request, "events_app/_replay_failed.html", context)
    replay.all_failed(request.workspace, by=request.user)
    target = reverse("events:event_list", args=[request.workspace.slug])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_safe
@needs("events.view")
def replay_progress(request: WorkspaceRequest) -> HttpResponse:
    """How far the last replay of all that failed is; asked again by the page while it runs."""
    return render(request, "events_app/_replay_progress.html", {"progress": replay.progress(request.workspace)})
