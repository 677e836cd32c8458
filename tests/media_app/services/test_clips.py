import pytest
from django.utils import timezone

from events_app.mirror import Said
from fastpix_api import FastPix
from media_app.mirror import apply
from media_app.models import Media
from media_app.services import clips
from tests.media_app.moored import bring, moor
from tests.media_app.shelf import put
from tests.media_app.topics import heard_topics  # noqa: F401 - a fixture
from workspace_app.models import TimelineEntry


@pytest.fixture
def harbor(workspace, sandbox):
    return moor(workspace, sandbox)


def make(media, editor, **more):
    wanted = {"start": 8, "end": 20, "title": "What came back", "access_policy": "private", **more}
    return clips.make(media, by=editor.user, **wanted)


def test_a_clip_is_a_media_that_names_its_source_and_its_range(harbor, sandbox, editor):
    source = bring(harbor, sandbox)
    clip_id = make(source, editor)
    clip = Media.objects.get(remote_id=clip_id)
    assert (clip.source_media_id, clip.title) == (source.remote_id, "What came back")
    assert [one.access_policy for one in clip.playback_ids.all()] == ["private"]
    (listed,) = clips.card(source).clips
    assert (listed.media, listed.start, listed.end) == (clip, 8, 20)
    itself = clips.card(clip)
    assert (itself.source, itself.itself.start_ms, itself.itself.end_ms) == (source, 8_000, 20_000)
    told = TimelineEntry.objects.get(object_id=source.remote_id, verb="clip_made")
    assert told.actor == editor.user


def test_clips_made_elsewhere_come_in_when_somebody_looks(harbor, sandbox):
    source = bring(harbor, sandbox)
    client = FastPix(harbor.token_id, harbor.secret_key, base_url=harbor.api_url)
    cut = {"type": "video", "url": f"fp_mediaId://{source.remote_id}", "startTime": 1, "endTime": 2}
    theirs = client.media.create(inputs=[cut], title="Made elsewhere").data["id"]
    assert clips.card(source).clips == []
    assert clips.look(source) == 1
    (found,) = clips.card(source).clips
    assert (found.media.remote_id, found.media.title, found.start) == (theirs, "Made elsewhere", None)
    assert clips.look(source) == 0


def test_a_clip_that_gets_ready_rings_the_page_of_its_source(
    workspace,
    heard_topics,  # noqa: F811 - the fixture
    django_capture_on_commit_callbacks,
):
    source = put(workspace)
    clip = put(workspace, status="processing", source_media_id=source.remote_id)
    whole = {"id": clip.remote_id, "status": "Ready"}
    said = Said(kind="event", data=whole, at=timezone.now(), heard_at=timezone.now(), by="webhook")
    with django_capture_on_commit_callbacks(execute=True):
        apply(workspace, clip.remote_id, said)
    (told,) = heard_topics()
    assert f"media:{source.remote_id}" in told


def test_gone_clips_are_not_listed(workspace):
    source = put(workspace)
    put(workspace, source_media_id=source.remote_id, gone=True)
    kept = put(workspace, source_media_id=source.remote_id)
    assert [one.media for one in clips.card(source).clips] == [kept]


def test_a_clip_whose_source_nobody_knows_still_names_it(workspace):
    card = clips.card(put(workspace, source_media_id="11111111-2222-4333-8444-555555555555"))
    assert (card.source, card.source_id) == (None, "11111111-2222-4333-8444-555555555555")


@pytest.mark.parametrize(
    ("policies", "usual"),
    [
        (("public",), "public"),
        (("private",), "private"),
        (("public", "private"), "private"),
        (("drm",), "private"),
        ((), "private"),
    ],
)
def test_a_clip_is_never_more_open_than_its_source(workspace, policies, usual):
    assert clips.policy(put(workspace, policies=policies)) == usual


@pytest.mark.parametrize(("status", "words"), [("processing", "once it is ready"), ("failed", "no media here")])
def test_what_cannot_be_cut_says_why(workspace, status, words):
    assert words in clips.card(put(workspace, status=status)).blocked
