"""What every view of one media's page begins and ends with."""

from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django_htmx.http import reswap, retarget, trigger_client_event

from media_app.models import Media
from media_app.services import ai, clips, files, library, playback_ids, playing, tracks
from media_app.services.words import timeline_of
from workspace_app.requests import WorkspaceRequest


def find(request: WorkspaceRequest, remote_id: str) -> Media:
    """The media of the address with its parts, called as the page calls it. Raises Http404."""
    rows = Media.objects.select_related("workspace").prefetch_related("playback_ids", "tracks")
    media = get_object_or_404(rows, workspace=request.workspace, remote_id=remote_id)
    library.name_after_uploads([media])
    return media


def state(media: Media) -> dict[str, Any]:
    """What the cards of the page show."""
    return {
        "media": media,
        "thumbnail": playing.thumbnail(media, width=1280),
        "timeline": timeline_of(media),
        "ai": ai.card(media),
        "clips": clips.card(media),
        "files": files.card(media),
        **playback_ids.card(media),
        "tracks": tracks.card(media),
    }


def placed(
    request: WorkspaceRequest, response: HttpResponse, place: str, swap: Literal["innerHTML", "outerHTML"]
) -> HttpResponse:
    """Have htmx put the answer into the element of the id `place`, by `swap`.

    Where the page asked for it there, nothing is said: htmx looks for another place from the element that asked, and
    finds none once a refresh has replaced that.
    """
    return response if request.htmx.target == place else retarget(reswap(response, swap), f"#{place}")


def changed(request: WorkspaceRequest, remote_id: str, toast: str, **shown: Any) -> HttpResponse:
    """The answer to an act of a dialog: it closes, every card shows what is known now, and `toast` says what was done.

    The dialog shows `dialog`, a template, with the rest of `shown` instead where it is named.
    """
    context = state(find(request, remote_id)) | {"beside": True} | shown
    response = render(request, "media_app/_media_changed.html", context)
    return trigger_client_event(response, "toast", {"tone": "ok", "text": toast}) if toast else response
