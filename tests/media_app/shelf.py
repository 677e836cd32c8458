"""Media rows for tests that only read them."""

import itertools
from datetime import UTC, datetime, timedelta

from media_app.models import Media, PlaybackId, Track

_counter = itertools.count(1)


def put(workspace, title="Harbour at dawn", *, policies=("public",), status="ready", **fields):
    """One media on the shelf, as the mirror would have written it; each is a second newer than the one before."""
    number = next(_counter)
    created = datetime(2026, 5, 20, 9, 0, tzinfo=UTC) + timedelta(seconds=number)
    values = {
        "remote_id": f"00000000-0000-4000-8000-{number:012d}",
        "title": title,
        "status": status,
        "duration_ms": 10_000,
        "search": title.lower(),
        "created_at": created,
        "sort_key": int(created.timestamp() * 1_000_000),
        "known_at": created,
        "known_by": "webhook",
    }
    media = Media.objects.create(workspace=workspace, **(values | fields))
    for policy in policies:
        PlaybackId.objects.create(media=media, remote_id=f"{policy}-{number}", access_policy=policy)
    Track.objects.create(
        media=media, remote_id=f"track-{number}", type="video", status="available", width=640, height=360
    )
    return media
