"""Presets: settings for new media under a name."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from media_app.models import UploadPreset
from media_app.preset_forms import NewMediaForm, PresetForm, words
from media_app.services import presets
from media_app.services.presets import PresetProblem
from media_app.upload_forms import BrowserMediaForm
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.upload")
def preset_list(request: WorkspaceRequest) -> HttpResponse:
    """All presets and what each asks for."""
    rows = [(preset, words(preset.values)) for preset in presets.of(request.workspace)]
    return render(request, "media_app/preset_list.html", {"rows": rows})


@require_safe
@needs("media.upload")
def preset_fill(request: WorkspaceRequest) -> HttpResponse:
    """The settings of new media filled from ?preset=…; ?road=1 where the page knows two roads."""
    kind = BrowserMediaForm if request.GET.get("road") else NewMediaForm
    form = kind(workspace=request.workspace, preset=request.GET.get("preset", ""))
    return render(request, "media_app/_upload_settings.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def preset_add(request: WorkspaceRequest) -> HttpResponse:
    """Keep settings under a new name; what the form of an upload page posts, without a name, is where it begins."""
    named = "name" in request.POST
    begun = {} if named else request.POST.dict()
    form = PresetForm(request.POST if named else None, workspace=request.workspace, initial=begun)
    return _kept(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def preset_edit(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """Change a preset; uploads that began with it keep what they have."""
    preset = _preset(request, public_id)
    form = PresetForm(request.POST if request.method == "POST" else None, workspace=request.workspace, preset=preset)
    return _kept(request, form, preset)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def preset_delete(request: WorkspaceRequest, public_id: UUID) -> HttpResponse:
    """The dialog that names the consequence; then the deed."""
    preset = _preset(request, public_id)
    if request.method != "POST":
        return render(request, "media_app/_preset_delete.html", {"preset": preset})
    presets.delete(preset, request.user)
    messages.success(request, _("Deleted the preset “%(name)s”.") % {"name": preset.name})
    return HttpResponseClientRedirect(reverse("media:preset_list", args=[request.workspace.slug]))


def _preset(request: WorkspaceRequest, public_id: UUID) -> UploadPreset:
    rows = UploadPreset.objects.select_related("workspace")
    return get_object_or_404(rows, workspace=request.workspace, public_id=public_id)


def _kept(request: WorkspaceRequest, form: PresetForm, preset: UploadPreset | None) -> HttpResponse:
    if form.is_valid():
        told: dict[str, Any] = {name: form.cleaned_data[name] for name in ("name", "default")}
        try:
            if preset:
                presets.change(preset, request.user, version=form.cleaned_data["version"], values=form.told, **told)
            else:
                presets.add(request.workspace, request.user, values=form.told, **told)
        except PresetProblem as problem:
            form.add_error(problem.field, problem.sentence)
        else:
            messages.success(request, _("Kept the preset “%(name)s”.") % {"name": told["name"]})
            return redirect("media:preset_list", request.workspace.slug)
    context = {"form": form, "preset": preset}
    return render(request, "media_app/preset_edit.html", context, status=422 if form.errors else 200)
