"""Imports by URL: the console hands addresses to FastPix and never fetches them itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from media_app.models import Upload
from media_app.services import url_imports
from media_app.services.url_imports import MOST_URLS
from media_app.tasks.transfers import wake
from media_app.upload_forms import ImportUrlForm
from media_app.views.uploads import queue
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.upload")
def import_url(request: WorkspaceRequest) -> HttpResponse:
    """Paste addresses; each becomes an order that a worker gives to FastPix."""
    posted = request.method == "POST"
    form = ImportUrlForm(request.POST if posted else None, workspace=request.workspace)
    if posted and form.is_valid():
        begun = url_imports.begin(request.workspace, request.user, form.lines, form.asked)
        wake()
        told = ngettext("FastPix will fetch %(count)d file.", "FastPix will fetch %(count)d files.", len(begun))
        messages.success(request, told % {"count": len(begun)})
        return redirect("media:import_url", request.workspace.slug)
    context = {"form": form, "most": MOST_URLS, **queue(request, Upload.Origin.URL)}
    return render(request, "media_app/import_url.html", context, status=422 if form.errors else 200)


@require_safe
@needs("media.upload")
def import_queue(request: WorkspaceRequest) -> HttpResponse:
    """The orders, asked for again whenever something changed."""
    return render(request, "media_app/_upload_queue.html", queue(request, Upload.Origin.URL))
