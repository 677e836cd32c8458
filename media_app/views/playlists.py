"""Playlists: the list, one of them, its making, changing, deleting and playing. FastPix is asked by the fragments."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from fastpix_api import Conflict, Invalid
from media_app.playlist_forms import NAMES, NameForm, PlaylistForm, RuleForm
from media_app.services import library, playing, playlist_matches, playlist_words, playlists
from media_app.services.playlist_reading import Playlist
from web.forms import refuse
from web.paging import Numbered, page_number
from workspace_app import signing_keys
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


def shown(request: WorkspaceRequest, playlist: Playlist, *, note: str = "") -> HttpResponse:
    """The fragment of one playlist as FastPix answered it; `note`: why what was asked for was not done (422)."""
    timeline = playlist_words.timeline_of(request.workspace, playlist.remote_id)
    context = {"playlist": playlist, "timeline": timeline, "note": note}
    return render(request, "media_app/_playlist.html", context, status=422 if note else 200)


@require_safe
@needs("media.view")
def playlist_list(request: WorkspaceRequest) -> HttpResponse:
    """The page at once, without asking FastPix; its rows when htmx asks for them."""
    number, query = page_number(request.GET.get("page")), library.Query.read(request.GET)
    context: dict[str, Any] = {"number": number, "query": query}
    if not request.htmx:
        return render(request, "media_app/playlist_list.html", context)
    if query.words:
        found, context["looked_through"] = playlists.search(request.workspace, query.words)
        context["page"] = Numbered(found, 1, len(found) + 1)
    else:
        context["page"] = playlists.listed(request.workspace, number)
    return render(request, "media_app/_playlist_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def playlist_create(request: WorkspaceRequest) -> HttpResponse:
    """A new playlist, then its page."""
    form = PlaylistForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = playlists.create(request.workspace, by=request.user, **form.settings())
        except Conflict:
            form.add_error("reference_id", _("FastPix already has a playlist with this reference ID."))
        except Invalid as refusal:
            refuse(form, refusal, **NAMES)
        else:
            target = reverse("media:playlist_detail", args=[request.workspace.slug, made.remote_id])
            return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    template = "media_app/_playlist_form.html" if request.htmx else "media_app/playlist_create.html"
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs("media.edit")
def playlist_preview(request: WorkspaceRequest) -> HttpResponse:
    """What of our library fits the dates of a form that is being filled in."""
    form = RuleForm(request.GET)
    context: dict[str, Any] = {}
    if form.is_valid():
        matches = playlist_matches.matching(request.workspace, form.rule())
        key_id = signing_keys.in_use(request.workspace)
        rows = [(media, playing.thumbnail(media, key_id=key_id)) for media in matches.shown]
        context = {"matches": matches, "rows": rows}
    return render(request, "media_app/_playlist_preview.html", context)


@require_safe
@needs("media.view")
def playlist_detail(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """The page at once; the playlist when htmx asks for it."""
    if not request.htmx:
        return render(request, "media_app/playlist_detail.html", {"remote_id": str(remote_id)})
    return shown(request, playlists.find(request.workspace, str(remote_id)))


@require_safe
@needs("media.view")
def playlist_play(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """The page at once; player and list when htmx asks for them."""
    if not request.htmx:
        return render(request, "media_app/playlist_play.html", {"remote_id": str(remote_id)})
    playlist = playlists.find(request.workspace, str(remote_id))
    first = next(iter(playlist.playable), None)
    return render(request, "media_app/_playlist_play.html", {"playlist": playlist, "first": first})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def playlist_edit(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Name and description, as FastPix holds them when the dialog opens."""
    if request.method != "POST":
        held = playlists.find(request.workspace, str(remote_id))
        form = NameForm(initial={"name": held.name, "description": held.description})
    else:
        form = NameForm(request.POST)
        if form.is_valid():
            try:
                changed = playlists.edit(request.workspace, str(remote_id), by=request.user, **form.cleaned_data)
                return trigger_client_event(shown(request, changed), "dialog:close")
            except Invalid as refusal:
                refuse(form, refusal)
    context = {"form": form, "remote_id": remote_id}
    response = render(request, "media_app/_playlist_edit.html", context, status=422 if form.errors else 200)
    if request.method == "POST":
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.delete")
def playlist_delete(request: WorkspaceRequest, remote_id: UUID) -> HttpResponse:
    """Name the consequence, then delete for good."""
    if request.method != "POST":
        playlist = playlists.find(request.workspace, str(remote_id))
        return render(request, "media_app/_playlist_delete.html", {"playlist": playlist})
    playlists.delete(request.workspace, str(remote_id), by=request.user)
    messages.success(request, _("Deleted the playlist. Its media are untouched."))
    target = reverse("media:playlist_list", args=[request.workspace.slug])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
