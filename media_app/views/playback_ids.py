"""Playback IDs: their card, and the dialogs that make, rule, share and remove them."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from fastpix_api import Invalid
from media_app.models import Media, PlaybackId
from media_app.playback_forms import PlaybackIdForm, RulesForm, TokenForm
from media_app.services import playback_ids as service
from media_app.services import sharing
from media_app.services.playback_ids import Line
from media_app.services.restrictions import Kind
from web.forms import refuse
from workspace_app import signing_keys
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


def _media(request: WorkspaceRequest, remote_id: str) -> Media:
    rows = Media.objects.select_related("workspace").prefetch_related("playback_ids")
    return get_object_or_404(rows, workspace=request.workspace, remote_id=remote_id, gone=False)


def _playback(request: WorkspaceRequest, remote_id: str, playback_id: str) -> PlaybackId:
    rows = PlaybackId.objects.select_related("media__workspace").filter(media__gone=False)
    return get_object_or_404(
        rows, media__workspace=request.workspace, media__remote_id=remote_id, remote_id=playback_id
    )


@require_safe
@needs("media.view")
def playback_ids(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The card alone."""
    media = _media(request, remote_id)
    return render(request, "media_app/_playback_ids.html", {"media": media, **service.card(media)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def playback_id_add(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """One more way to play a media: public, private or DRM."""
    media = _media(request, remote_id)
    form = PlaybackIdForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            service.add(media, by=request.user, **form.cleaned_data)
            return _done(request, remote_id, _("Playback ID added."))
        except Invalid as refusal:
            refuse(form, refusal)
    context = {"media": media, "form": form, "private": any(Line(one).needs_token for one in media.playback_ids.all())}
    return _dialog(request, "media_app/_playback_id_add.html", context, refused=bool(form.errors))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def playback_id_delete(request: WorkspaceRequest, remote_id: str, playback_id: str) -> HttpResponse:
    """Name what stops working, then remove it for good."""
    playback = _playback(request, remote_id, playback_id)
    if request.method == "POST":
        service.delete(playback, by=request.user)
        return _done(request, remote_id, _("Playback ID deleted."))
    others = [one for one in playback.media.playback_ids.all() if one.pk != playback.pk]
    context = {"media": playback.media, "playback": playback, "others": others, "line": Line(playback)}
    return render(request, "media_app/_playback_id_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def playback_domains_edit(request: WorkspaceRequest, remote_id: str, playback_id: str) -> HttpResponse:
    """Which sites may play it."""
    return _rules(request, _playback(request, remote_id, playback_id), "domains")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def playback_agents_edit(request: WorkspaceRequest, remote_id: str, playback_id: str) -> HttpResponse:
    """Which user agents may play it."""
    return _rules(request, _playback(request, remote_id, playback_id), "userAgents")


@require_safe
@needs("media.view")
def playback_share(request: WorkspaceRequest, remote_id: str, playback_id: str) -> HttpResponse:
    """Addresses and code for other pages."""
    playback = _playback(request, remote_id, playback_id)
    context = {"media": playback.media, "line": Line(playback), "pieces": sharing.pieces(playback)}
    return render(request, "media_app/_playback_share.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def playback_token_mint(request: WorkspaceRequest, remote_id: str, playback_id: str) -> HttpResponse:
    """A token for a private or DRM playback ID, shown this once."""
    playback = _playback(request, remote_id, playback_id)
    form = TokenForm(request.POST if request.method == "POST" else None)
    line = Line(playback)
    context: dict[str, Any] = {"media": playback.media, "line": line, "playback": playback, "form": form}
    token = None
    if form.is_valid() and line.needs_token:
        token = service.mint(playback, lifetime=form.span(), by=request.user)
    if token is not None:
        context |= {"token": token, "pieces": sharing.pieces(playback, token=token.text)}
        return _dialog(request, "media_app/_playback_token.html", context)
    context["key"] = signing_keys.in_use(request.workspace)
    return _dialog(request, "media_app/_playback_token_mint.html", context, refused=request.method == "POST")


def _rules(request: WorkspaceRequest, playback: PlaybackId, kind: Kind) -> HttpResponse:
    if request.method != "POST":
        form = RulesForm(kind=kind, held=service.rules_at_fastpix(playback, kind))
    else:
        form = RulesForm(request.POST, kind=kind)
        if form.is_valid():
            try:
                began = form.cleaned_data["began"]
                service.replace_rules(playback, kind, form.rules(), began=began, by=request.user)
                return _done(request, playback.media.remote_id, _("Rules saved."))
            except service.Changed as changed:
                form.begin_again(changed.held)
            except Invalid as refusal:
                refuse(form, refusal)
    context = {"media": playback.media, "playback": playback, "form": form, "kind": kind}
    context["console"] = settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    return _dialog(request, "media_app/_playback_rules.html", context, refused=bool(form.errors))


def _dialog(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, refused: bool = False
) -> HttpResponse:
    """A dialog's content. Its form aims at the place of its errors, so what replaces the whole form is led there."""
    response = render(request, template, context, status=422 if refused else 200)
    return response if request.method != "POST" else reswap(retarget(response, "#dialog"), "innerHTML")


def _done(request: WorkspaceRequest, remote_id: str, told: str) -> HttpResponse:
    """The card as it is now, which closes the dialog."""
    media = _media(request, remote_id)
    response = render(request, "media_app/_playback_ids.html", {"media": media, **service.card(media)})
    response = reswap(retarget(response, "#playback-ids"), "outerHTML")
    return trigger_client_event(response, "toast", {"tone": "ok", "text": told})
