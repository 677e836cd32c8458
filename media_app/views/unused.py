"""Upload URLs nothing was sent to yet: what FastPix lists, and cancelling one."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from media_app.services import unused_uploads
from media_app.services.uploads import UploadProblem
from media_app.views.uploads import own_origins
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.upload")
def unused_list(request: WorkspaceRequest) -> HttpResponse:
    """The page at once; what FastPix lists when htmx asks for it."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 else 1
    if not request.htmx:
        return render(request, "media_app/unused_list.html", {"number": max(1, number)})
    page = unused_uploads.listed(request.workspace, max(1, number))
    return render(request, "media_app/_unused_rows.html", {"page": page, "origins": {"*", *own_origins(request)}})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.upload")
def unused_cancel(request: WorkspaceRequest, upload_id: UUID) -> HttpResponse:
    """The dialog that names the consequence; then the deed, which leaves the row as cancelled."""
    context: dict[str, Any] = {"upload_id": upload_id}
    try:
        if request.method != "POST":
            context["item"] = unused_uploads.free(request.workspace, upload_id)
            return render(request, "media_app/_unused_cancel.html", context)
        unused_uploads.cancel(request.workspace, request.user, upload_id)
    except UploadProblem as problem:
        answer = render(request, "media_app/_unused_cancel.html", {**context, "problem": problem.sentence}, status=422)
        return reswap(retarget(answer, "#dialog"), "innerHTML")
    return render(request, "media_app/_unused_cancelled.html", context)
