"""Playback security: the page, and the signing keys on it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from fastpix_api.playback_token import pem
from media_app.playback_forms import SigningKeyForm
from media_app.services import signing_keys as service
from workspace_app.access import needs
from workspace_app.models import SigningKey
from workspace_app.requests import WorkspaceRequest
from workspace_app.signing_keys import Created


@require_safe
@needs("media.protect")
def playback_security(request: WorkspaceRequest) -> HttpResponse:
    """Signing keys and DRM configurations; each card asks FastPix by itself."""
    return render(request, "media_app/playback_security.html")


@require_safe
@needs("media.protect")
def signing_keys(request: WorkspaceRequest) -> HttpResponse:
    """The keys FastPix has, and which of them this console keeps."""
    number = request.GET.get("page", "")
    return _card(request, int(number) if number.isascii() and number.isdigit() and int(number[:6]) > 0 else 1)


@require_safe
@needs("media.protect")
def signing_key_detail(request: WorkspaceRequest, key_id: str) -> HttpResponse:
    """One key: its public half, with which others check its tokens."""
    context = {"key_id": key_id, "public_key": service.public_key(request.workspace, key_id)}
    return render(request, "media_app/_signing_key_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.protect")
def signing_key_add(request: WorkspaceRequest) -> HttpResponse:
    """A new key; its private half is shown this once."""
    if request.method != "POST":
        form = SigningKeyForm(initial={"keep": request.GET.get("keep") == "1"})
        return render(request, "media_app/_signing_key_add.html", {"form": form})
    form = SigningKeyForm(request.POST)
    form.is_valid()  # a checkbox is on or off
    made = service.create(request.workspace, keep=form.cleaned_data["keep"], by=request.user)
    response = render(request, "media_app/_signing_key_made.html", {"made": made, "pem": _pem(made)})
    # the pages that depend on it look again, whether push is there or not
    return trigger_client_event(reswap(retarget(response, "#dialog"), "innerHTML"), f"live:{service.TOPIC}", {})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("workspace.settings")
def signing_key_delete(request: WorkspaceRequest, key_id: str) -> HttpResponse:
    """Say what stops working, then delete the key at FastPix and here."""
    if request.method == "POST":
        service.delete(request.workspace, key_id, by=request.user)
        return _done(request, _("Signing key deleted."))
    service.public_key(request.workspace, key_id)  # a key FastPix does not have is not there to be deleted
    return render(request, "media_app/_signing_key_delete.html", _ending(request, key_id))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("workspace.settings")
def signing_key_forget(request: WorkspaceRequest, key_id: str) -> HttpResponse:
    """Say what this console can open no more, then keep the private half no longer."""
    get_object_or_404(SigningKey, workspace=request.workspace, remote_id=key_id)
    if request.method == "POST":
        service.forget(request.workspace, key_id, by=request.user)
        return _done(request, _("The private key is no longer kept here."))
    return render(request, "media_app/_signing_key_forget.html", _ending(request, key_id))


def _ending(request: WorkspaceRequest, key_id: str) -> dict[str, Any]:
    """What ends here with a key: `last`, the only one kept, and the media it opens."""
    kept = set(SigningKey.objects.filter(workspace=request.workspace).values_list("remote_id", flat=True))
    last = kept == {key_id}
    media = service.opened_here(request.workspace) if last else 0
    return {"key_id": key_id, "kept": key_id in kept, "last": last, "media_count": media}


def _pem(made: Created) -> str:
    """For download; what is no PEM is shown as FastPix gave it."""
    try:
        return pem(made.private_key)
    except ValueError:
        return made.private_key


def _card(request: WorkspaceRequest, number: int = 1) -> HttpResponse:
    return render(request, "media_app/_signing_keys.html", {"keys": service.listed(request.workspace, number)})


def _done(request: WorkspaceRequest, told: str) -> HttpResponse:
    """The dialog closes, and every part of a page that depends on the keys looks again."""
    response = trigger_client_event(HttpResponse(status=204), f"live:{service.TOPIC}", {})
    response = trigger_client_event(response, "dialog:close", {})
    return trigger_client_event(response, "toast", {"tone": "ok", "text": told})
