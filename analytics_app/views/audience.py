"""The panels about the audience. Each checks for itself who may see it, and fails by itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics_app.services import audience
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("analytics.view")
def views_show(request: WorkspaceRequest) -> HttpResponse:
    """How many views there were."""
    span = audience.span_of(request.GET.get("span"))
    overall = audience.views(request.workspace, span)
    return render(request, "analytics_app/_views.html", {"overall": overall, "span": span})


@require_safe
@needs("analytics.view")
def playing_time_show(request: WorkspaceRequest) -> HttpResponse:
    """How long they played."""
    span = audience.span_of(request.GET.get("span"))
    overall = audience.playing_time(request.workspace, span)
    return render(request, "analytics_app/_playing_time.html", {"overall": overall, "span": span})
