"""In-video AI of a media: its card, asking for a feature, and the chapters as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from fastpix_api import Invalid
from media_app.ai_forms import AskForm
from media_app.models import Media
from media_app.services import ai, ai_results
from media_app.views import media_page
from web.forms import refuse
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


def _card(request: WorkspaceRequest, media: Media) -> HttpResponse:
    return render(request, "media_app/_ai.html", {"media": media, "ai": ai.card(media)})


@require_safe
@needs("media.view")
def ai_card(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The card alone: while something is awaited, the page asks for it again each minute."""
    return _card(request, media_page.find(request, remote_id))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def ai_ask(request: WorkspaceRequest, remote_id: str, feature: str) -> HttpResponse:
    """What FastPix lets one choose, and what becomes of a result that is there; then ask."""
    media = media_page.find(request, remote_id)
    part = next((one for one in ai.parts(media) if one.feature == feature), None)
    if part is None:
        raise Http404
    form = AskForm(media, feature, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if part.blocked:
            form.add_error(None, part.blocked)
        else:
            try:
                ai.ask(media, feature, by=request.user, **form.options())
            except Invalid as refusal:
                refuse(form, refusal)
            else:
                return _asked(request, remote_id, part)
    context = {"media": media, "part": part, "form": form}
    response = render(request, "media_app/_ai_ask.html", context, status=422 if form.errors else 200)
    return media_page.placed(request, response, "dialog", "innerHTML")


@require_safe
@needs("media.view")
def ai_chapters_vtt(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The chapters as a WebVTT file."""
    media = media_page.find(request, remote_id)
    found = ai_results.chapters(media)
    if not found:
        raise Http404
    text = ai_results.webvtt(found, media.duration_ms)
    headers = {"Content-Disposition": f'attachment; filename="{media.remote_id}-chapters.vtt"'}
    return HttpResponse(text, content_type="text/vtt; charset=utf-8", headers=headers)


def _asked(request: WorkspaceRequest, remote_id: str, part: ai.Part) -> HttpResponse:
    if not request.htmx:
        return redirect("media:media_detail", slug=request.workspace.slug, remote_id=remote_id)
    told = _("FastPix took the order: %(what)s. The result appears here by itself.") % {"what": part.title}
    response = media_page.placed(request, _card(request, media_page.find(request, remote_id)), "ai", "outerHTML")
    return trigger_client_event(response, "toast", {"tone": "ok", "text": told})
