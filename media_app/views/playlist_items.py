"""The media of a playlist: finding, adding, taking out, ordering."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from media_app.mirror import is_id
from media_app.models import Media
from media_app.playlist_forms import ItemsForm, OrderForm
from media_app.services import library, playing, playlists
from media_app.services.playlists import Changed, NothingToAdd
from media_app.views.playlists import shown
from workspace_app import signing_keys
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

SHOWN = 20  # media of one search


def _toast(response: HttpResponse, text: str, *, tone: str = "ok", undo: str = "") -> HttpResponse:
    return trigger_client_event(response, "toast", {"tone": tone, "text": text, "undo": undo})


def _candidates(request: WorkspaceRequest) -> dict[str, Any]:
    found = library.find(request.workspace, library.Query.read(request.GET)).order_by("-sort_key", "-pk")[:SHOWN]
    media = [*found]
    library.name_after_uploads(media)
    key_id = signing_keys.in_use(request.workspace)
    rows = [(one, playing.thumbnail(one, key_id=key_id), one.status == Media.Status.READY) for one in media]
    return {"rows": rows, "most": SHOWN}


@require_safe
@needs("media.edit")
def playlist_candidates(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """The dialog that adds media; with `q`, only what the search finds in our library."""
    context = {"remote_id": remote_id, **_candidates(request)}
    template = "_playlist_candidates.html" if "q" in request.GET else "_playlist_add.html"
    return render(request, f"media_app/{template}", context)


@require_POST
@needs("media.edit")
def playlist_items_add(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Append `media_id` (several) and pasted `ids`. `from=library`: the answer is a toast alone."""
    elsewhere = request.POST.get("from") == "library"
    form = ItemsForm(request.POST)
    media_ids = form.media_ids() if form.is_valid() else []
    if not form.errors:
        try:
            added = playlists.add(request.workspace, str(remote_id), media_ids, by=request.user)
        except NothingToAdd as refusal:
            form.add_error("ids", refusal.sentence)
        else:
            answer = HttpResponse() if elsewhere else shown(request, added.playlist)
            if elsewhere:
                answer["HX-Reswap"] = "none"
            tone = "warn" if added.notes else "ok"
            return trigger_client_event(_toast(answer, added.sentence, tone=tone), "dialog:close")
    response = render(request, "media_app/_playlist_add_error.html", {"form": form}, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog-error", "innerHTML"
    return response


@require_POST
@needs("media.edit")
def playlist_items_remove(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Take out `media_id` (several); can be undone while the toast is there."""
    unwanted = [one for one in request.POST.getlist("media_id") if is_id(one)]
    playlist = playlists.remove(request.workspace, str(remote_id), unwanted, by=request.user)
    count = len(unwanted)
    told = ngettext("Removed %(n)d media.", "Removed %(n)d media.", count) % {"n": count}
    return _toast(shown(request, playlist), told, undo="playlist:undo")


@require_POST
@needs("media.edit")
def playlist_items_reorder(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Put the media in `order`; where the playlist is not what was seen, show what it is now."""
    form = OrderForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    order, seen = form.cleaned_data["order"], form.cleaned_data["mark"]
    try:
        playlist = playlists.reorder(request.workspace, str(remote_id), order, seen=seen, by=request.user)
    except Changed as changed:
        return shown(request, changed.playlist, note=changed.sentence)
    if playlist.media_ids != order:
        return shown(
            request, playlist, note=_("FastPix answered with another order. What you see is how it has it now.")
        )
    return shown(request, playlist)


@require_POST
@needs("media.edit")
def playlist_items_restore(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Undo a removal: `order` is the whole of before it."""
    form = OrderForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    order, seen = form.cleaned_data["order"], form.cleaned_data["mark"]
    try:
        playlist = playlists.restore(request.workspace, str(remote_id), order, seen=seen, by=request.user)
    except Changed as changed:
        return shown(request, changed.playlist, note=changed.sentence)
    return _toast(shown(request, playlist), _("Brought back."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def playlist_choose(request: WorkspaceRequest) -> HttpResponse:
    """The dialog that asks into which of the newest manual playlists media go: `media_id` (several), `ids` (parted).

    Changes nothing; POST because a selection of hundreds is too long for an address.
    """
    form = ItemsForm(request.POST if request.method == "POST" else request.GET)
    media_ids = form.media_ids() if form.is_valid() else []
    if form.errors:
        return render(request, "media_app/_playlist_choose.html", {"form": form}, status=422)
    page = playlists.listed(request.workspace, 1)
    manual = [one for one in page.items if not one.smart]
    context = {"media_ids": media_ids, "playlists": manual, "more": page.older}
    return render(request, "media_app/_playlist_choose.html", context)
