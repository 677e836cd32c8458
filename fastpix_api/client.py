"""The client: one attribute per resource, one method per operation."""

import time
from collections.abc import Callable

from requests.adapters import BaseAdapter

from fastpix_api.media import Media
from fastpix_api.metrics import Metrics
from fastpix_api.playback import Playback
from fastpix_api.road import Patience, Road
from fastpix_api.signing_keys import SigningKeys
from fastpix_api.streams import Streams
from fastpix_api.uploads import Uploads


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
        self.playback = Playback(road.call)
        self.signing_keys = SigningKeys(road.call)
        self.streams = Streams(road.call)
        self.metrics = Metrics(road.call)
