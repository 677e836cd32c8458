"""Acts on many media at once: the dialog that names the consequence, and the order of the job."""

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from media_app.bulk_forms import BulkEditForm, BulkForm
from media_app.models import BulkJob
from media_app.services import bulk, library
from media_app.tasks.transfers import wake
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

DIALOGS: Final = {
    BulkJob.Kind.DELETE: "media_app/_bulk_delete.html",
    BulkJob.Kind.EDIT: "media_app/_bulk_edit.html",
}


@require_safe
@needs("media.view")
def media_ids(request: WorkspaceRequest) -> HttpResponse:
    """The ids of the newest media that a query finds, as many as one job may have; `more`: there are others."""
    found = library.find(request.workspace, library.Query.read(request.GET)).prefetch_related(None)
    ids = list(found.order_by("-sort_key", "-pk").values_list("remote_id", flat=True)[: bulk.MOST_ITEMS + 1])
    return JsonResponse({"ids": ids[: bulk.MOST_ITEMS], "more": len(ids) > bulk.MOST_ITEMS})


@require_POST
@needs("media.delete")
def bulk_delete(request: WorkspaceRequest) -> HttpResponse:
    """Say what deleting the selected media means; with the order's name, have it done."""
    return _answer(request, BulkJob.Kind.DELETE, BulkForm)


@require_POST
@needs("media.edit")
def bulk_edit(request: WorkspaceRequest) -> HttpResponse:
    """Ask what to change in the metadata of the selected media; with the order's name, have it done."""
    return _answer(request, BulkJob.Kind.EDIT, BulkEditForm)


def _answer(request: WorkspaceRequest, kind: BulkJob.Kind, kind_of_form: type[BulkForm]) -> HttpResponse:
    """A page names the media alone and gets the dialog; the dialog's own form also names the order."""
    if "job" not in request.POST:
        opened = kind_of_form.asked(request.POST.get("ids", ""))
        return _dialog(request, kind, opened)
    form = kind_of_form(request.POST)
    if not form.is_valid():
        return _dialog(request, kind, form)
    job = bulk.order(
        request.workspace,
        by=request.user,
        kind=kind,
        ids=form.cleaned_data["ids"],
        public_id=form.cleaned_data["job"],
        change=form.change,
    )
    if job is None:
        form.add_error(None, _("FastPix no longer has any of these media."))
        return _dialog(request, kind, form)
    wake()
    if not request.htmx:
        return redirect("media:job_detail", request.workspace.slug, job.public_id)
    response = render(request, "media_app/_job_progress.html", {"jobs": bulk.shown(request.workspace, request.user)})
    trigger_client_event(response, "bulk:ordered")
    count = job.items.count()
    told = ngettext("%(count)d media is being worked on.", "%(count)d media are being worked on.", count)
    return trigger_client_event(response, "toast", {"tone": "info", "text": told % {"count": count}})


def _dialog(request: WorkspaceRequest, kind: BulkJob.Kind, form: BulkForm) -> HttpResponse:
    ids = bulk.read_ids(str(form["ids"].value() or ""))[: bulk.MOST_ITEMS]
    context = {"form": form, "told": bulk.consequence(request.workspace, kind, ids)}
    response = render(request, DIALOGS[kind], context, status=422 if form.errors else 200)
    return reswap(retarget(response, "#dialog"), "innerHTML")
