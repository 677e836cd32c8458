"""The library: finding media, looking at one, asking FastPix about it, deleting it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from media_app import importing, reconcile
from media_app.mirror import is_id
from media_app.services import bulk, library, playing, presets
from media_app.services import media as service
from media_app.views import media_page
from web.paging import keyset
from workspace_app import signing_keys
from workspace_app.access import needs
from workspace_app.fastpix import client_for
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.view")
def media_list(request: WorkspaceRequest) -> HttpResponse:
    """The library, newest first; only its rows when htmx asks."""
    query = library.Query.read(request.GET)
    found = library.find(request.workspace, query)
    if only := request.GET.get("only"):  # an open list fetches the rows that changed (rows.js)
        found = found.filter(remote_id__in=[one for one in only.split(",")[:100] if is_id(one)])
    page = keyset(found, before=request.GET.get("before"), after=request.GET.get("after"))
    library.name_after_uploads(page.items)
    key_id = signing_keys.in_use(request.workspace)
    rows = [(media, playing.thumbnail(media, key_id=key_id)) for media in page.items]
    context = {"rows": rows, "page": page, "query": query, "statuses": library.STATUSES}
    if request.htmx:
        return render(request, "media_app/_media_rows.html", context)
    context["default_preset"] = presets.default_name(request.workspace)
    context["importing"] = importing.progress(request.workspace)
    context["jobs"] = bulk.shown(request.workspace, request.user)
    return render(request, "media_app/media_list.html", context)


@require_safe
@needs("media.view")
def media_detail(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Everything about one media."""
    media = media_page.find(request, remote_id)
    context = {**media_page.state(media), "source": playing.source(media)}
    return render(request, "media_app/media_detail.html", context)


@require_safe
@needs("media.view")
def media_state(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The part of the page that changes when FastPix says something."""
    return render(request, "media_app/_media_state.html", media_page.state(media_page.find(request, remote_id)))


@require_POST
@needs("media.view")
def media_check(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Ask FastPix about this media now."""
    # a person asks: the breaker must not answer in FastPix's place
    reconcile.ask(media_page.find(request, remote_id), by="call", client=client_for(request.workspace, insist=True))
    response = render(request, "media_app/_media_state.html", media_page.state(media_page.find(request, remote_id)))
    return trigger_client_event(response, "toast", {"tone": "ok", "text": _("FastPix answered just now.")})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.delete")
def media_delete(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Name the consequence, then delete for good."""
    media = media_page.find(request, remote_id)
    if request.method != "POST":
        return render(request, "media_app/_media_delete.html", {"media": media})
    service.delete(media, by=request.user)
    messages.success(request, _("Deleted “%(title)s”.") % {"title": media.title or media.remote_id})
    target = reverse("media:media_list", args=[request.workspace.slug])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_POST
@needs("media.edit")
def media_import_existing(request: WorkspaceRequest) -> HttpResponse:
    """Bring in what the FastPix workspace already holds, in the background."""
    service.import_existing(request.workspace, by=request.user)
    messages.info(request, _("Bringing in what FastPix holds. Rows appear here as they arrive."))
    target = reverse("media:media_list", args=[request.workspace.slug])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_safe
@needs("media.view")
def import_progress(request: WorkspaceRequest) -> HttpResponse:
    """How far the running import is; an empty region when none runs."""
    context = {"importing": importing.progress(request.workspace)}
    return render(request, "media_app/_import_progress.html", context)
