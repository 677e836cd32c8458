"""The streams of a workspace."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from live_app.services import streams
from web.paging import page_number
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("live.view")
def stream_list(request: WorkspaceRequest) -> HttpResponse:
    """The page at once, without asking FastPix; its rows when htmx asks for them."""
    number = page_number(request.GET.get("page"))
    if not request.htmx:
        return render(request, "live_app/stream_list.html", {"number": number})
    page = streams.listed(request.workspace, number)
    return render(request, "live_app/_stream_rows.html", {"page": page})
