"""Clips of a media: making one, and looking which FastPix holds."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from fastpix_api import Invalid
from media_app.clip_forms import ClipForm, begun
from media_app.models import Media
from media_app.services import clips
from media_app.views import media_page
from web.forms import refuse
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest

# FastPix's names of what the form calls otherwise
NAMES = {"inputs[0].startTime": "start", "inputs[0].endTime": "end", "inputs[0].url": "start"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def clip_make(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The marks, a title and who can play it; then have FastPix cut the clip."""
    media = media_page.find(request, remote_id)
    if request.method == "POST":
        form = ClipForm(media, request.POST)
        if form.is_valid() and _make(request, media, form):
            return _card(request, media, _("FastPix is cutting the clip. It appears here when it is ready."))
    else:
        marks = (request.GET.get(name, "")[:12] for name in ("start", "end"))
        form = ClipForm(media, initial=begun(media, *marks))
    response = render(
        request, "media_app/_clip_make.html", {"media": media, "form": form}, status=422 if form.errors else 200
    )
    return media_page.placed(request, response, "dialog", "innerHTML")


@require_POST
@needs("media.view")
def clips_look(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Ask FastPix which clips it holds of this media, and bring in what is missing here."""
    media = media_page.find(request, remote_id)
    found = clips.look(media)
    told = (
        ngettext("%(n)d clip came in.", "%(n)d clips came in.", found) if found else _("FastPix lists no other clip.")
    )
    return _card(request, media, told % {"n": found})


def _make(request: WorkspaceRequest, media: Media, form: ClipForm) -> bool:
    card = clips.card(media)
    if card.blocked:
        form.add_error(None, card.blocked)
        return False
    try:
        clips.make(media, by=request.user, **form.cleaned_data)
    except Invalid as refusal:
        refuse(form, refusal, **NAMES)
        return False
    return True


def _card(request: WorkspaceRequest, media: Media, told: str) -> HttpResponse:
    if not request.htmx:
        return redirect("media:media_detail", slug=request.workspace.slug, remote_id=media.remote_id)
    response = render(request, "media_app/_clips.html", {"media": media, "clips": clips.card(media)})
    response = trigger_client_event(response, "toast", {"tone": "ok", "text": told})
    return media_page.placed(request, response, "clips", "outerHTML")
