"""Uploads from a browser: the page, its queue, and what its script asks for."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fastpix_api import FastPixError
from media_app.models import Upload
from media_app.services import browser_uploads, handed_files, unused_uploads, uploads
from media_app.services import upload_queue as queues
from media_app.services.browser_uploads import FROM_BROWSER
from media_app.services.uploads import UploadProblem
from media_app.tasks.transfers import wake
from media_app.upload_forms import BrowserMediaForm, NewFileForm
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

Origin = Upload.Origin
# Both roads from a browser share the page that is not named here
PAGES = {Origin.SERVER: "media:server_list", Origin.URL: "media:import_url"}
QUEUES = {Origin.SERVER: "media:server_queue", Origin.URL: "media:import_queue"}


def queue(request: WorkspaceRequest, origin: str) -> dict[str, Any]:
    """The context of `_upload_queue.html`: the uploads that share a page with this origin."""
    origins = FROM_BROWSER if origin in FROM_BROWSER else [origin]
    rows = queues.rows(request.workspace, origins, person=request.user)
    return {"rows": rows, "queue_url": QUEUES.get(Origin(origin), "media:upload_queue")}


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the upload script: what went wrong is {"error": sentence, "reason": word}, never a page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except UploadProblem as problem:
            response = JsonResponse({"error": problem.sentence, "reason": problem.reason}, status=problem.status)
        except FastPixError as trouble:
            response = JsonResponse({"error": trouble.sentence, "reason": "fastpix"}, status=502)
        response["Cache-Control"] = "no-store, private"
        return response

    return answered


@require_safe
@needs("media.upload")
def upload_list(request: WorkspaceRequest) -> HttpResponse:
    """Choose or drop files, and see how far they are."""
    form = BrowserMediaForm(workspace=request.workspace)
    return render(request, "media_app/upload_list.html", {"form": form, **queue(request, Origin.BROWSER)})


@require_safe
@needs("media.upload")
def upload_queue(request: WorkspaceRequest) -> HttpResponse:
    """The queue's rows, asked for again whenever something changed."""
    return render(request, "media_app/_upload_queue.html", queue(request, Origin.BROWSER))


@require_POST
@needs("media.upload")
@answers_json
def upload_create(request: WorkspaceRequest) -> HttpResponse:
    """A row for a chosen file; the same unfinished file gets its old row back."""
    form = NewFileForm(request.POST.dict(), workspace=request.workspace)
    if not form.is_valid():
        raise UploadProblem(form.sentence(), reason="settings" if form.blames_settings else "file")
    console = form.cleaned_data.get("road") == NewFileForm.CONSOLE
    begin = handed_files.begin if console else browser_uploads.begin
    if unused := form.cleaned_data["reuse"]:
        upload, continued = (
            unused_uploads.reuse(
                request.workspace, request.user, form.cleaned_data, unused, origin=_own_origin(request)
            ),
            False,
        )
    else:
        upload, continued = begin(request.workspace, request.user, form.cleaned_data)
    handed = upload.origin == Origin.HANDED
    road = {"road": "console", "offset": upload.handed} if handed else {"road": "direct", "offset": upload.offset}
    facts = {"id": str(upload.public_id), **road, "state": upload.state, "continued": continued}
    return JsonResponse({**facts, "filename": upload.filename}, status=200 if continued else 201)


@require_POST
@needs("media.upload")
def upload_check(request: WorkspaceRequest) -> HttpResponse:
    """The settings with what is wrong beside each field, once a file was refused because of them."""
    form = BrowserMediaForm(request.POST.dict(), workspace=request.workspace)
    return render(request, "media_app/_upload_settings.html", {"form": form}, status=200 if form.is_valid() else 422)


