"""The workspace's DRM configurations. FastPix sets them up; the API only names them."""

from dataclasses import dataclass

from fastpix_api.paging import LARGEST_PAGE
from media_app.models import Media
from workspace_app.fastpix import client_for
from workspace_app.models import Workspace


@dataclass(frozen=True)
class Configurations:
    """What FastPix lists. `enabled`: False where it refuses to, because the workspace has no DRM (recorded: 400)."""

    ids: list[str]
    total: int
    enabled: bool


def listed(workspace: Workspace) -> Configurations:
    """The first 50, in one call. Raises FastPixError."""
    answer = client_for(workspace).drm.list(limit=LARGEST_PAGE)
    ids = [str(one["id"]) for one in answer.data if one.get("id")]
    total = (answer.pagination or {}).get("totalRecords")
    return Configurations(ids, total if isinstance(total, int) else len(ids), enabled=answer.status < 400)


def confirmed(workspace: Workspace, configuration_id: str) -> str:
    """The id as FastPix answers it by itself. Raises FastPixError where it does not know it."""
    return str(client_for(workspace).drm.get(configuration_id).data.get("id") or "")


def media_with_drm(workspace: Workspace) -> int:
    """How many media have a DRM playback ID."""
    media = Media.objects.filter(workspace=workspace, gone=False, playback_ids__access_policy="drm")
    return media.distinct().count()
