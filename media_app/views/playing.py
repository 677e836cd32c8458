"""The player: its place in the page, and tokens for private media."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from media_app.models import Media
from media_app.services import files, playing
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


def _media(request: WorkspaceRequest, remote_id: str) -> Media:
    rows = Media.objects.select_related("workspace").prefetch_related("playback_ids")
    return get_object_or_404(rows, workspace=request.workspace, remote_id=remote_id)


@require_safe
@needs("media.view")
def media_player(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The player, or why there is none yet."""
    media = _media(request, remote_id)
    context = {
        "media": media,
        "source": playing.source(media),
        "thumbnail": playing.thumbnail(media, width=1280),
        "files": files.card(media),
    }
    return render(request, "media_app/_media_player.html", context)


@require_POST
@needs("media.view")
def media_token(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """A token for this media's private playback ID, for a player that is about to start."""
    media = _media(request, remote_id)
    source = playing.source(media)
    token = playing.token(media, source.playback.remote_id) if source and source.private else None
    if token is None:
        return JsonResponse({"error": _("There is no signing key to open this private media with.")}, status=409)
    return JsonResponse({"token": token}, headers={"Cache-Control": "no-store"})
