"""The client: one attribute per resource, one method per operation."""

import time
from collections.abc import Callable

from requests.adapters import BaseAdapter

from fastpix_api.ai import AI
from fastpix_api.dimensions import Dimensions
from fastpix_api.drm import DRM
from fastpix_api.live_playback import LivePlayback
from fastpix_api.media import Media
from fastpix_api.metrics import Metrics
from fastpix_api.playback import Playback
from fastpix_api.playback_errors import PlaybackErrors
from fastpix_api.playlists import Playlists
from fastpix_api.road import Patience, Road
from fastpix_api.signing_keys import SigningKeys
from fastpix_api.simulcast import Simulcast
from fastpix_api.streams import Streams
from fastpix_api.tracks import Tracks
from fastpix_api.uploads import Uploads
from fastpix_api.views import Views


class FastPix:
    """FastPix as one workspace's access token sees it.

    `base_url` ends with the version, with or without a slash. `transport` replaces the network (a requests adapter);
    `sleep` replaces the waiting between two tries of a worker.
    """

    def __init__(
        self,
        token_id: str,
        secret_key: str,
        *,
        base_url: str = "https://api.fastpix.com/v1",
        patience: Patience = Patience.PAGE,
        transport: BaseAdapter | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        road = Road(token_id, secret_key, base_url=base_url, patience=patience, transport=transport, sleep=sleep)
        self.media = Media(road.call)
        self.uploads = Uploads(road.call)
        self.tracks = Tracks(road.call)
        self.playback = Playback(road.call)
        self.playlists = Playlists(road.call)
        self.ai = AI(road.call)
        self.drm = DRM(road.call)
        self.signing_keys = SigningKeys(road.call)
        self.streams = Streams(road.call)
        self.live_playback = LivePlayback(road.call)
        self.simulcast = Simulcast(road.call)
        self.views = Views(road.call)
        self.metrics = Metrics(road.call)
        self.dimensions = Dimensions(road.call)
        self.playback_errors = PlaybackErrors(road.call)