@require_POST
@needs("media.upload")
@answers_json
def upload_session(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """The address to send to. It is a bearer secret, so only a POST gets it and nothing may store the answer.

    A file that is handed to the console needs none: its tab hears from which byte on the console wants it.
    """
    upload, tab = mine(request, public_id), tab_of(request.POST)
    again = request.POST.get("again") == "1"
    if upload.origin == Origin.HANDED:
        return JsonResponse({"offset": handed_files.open_for_tab(upload, tab, again=again)})
    renew = request.POST.get("renew") == "1"
    upload = browser_uploads.open_for_tab(upload, tab, cors_origin=_own_origin(request), renew=renew, again=again)
    return JsonResponse({"url": upload.session_url, "offset": upload.offset})


@require_POST
@needs("media.upload")
@answers_json
def upload_progress(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """What the tab that sends has to say: an offset, a started session, that it is done, unsure, gives up or leaves."""
    upload, tab = mine(request, public_id), tab_of(request.POST)
    said = request.POST.get("said", "")
    if upload.origin == Origin.HANDED and said.partition(":")[0] not in {"left", "stopped"}:
        raise UploadProblem(_("The console itself knows how far this one is."))
    if said == "sent":
        uploads.finish(upload, holder=tab)
    elif said == "unknown":
        browser_uploads.settle(upload, tab)
    elif said == "left":
        browser_uploads.leave(upload, tab)
    elif said.startswith("stopped:"):
        browser_uploads.stop(upload, tab, reason=said.removeprefix("stopped:"))
    else:
        offset = request.POST.get("offset", "")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
            raise UploadProblem(_("That is not a number of bytes."))
        browser_uploads.report(upload, tab, offset=int(offset), session_url=request.POST.get("session_url", ""))
    upload.refresh_from_db(fields=["state"])
    return JsonResponse({"state": upload.state})


@require_POST
@needs("media.upload")
def upload_pause(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Stop sending for now; storage keeps what it has."""
    return _act(request, public_id, uploads.pause)


@require_POST
@needs("media.upload")
def upload_resume(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Go on from where storage says it stopped."""
    return _act(request, public_id, uploads.resume)


@require_POST
@needs("media.upload")
def upload_retry(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Try again what stopped with an error."""
    return _act(request, public_id, uploads.retry)


@require_POST
@needs("media.upload")
def upload_cancel(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Give an upload up."""
    return _act(request, public_id, uploads.cancel)


def _act(request: WorkspaceRequest, public_id: UUID, action: Callable[..., bool]) -> HttpResponse:
    rows = Upload.objects.select_related("workspace")
    upload = get_object_or_404(rows, workspace=request.workspace, public_id=public_id)
    action(upload, by=request.user)
    wake()
    if request.htmx:
        return render(request, "media_app/_upload_queue.html", queue(request, upload.origin))
    if request.headers.get("Accept") == "application/json":
        upload.refresh_from_db(fields=["state"])
        return JsonResponse({"state": upload.state})
    return redirect(PAGES.get(Origin(upload.origin), "media:upload_list"), request.workspace.slug)


def mine(request: WorkspaceRequest, public_id: UUID) -> Upload:
    """An upload this person chose the file of; nobody else sends bytes or is given a session."""
    rows = Upload.objects.select_related("workspace", "created_by").filter(created_by=request.user)
    return get_object_or_404(rows, workspace=request.workspace, public_id=public_id, origin__in=FROM_BROWSER)


def tab_of(said: QueryDict) -> str:
    """The name of the tab that speaks. Raises UploadProblem."""
    tab = said.get("tab", "")
    if not browser_uploads.TAB.fullmatch(tab):
        raise UploadProblem(_("The page does not say which tab it is."))
    return tab


def own_origins(request: WorkspaceRequest) -> set[str]:
    """Where this console's pages may be: what a browser says as their Origin."""
    return {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


def _own_origin(request: WorkspaceRequest) -> str:
    """The Origin the browser sent, checked to be this console's own: storage will accept the bytes from it alone."""
    origin = request.headers.get("Origin", "")
    if origin not in own_origins(request):
        raise UploadProblem(_("Open the console at its own address to upload."), reason="origin", status=403)
    return origin
