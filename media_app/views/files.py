"""Files of a media: MP4 and M4A, access to the source, what FastPix took in."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from fastpix_api import Invalid
from media_app.models import Media
from media_app.services import files
from media_app.views import media_page
from web.forms import refuse
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


class Mp4Form(forms.Form):
    """Which files FastPix makes, by its own values."""

    mp4_support = forms.ChoiceField(label=gettext_lazy("Files to download"), widget=forms.RadioSelect)

    def __init__(self, media: Media, data: Any = None) -> None:
        super().__init__(data, initial={"mp4_support": files.card(media).support})
        self.fields["mp4_support"].choices = files.choices(media)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def mp4_switch(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """Which files FastPix can make of a media and what becomes of those it has; then have it do so."""
    media = media_page.find(request, remote_id)
    form = Mp4Form(media, request.POST if request.method == "POST" else None)
    held = files.card(media)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data["mp4_support"]
        if held.blocked:
            form.add_error(None, held.blocked)
        elif value == held.support:
            return _card(request, remote_id, _("It is so already."))
        else:
            try:
                files.switch_mp4(media, value, by=request.user)
            except Invalid as refusal:
                refuse(form, refusal)
            else:
                off = value == "none"
                return _card(request, remote_id, _("The files are gone.") if off else _("FastPix is making the files."))
    context = {"media": media, "form": form, "held": held}
    return _dialog(request, "media_app/_mp4_switch.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def source_switch(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """What switching access to the source on or off means; then have FastPix do so."""
    media = media_page.find(request, remote_id)
    if request.method != "POST":
        return _dialog(request, "media_app/_source_switch.html", {"media": media})
    on = request.POST.get("on") == "1"
    files.switch_source(media, on=on, by=request.user)
    return _card(request, remote_id, _("Source access is on.") if on else _("Source access is off."))


@require_safe
@needs("media.view")
def file_download(request: WorkspaceRequest, remote_id: str, name: str) -> HttpResponse:
    """The way to a file at FastPix, with a fresh token where it takes one."""
    address = files.address(media_page.find(request, remote_id), name)
    if address is None:
        raise Http404
    return HttpResponseRedirect(address)


@require_safe
@needs("media.edit")
def source_download(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The way to the original file, as FastPix names it now: its address stands in no page."""
    address = files.source_address(media_page.find(request, remote_id))
    if address is None:
        raise Http404
    return HttpResponseRedirect(address)


@require_safe
@needs("media.view")
def player_download(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The download button beside the player."""
    media = media_page.find(request, remote_id)
    return render(request, "media_app/_player_download.html", {"media": media, "files": files.card(media)})


@require_safe
@needs("media.view")
def input_info(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """What FastPix took in, asked when somebody wants to know."""
    media = media_page.find(request, remote_id)
    return render(request, "media_app/_input_info.html", {"media": media, "info": files.input_info(media)})


def _dialog(request: WorkspaceRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return media_page.placed(request, render(request, template, context, status=status), "dialog", "innerHTML")


def _card(request: WorkspaceRequest, remote_id: str, told: str) -> HttpResponse:
    if not request.htmx:
        return redirect("media:media_detail", slug=request.workspace.slug, remote_id=remote_id)
    media = media_page.find(request, remote_id)
    response = render(request, "media_app/_files.html", {"media": media, "files": files.card(media)})
    response = trigger_client_event(response, "toast", {"tone": "ok", "text": told})
    return media_page.placed(request, response, "files", "outerHTML")
