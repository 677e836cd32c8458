"""Before and after: what the timeline keeps of a change, and how an event and an object tell it again."""

import pytest

from events_app import backlog, changes
from events_app.changes import Value
from events_app.models import WebhookEvent
from tests.media_app.test_projections import MEDIA, event, heard
from workspace_app.models import TimelineEntry

FIRST = {"id": MEDIA, "status": "Processing", "createdAt": "2026-05-20T09:00:00Z", "playbackIds": []}


@pytest.fixture
def first(workspace):
    """A media is there, so that the next event changes it."""
    return heard(workspace, event("video.media.created", 1, **FIRST, title="Quay", metadata={"a": "1", "b": "2"}))


def changed(workspace, number=2, **data):
    """Label → (before, after) of what an event changed."""
    row = heard(workspace, event("video.media.updated", number, id=MEDIA, status="Processing", **data))
    return {value.label: (value.before, value.after) for change in changes.of(row) for value in change.values}


def test_an_event_tells_each_field_it_changed_with_its_value_before_and_after(workspace, first):
    assert changed(workspace, title="Harbour", creatorId="ada", sourceAccess=True, duration="00:03:03") == {
        "Title": ("Quay", "Harbour"),
        "Creator": ("", "ada"),
        "Source file access": ("No", "Yes"),
        "Duration": ("", "3:03 (183000 ms)"),
    }


def test_what_only_sorting_and_search_need_is_not_told(workspace, first):
    assert changed(workspace, updatedAt="2026-05-20T10:02:00Z") == {}
    assert TimelineEntry.objects.filter(area="media").count() == 1


def test_of_metadata_only_the_keys_that_differ_are_told(workspace, first):
    assert changed(workspace, metadata={"a": "1", "b": "3", "c": "4"}) == {
        "Metadata": ('{"b": "2"}', '{"b": "3", "c": "4"}')
    }


def test_of_tracks_and_playback_ids_only_those_that_differ_are_told_in_words(workspace, first):
    video = {"id": "t-1", "type": "video", "width": 1920, "height": 1080, "status": "available"}
    spanish = {"id": "t-2", "type": "subtitle", "languageCode": "es", "languageName": "Spanish", "status": "preparing"}
    changed(workspace, 2, tracks=[video, spanish], playbackIds=[{"id": "p-1", "accessPolicy": "public"}])
    rules = {"domains": {"allow": ["example.com"]}}
    playing = [{"id": "p-1", "accessPolicy": "public", "accessRestrictions": rules}]
    told = changed(workspace, 3, tracks=[video, {**spanish, "status": "available"}], playbackIds=playing)
    assert told == {
        "Tracks": ("subtitle Spanish (es) preparing", "subtitle Spanish (es) available"),
        "Playback IDs": ("public p-1", 'public p-1 {"domains": {"allow": ["example.com"]}}'),
    }


def test_what_has_no_column_is_told_under_fastpix_s_name(workspace, first):
    assert changed(workspace, mp4Support="capped_4k", chapters=True) == {
        "Chapters": ("", "Yes"),
        "MP4 support": ("", "capped_4k"),
    }
    assert changed(workspace, 3, mp4Support="none") == {"MP4 support": ("capped_4k", "none")}


def test_a_long_value_is_cut_and_a_great_many_fields_too(workspace, first):
    told = changed(workspace, title="x" * 255, **{f"more{number:02}": "y" * 5000 for number in range(40)})
    assert len(told) == 20
    assert told["Title"] == ("Quay", "x" * 199 + "…")
    assert all(len(after) == 200 for _, after in told.values())


def test_no_secret_and_no_signed_address_comes_into_the_history(workspace, first):
    told = changed(
        workspace,
        metadata={"apiToken": "canary-0123456789abcdef"},
        thumbnail="https://images.example.com/t.png?token=canary",
        streamKey="canary-0123456789abcdef",
        pushed={"srtSecert": "canary-0123456789abcdef"},
    )
    assert len(told) == 4
    kept = str(list(TimelineEntry.objects.values_list("details", flat=True)))
    assert "https://images.example.com/t.png" in kept
    assert "canary-0" not in kept
    assert "=canary" not in kept


def test_a_first_event_tells_what_it_brought(workspace, first):
    [change] = changes.of(first)
    assert change.sentence == "Entered the mirror"
    assert Value("Title", "", "Quay") in change.values
    assert "Creator" not in {value.label for value in change.values}, "it brought none"


def test_a_deletion_tells_itself(workspace, first):
    row = heard(workspace, event("video.media.deleted", 2, id=MEDIA))
    assert changes.of(row)[0].values == (Value("Deleted at FastPix", "No", "Yes"),)


def test_an_entry_that_kept_no_values_tells_none(workspace, first):
    entry = TimelineEntry.objects.get(area="media")
    for odd in ({}, {"values": []}, {"values": {"title": "x"}}, {"values": {"title": ["x"]}}):
        entry.details = odd
        assert changes.values_of(entry) == ()


def test_a_repeated_event_tells_nothing_new(workspace, first):
    row = heard(workspace, event("video.media.updated", 2, id=MEDIA, status="Processing", title="Harbour"))
    WebhookEvent.objects.filter(pk=row.pk).update(state="received")
    backlog.project(workspace.pk)
    assert len(changes.of(row)) == 1
