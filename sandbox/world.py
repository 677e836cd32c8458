"""What every request and background job shares."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from starlette.requests import Request

from sandbox.delivery import Delivery
from sandbox.jobs import Jobs
from sandbox.settings import Settings
from sandbox.store import Store


@dataclass(frozen=True)
class World:
    """The one sandbox of this process."""

    settings: Settings
    store: Store
    delivery: Delivery
    jobs: Jobs
    workspace_id: str
    counts: Counter[str] = field(default_factory=Counter)  # since a switch was turned last

    def folder(self, media_id: str) -> Path:
        """Where everything made of one media lies: source, ladder, images."""
        return self.settings.data / "media" / media_id

    def upload_file(self, upload_id: str) -> Path:
        return self.settings.data / "uploads" / upload_id

    def nth(self, what: str) -> int:
        """The how manieth of its kind this is since a switch was turned last."""
        self.counts[what] += 1
        return self.counts[what]


def of(request: Request) -> World:
    """The world a request came into."""
    return cast("World", request.app.state.world)
