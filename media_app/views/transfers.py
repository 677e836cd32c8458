"""Uploads from the server's import folder, sent by a worker."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from media_app.metadata_rules import LONGEST, too_long
from media_app.models import Upload
from media_app.preset_forms import NewMediaForm
from media_app.services import import_folder, transfers
from media_app.tasks.transfers import wake
from media_app.views.uploads import queue
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.upload")
def server_list(request: WorkspaceRequest) -> HttpResponse:
    """What lies in the import folder, and what a worker is sending."""
    return render(request, "media_app/server_list.html", _page(request, NewMediaForm(workspace=request.workspace), {}))


@require_safe
@needs("media.upload")
def server_queue(request: WorkspaceRequest) -> HttpResponse:
    """The queue's rows, asked for again whenever something changed."""
    return render(request, "media_app/_upload_queue.html", queue(request, Upload.Origin.SERVER))


@require_POST
@needs("media.upload")
def server_start(request: WorkspaceRequest) -> HttpResponse:
    """Have the chosen files sent."""
    form = NewMediaForm(request.POST, workspace=request.workspace)
    paths = request.POST.getlist("path")[: import_folder.MOST_FILES]
    titles = {path: request.POST.get(f"title:{path}", "").strip() for path in paths}
    long = [path for path, title in titles.items() if too_long(title)]
    if not form.is_valid() or not paths or long:
        page = _page(request, form, titles, chosen_none=not paths, long=long)
        return render(request, "media_app/server_list.html", page, status=422)
    begun, problems = transfers.start(request.workspace, request.user, paths, form.asked, titles)
    wake()
    for problem in problems:
        messages.error(request, problem)
    if begun:
        told = ngettext("%(count)d file will be sent.", "%(count)d files will be sent.", len(begun))
        messages.success(request, told % {"count": len(begun)})
    return redirect("media:server_list", request.workspace.slug)


def _page(request: WorkspaceRequest, form: NewMediaForm, titles: Mapping[str, str], **said: Any) -> dict[str, Any]:
    found = import_folder.listing()
    return {
        "form": form,
        "files": found and [(file, file.path in titles, titles.get(file.path, "")) for file in found],
        "folder": import_folder.folder(),
        "longest": LONGEST,
        **said,
        **queue(request, Upload.Origin.SERVER),
    }
