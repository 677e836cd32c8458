"""Every documented event of FastPix, from its sample through the worker into the rows."""

import hashlib
import json
from pathlib import Path

import pytest
from django.utils import timezone

from events_app import backlog, replay
from events_app.envelope import parse
from events_app.models import WebhookEvent
from media_app.models import Media, Upload

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "fastpix" / "webhook-samples"
NO_EVENTS = ("_probe", "_signature-vector")
FILES = [path for path in sorted(SAMPLES.glob("*.json")) if path.stem not in NO_EVENTS] or [None]
MEDIA = "0c2f6e1a-7b54-4f0b-8c3d-2a9e51d7f610"


def store(workspace, body, *, received_at=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    parsed = parse(raw)
    return WebhookEvent.objects.create(
        workspace=workspace,
        event_id=parsed.event_id,
        type=parsed.type,
        object_id=parsed.object_id,
        occurred_at=parsed.occurred_at,
        received_at=received_at or timezone.now(),
        body=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def sample(name):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip("needs FastPix's webhook samples beside the repository (../shared/fastpix/webhook-samples)")
    return json.loads(path.read_bytes())


def heard(workspace, body):
    row = store(workspace, body)
    backlog.project(workspace.pk)
    row.refresh_from_db()
    return row


def event(name="video.media.ready", number=1, **data):
    return {
        "type": name,
        "object": {"type": "media", "id": MEDIA},
        "id": f"e-{number}",
        "data": data,
        "createdAt": f"2026-05-20T10:{number:02}:00Z",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "missing")
def test_each_sample_ends_projected_or_waits_for_the_live_area(workspace, path):
    if path is None:
        pytest.skip("needs FastPix's webhook samples beside the repository (../shared/fastpix/webhook-samples)")
    body = json.loads(path.read_bytes())
    row = heard(workspace, body)
    live = body["type"].removeprefix("video.").startswith("live_stream.")
    assert (row.state, row.error) == ("unhandled" if live else "projected", "")
    upload = body["type"] in ("video.media.upload", "video.media.upload.cancelled")
    assert Media.objects.filter(remote_id=row.object_id).exists() is not (live or upload)


def test_ready_tells_everything_a_page_shows(workspace):
    heard(workspace, sample("video.media.ready"))
    media = Media.objects.get(remote_id=MEDIA)
    assert (media.title, media.status, media.duration_ms, media.source_resolution) == (
        "Product tour",
        "ready",
        183_000,
        "1080p",
    )
    assert (media.metadata, media.creator_id, media.unsettled) == ({"project": "spring-launch"}, "editor-17", False)
    assert media.sort_key == 1_779_268_003_064_393
    assert [track.status for track in media.tracks.all()] == ["available", "available"]
    assert media.playback_ids.get().access_policy == "public"


def test_failed_keeps_its_reason(workspace):
    heard(workspace, sample("video.media.failed"))
    assert Media.objects.get().failed_reason == "The input file could not be downloaded."


def test_deleted_leaves_a_tombstone_even_as_the_first_word(workspace):
    heard(workspace, sample("video.media.deleted"))
    assert Media.objects.get().gone


@pytest.mark.parametrize(
    "name",
    ["video.media.track.ready", "video.media.watermark.ready", "video.mediaAI.chapters.ready", "_unknown-type"],
)
def test_what_is_no_media_itself_writes_nothing_and_has_fastpix_asked(workspace, name):
    heard(workspace, sample("video.media.ready"))
    before = Media.objects.values("title", "status", "known_event_id").get()
    heard(workspace, sample(name))
    assert Media.objects.values("title", "status", "known_event_id").get() == before
    assert Media.objects.get().unsettled


def test_a_first_word_about_a_part_makes_a_row_that_is_asked_about(workspace):
    heard(workspace, sample("video.media.track.ready"))
    media = Media.objects.get(remote_id=MEDIA)
    assert media.unsettled
    assert media.sort_key > 1_779_000_000_000_000, "it stands where it belongs in the list"


def test_the_type_stands_in_for_a_status_that_is_not_sent(workspace):
    heard(workspace, event("video.media.created", 1, id=MEDIA, status="Created", createdAt="x", playbackIds=[]))
    heard(workspace, event("video.media.ready", 2, id=MEDIA, title="Quay"))
    assert (Media.objects.get().status, Media.objects.get().title) == ("ready", "Quay")


def test_a_live_event_is_taken_with_and_without_video_before_it(workspace):
    for number, name in enumerate(("media.ready", "video.media.ready")):
        body = {**event(name, number, id=MEDIA, status="Ready"), "object": {"id": f"m-{number}"}}
        body["data"]["id"] = f"m-{number}"
        assert heard(workspace, body).state == "projected"
    assert Media.objects.filter(status="ready").count() == 2


def test_an_upload_cancelled_elsewhere_ends_ours_of_that_session(workspace):
    body = sample("video.media.upload.cancelled")
    name = body["data"]["uploadId"]
    ours = Upload.objects.create(
        workspace=workspace, origin="browser", filename="a", size=1, state="sending", remote_id=name, session_url="x"
    )
    done = Upload.objects.create(
        workspace=workspace, origin="browser", filename="b", size=1, state="sent", remote_id=name
    )
    heard(workspace, body)
    ours.refresh_from_db()
    done.refresh_from_db()
    assert (ours.state, ours.session_url, done.state) == ("cancelled", "", "sent")


def test_media_events_doubled_and_reversed_end_right(workspace):
    bodies = [
        event("video.media.created", 1, id=MEDIA, status="Created", createdAt="2026-05-20T10:00:00Z", playbackIds=[]),
        event("video.media.ready", 2, id=MEDIA, status="Ready", title="Quay"),
        event("video.media.updated", 3, id=MEDIA, status="Ready", title="Harbour"),
    ]
    for body in [*reversed(bodies), *bodies]:
        if not WebhookEvent.objects.filter(event_id=body["id"]).exists():
            heard(workspace, body)
    media = Media.objects.get()
    assert (media.title, media.status, media.unsettled) == ("Harbour", "ready", True)


WRONG = [None, 1, 1.5, True, "", "x" * 5000, "\0", "\ud800", [], {}, [None], [[]], [{}], {"id": 1}, [{"id": "\0"}]]
KEYS = [
    *("title", "creatorId", "status", "duration", "aspectRatio", "sourceResolution", "maxResolution", "mediaQuality"),
    *("sourceAccess", "isAudioOnly", "trial", "thumbnail", "metadata", "streamId", "sourceMediaId", "createdAt"),
    *("updatedAt", "failedReason", "tracks", "playbackIds", "playback_ids", "mp4Support", "summary", "chapters"),
]


@pytest.mark.parametrize("key", KEYS)
def test_values_of_types_that_fastpix_never_sends_fail_no_event(workspace, key):
    for number, value in enumerate(WRONG):
        data = {"id": f"m-{number}", "status": "Ready", key: value}
        body = {**event("video.media.updated", number, **data), "object": {"id": f"m-{number}"}}
        row = heard(workspace, body)
        assert (row.state, row.error) == ("projected", ""), repr(value)


@pytest.mark.parametrize("object_id", ["../../etc", "a/b", "x y", "", "?", "x" * 65])
def test_an_event_that_names_no_possible_media_fails_at_once_and_says_so(workspace, object_id):
    """No retry would make sense of it; a person sees it, and can replay it once the console can."""
    body = {**event("video.media.ready", 1, status="Ready"), "object": {"id": object_id}}
    row = heard(workspace, body)
    assert (row.state, row.tries, row.next_try_at) == ("failed", 1, None)
    assert row.error.endswith("The event names no media.")
    assert replay.one(row)
    assert not Media.objects.exists()
