"""A media's timeline: what FastPix said of it and what happened to its upload, in one line of time."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from media_app import services
from media_app.models import Upload
from media_app.services import uploads
from media_app.services.words import OTHER, SENTENCES, timeline_of
from tests.media_app.shelf import put
from web.templatetags.fp import SPRITE
from workspace_app import timeline
from workspace_app.models import TimelineEntry


@pytest.fixture
def media(workspace):
    return put(workspace, "harbour")


def upload_of(media, **fields):
    values = {"origin": "browser", "filename": "harbour.mp4", "size": 1, "remote_id": media.remote_id}
    return Upload.objects.create(workspace=media.workspace, **values | fields)


def sentences(media):
    return [line.sentence for line in timeline_of(media)]


def test_the_history_of_the_upload_stands_among_that_of_the_media(media):
    upload = upload_of(media)
    uploads.record(upload, "upload_started", by=None, size=1)
    uploads.record(upload, "upload_opened", by=None)
    uploads.record(upload, "upload_started", by=None, area="media")
    timeline.record(media.workspace, "media", media.remote_id, "created", source="webhook")
    uploads.record(upload, "upload_stopped", by=None, reason="Network lost.")
    uploads.record(upload, "upload_retried", by=None)
    uploads.record(upload, "upload_sent", by=None)
    uploads.record(upload, "uploaded", by=None, area="media")
    timeline.record(media.workspace, "media", media.remote_id, "ready", source="webhook")
    assert sentences(media) == [
        "Ready to play",
        "All bytes are at FastPix",
        "Upload tried again",
        "Upload stopped",
        "FastPix created it",
        "FastPix gave an address",
        "Upload started",
    ]
    notes = {line.sentence: line.note for line in timeline_of(media)}
    assert (notes["Upload stopped"], notes["Upload started"]) == ("Network lost.", "harbour.mp4")
    assert notes["All bytes are at FastPix"] == "", "the file is named once"


def test_it_is_a_line_of_time_and_ends_at_the_limit(media):
    upload = upload_of(media)
    for minutes in range(20):
        timeline.record(media.workspace, "media", media.remote_id, "updated", source="webhook")
        uploads.record(upload, "upload_paused", by=None)
        TimelineEntry.objects.order_by("-pk").filter(verb="upload_paused").update(
            occurred_at=timezone.now() - timedelta(minutes=minutes)
        )
    lines = timeline_of(media)
    assert len(lines) == 30
    moments = [line.entry.occurred_at for line in lines]
    assert moments == sorted(moments, reverse=True)


def test_what_other_uploads_and_the_workspace_did_is_not_shown(media, workspace):
    uploads.record(upload_of(media, remote_id="another"), "upload_paused", by=None)
    timeline.record(workspace, "workspace", workspace.slug, "import_asked", source="person")
    assert sentences(media) == []


def test_a_media_whose_upload_is_not_ours_still_tells_how_it_came(media):
    timeline.record(media.workspace, "media", media.remote_id, "uploaded", source="person")
    assert sentences(media) == ["Uploaded"]


def test_every_kind_of_entry_has_a_sentence_and_a_drawn_icon():
    sources = [file.read_text() for file in Path(services.__file__).parent.glob("*.py") if file.name != "words.py"]
    told = {verb for source in sources for verb in re.findall(r'"(upload_[a-z]+ed|upload_lost|upload_sent)"', source)}
    assert len(told) > 8
    assert told <= SENTENCES.keys()
    drawn = {symbol.get("id") for symbol in ET.parse(finders.find(SPRITE)).getroot()}
    assert {icon for icon, _ in SENTENCES.values()} | {OTHER} <= drawn


def test_the_page_shows_the_line_of_time(viewer, media):
    uploads.record(upload_of(media), "upload_lost", by=None, reason="Dropped.")
    page = viewer.get(f"/w/{media.workspace.slug}/media/{media.remote_id}/").content.decode()
    assert "lost the upload" in page
    assert "Dropped." in page
    for part in ("details", "tracks", "playback-ids", "events", "timeline"):
        assert f'href="#{part}"' in page
        assert page.count(f'id="{part}"') == 1
