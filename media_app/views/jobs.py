"""Bulk jobs: who ordered what, how far each is, what became of each media."""

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from media_app.models import BulkItem, BulkJob
from media_app.services import bulk
from media_app.tasks.transfers import wake
from web.paging import keyset
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

# What the items of a job can be filtered by, besides all
FILTERS: Final = (BulkItem.State.FAILED, BulkItem.State.SKIPPED, BulkItem.State.DONE)


def _job(request: WorkspaceRequest, job_id: UUID) -> BulkJob:
    return get_object_or_404(BulkJob.objects.select_related("workspace"), workspace=request.workspace, public_id=job_id)


@require_safe
@needs("media.view")
def job_list(request: WorkspaceRequest) -> HttpResponse:
    """The jobs of this workspace, newest first; only the rows when htmx asks."""
    jobs = BulkJob.objects.filter(workspace=request.workspace)
    page = keyset(jobs, before=request.GET.get("before"), after=request.GET.get("after"), key="pk")
    template = "media_app/_job_rows.html" if request.htmx else "media_app/job_list.html"
    return render(request, template, {"page": page, "lines": bulk.lines(page.items)})


@require_safe
@needs("media.view")
def job_detail(request: WorkspaceRequest, job_id: UUID) -> HttpResponse:
    """One job with its items, of which those of one state when asked; only these when htmx asks."""
    line = bulk.line(_job(request, job_id))
    state = request.GET.get("state", "")
    state = state if state in FILTERS else ""
    items = line.job.items.filter(state=state) if state else line.job.items.all()
    page = keyset(items, before=request.GET.get("before"), after=request.GET.get("after"), key="pk")
    tabs = [(one, getattr(line.progress, one.value)) for one in FILTERS]
    context = {**_state(request, line), "page": page, "state": state, "tabs": tabs}
    return render(request, "media_app/_job_items.html" if request.htmx else "media_app/job_detail.html", context)


@require_safe
@needs("media.view")
def job_state(request: WorkspaceRequest, job_id: UUID) -> HttpResponse:
    """How far a job is, asked for again whenever something changed."""
    return render(request, "media_app/_job_state.html", _state(request, bulk.line(_job(request, job_id))))


@require_safe
@needs("media.view")
def job_progress(request: WorkspaceRequest) -> HttpResponse:
    """The line that the library shows while jobs run; an empty region when none does."""
    context = {"jobs": bulk.shown(request.workspace, request.user)}
    return render(request, "media_app/_job_progress.html", context)


@require_POST
@needs("media.edit")
def job_cancel(request: WorkspaceRequest, job_id: UUID) -> HttpResponse:
    """Begin nothing more of a job."""
    job = _own(request, job_id)
    bulk.cancel(job, by=request.user)
    return _acted(request, job)


@require_POST
@needs("media.edit")
def job_retry(request: WorkspaceRequest, job_id: UUID) -> HttpResponse:
    """Have the failed items of a job tried again, and no other."""
    job = _own(request, job_id)
    bulk.retry_failed(job)
    return _acted(request, job)


def _own(request: WorkspaceRequest, job_id: UUID) -> BulkJob:
    """The job, for a member who may do to media what it does."""
    job = _job(request, job_id)
    if bulk.VERBS[job.kind] not in request.can:
        raise PermissionDenied
    return job


def _acted(request: WorkspaceRequest, job: BulkJob) -> HttpResponse:
    wake()
    if not request.htmx:
        return redirect("media:job_detail", request.workspace.slug, job.public_id)
    job.refresh_from_db()
    return render(request, "media_app/_job_state.html", _state(request, bulk.line(job)))


def _state(request: WorkspaceRequest, line: bulk.Line) -> dict[str, Any]:
    return {"line": line, "job": line.job, "progress": line.progress, "may": line.verb in request.can}
