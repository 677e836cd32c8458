"""Tracks: added, replaced, deleted, and subtitles written down from what is said."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fastpix_api import Invalid, Refused
from media_app.models import Media, Track
from media_app.services import tracks
from media_app.track_forms import LanguageForm, NewTrackForm, SpokenForm, TrackFileForm
from media_app.views import media_page
from web.forms import refuse
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

# FastPix's names of the fields, as it refuses them
_OWN = {"url": "url", "type": "kind", "languageCode": "language", "languageName": "name"}
_NAMES = _OWN | {f"tracks.{name}": own for name, own in _OWN.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def track_add(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Subtitles or another sound, by the address of their file."""
    media = media_page.find(request, remote_id)
    form = NewTrackForm(_sent(request), plain_http=request.workspace.sandbox)

    def act() -> None:
        tracks.add(media, kind=form.cleaned_data["kind"], url=form.cleaned_data["url"], **form.names, by=request.user)

    return _answer(request, media, form, act, _("FastPix is fetching the track."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def track_replace(request: WorkspaceRequest, remote_id: str, track_id: str) -> HttpResponse:
    """Another file for a track, or another name."""
    media, track = _track(request, remote_id, track_id)
    initial = {"language": track.language_code, "name": track.language_name}
    form = TrackFileForm(_sent(request), initial=initial, track=track, plain_http=request.workspace.sandbox)

    def act() -> None:
        tracks.replace(media, track, url=form.cleaned_data["url"], **form.names, by=request.user)

    return _answer(request, media, form, act, _("FastPix is fetching the new file."), track=track)


@require_safe
@needs("media.view")
def track_download(request: WorkspaceRequest, remote_id: str, track_id: str) -> HttpResponse:
    """The way to a subtitle track's WebVTT file at FastPix."""
    address = tracks.address(*_track(request, remote_id, track_id))
    if address is None:
        raise Http404
    return HttpResponseRedirect(address)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def track_generate(request: WorkspaceRequest, remote_id: str, track_id: str) -> HttpResponse:
    """Subtitles of what is said in an audio track."""
    media, track = _track(request, remote_id, track_id)
    form = SpokenForm(_sent(request))

    def act() -> None:
        tracks.generate(media, track, **form.names, by=request.user)

    return _answer(request, media, form, act, _("FastPix is writing the subtitles."), track=track, spoken=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def track_delete(request: WorkspaceRequest, remote_id: str, track_id: str) -> HttpResponse:
    """Name the consequence, then delete for good."""
    media, track = _track(request, remote_id, track_id)
    if request.method != "POST":
        return render(request, "media_app/_track_delete.html", {"media": media, "track": track})
    tracks.delete(media, track, by=request.user)
    return media_page.changed(request, remote_id, _("The track is deleted."))


def _sent(request: WorkspaceRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _track(request: WorkspaceRequest, remote_id: str, track_id: str) -> tuple[Media, Track]:
    media = media_page.find(request, remote_id)
    return media, get_object_or_404(media.tracks, remote_id=track_id)


def _answer(
    request: WorkspaceRequest, media: Media, form: LanguageForm, act: Callable[[], None], done: str, **shown: Any
) -> HttpResponse:
    """The form; once it is sent and right, `act`. What FastPix refuses by field comes back beside it."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
            return media_page.changed(request, media.remote_id, done)
        except Invalid as refusal:
            refuse(form, refusal, **_NAMES)
        except Refused as refusal:
            if not form.refused_name(refusal):
                raise
    context = {"media": media, "form": form, **shown}
    return render(request, "media_app/_track_form.html", context, status=422 if request.method == "POST" else 200)
