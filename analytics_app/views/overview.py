"""The first page of analytics: a shell, whose panels fetch themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics_app.services import audience
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("analytics.view")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """One panel per question, over the span the address names. Asks FastPix nothing itself."""
    span = audience.span_of(request.GET.get("span"))
    return render(request, "analytics_app/overview.html", {"span": span, "spans": audience.SPANS})
