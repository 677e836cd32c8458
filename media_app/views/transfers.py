"""Uploads from the server's import folder, sent by a worker."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from media_app.models import Upload
from media_app.services import import_folder, transfers
from media_app.tasks.transfers import wake
from media_app.upload_forms import NewMediaForm
from media_app.views.uploads import queue
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.upload")
def server_list(request: WorkspaceRequest) -> HttpResponse:
    """What lies in the import folder, and what a worker is sending."""
    return render(request, "media_app/server_list.html", _page(request, NewMediaForm()))


@require_safe
@needs("media.upload")
def server_queue(request: WorkspaceRequest) -> HttpResponse:
    """The queue's rows, asked for again whenever something changed."""
    return render(request, "media_app/_upload_queue.html", queue(request, Upload.Origin.SERVER))


@require_POST
@needs("media.upload")
def server_start(request: WorkspaceRequest) -> HttpResponse:
    """Have the chosen files sent."""
    form = NewMediaForm(request.POST)
    paths = request.POST.getlist("path")[: import_folder.MOST_FILES]
    if not form.is_valid() or not paths:
        return render(request, "media_app/server_list.html", _page(request, form, chosen_none=not paths), status=422)
    begun, problems = transfers.start(request.workspace, request.user, paths, form.options())
    wake()
    for problem in problems:
        messages.error(request, problem)
    if begun:
        told = ngettext("%(count)d file will be sent.", "%(count)d files will be sent.", len(begun))
        messages.success(request, told % {"count": len(begun)})
    return redirect("media:server_list", request.workspace.slug)


def _page(request: WorkspaceRequest, form: NewMediaForm, *, chosen_none: bool = False) -> dict[str, Any]:
    return {
        "form": form,
        "files": import_folder.listing(),
        "folder": import_folder.folder(),
        "chosen_none": chosen_none,
        **queue(request, Upload.Origin.SERVER),
    }
