"""DRM configurations: shown, copied, chosen; FastPix makes them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from media_app.services import drm as service
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("media.protect")
def drm_configurations(request: WorkspaceRequest) -> HttpResponse:
    """The configurations, and how many media use DRM."""
    context = {"drm": service.listed(request.workspace), "media_count": service.media_with_drm(request.workspace)}
    return render(request, "media_app/_drm_configurations.html", context)


@require_safe
@needs("media.protect")
def drm_detail(request: WorkspaceRequest, configuration_id: str) -> HttpResponse:
    """One configuration, as FastPix answers for it."""
    context = {"configuration_id": service.confirmed(request.workspace, configuration_id)}
    return render(request, "media_app/_drm_detail.html", context)


@require_safe
@needs("media.protect")
def drm_choice(request: WorkspaceRequest) -> HttpResponse:
    """The configurations to choose from, for the policy drm; nothing for the others."""
    drm = service.listed(request.workspace) if request.GET.get("access_policy") == "drm" else None
    return render(request, "media_app/_drm_choice.html", {"drm": drm})
