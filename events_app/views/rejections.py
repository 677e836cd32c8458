"""The deliveries that were refused at the door, as a part of the settings page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events_app import rejections as counted
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("events.view")
def rejections(request: WorkspaceRequest) -> HttpResponse:
    """How many were refused in the last days, by likely cause."""
    context = {"counts": counted.of(request.workspace.slug), "days": counted.DAYS}
    return render(request, "events_app/_rejections.html", context)
