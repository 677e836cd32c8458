"""DRM configurations: what a media with the access policy drm is encrypted with."""

from fastpix_api.answer import Answer
from fastpix_api.errors import Refused
from fastpix_api.road import Call, part

_NONE = "DRM ID does not exist"


class DRM:
    """The workspace's DRM configurations. FastPix sets them up; the API only shows them, each as {id}.

    All raise Invalid, Unreachable, Unauthorized, Forbidden, RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(self, *, limit: int = 10, offset: int = 1) -> Answer:
        """One page of configurations; `limit` 1 to 50, `offset` a page number from 1.

        Recorded: where there is none FastPix refuses with 400 "DRM ID does not exist"; here that is an empty list.
        """
        query = {"limit": limit, "offset": offset}
        try:
            return self._call("GET", "/on-demand/drm-configurations", query=query, expect=list)
        except Refused as refusal:
            if refusal.answered_at is None or not refusal.said.startswith(_NONE):
                raise
            return Answer([], None, refusal.answered_at, refusal.status, refusal.request_id)

    def get(self, configuration_id: str) -> Answer:
        """One configuration. Recorded: an id that is no UUID is Invalid (`names_unknown_id`), not NotFound."""
        return self._call("GET", f"/on-demand/drm-configurations/{part(configuration_id)}", expect=dict)
