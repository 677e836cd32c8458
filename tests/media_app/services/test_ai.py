from datetime import timedelta

import pytest
from django.utils import timezone

from events_app import backlog, replay
from fastpix_api import FastPix, Refused
from media_app.models import Track
from media_app.services import ai
from tests.media_app.moored import bring, look, moor, until
from tests.media_app.shelf import put
from tests.media_app.test_projections import heard
from workspace_app import timeline
from workspace_app.models import TimelineEntry


@pytest.fixture
def harbor(workspace, sandbox):
    yield moor(workspace, sandbox)
    sandbox.switch(api="up")


def part(media, feature):
    return next(one for one in ai.parts(media) if one.feature == feature)


def asked(media, feature, *, ago=timedelta()):
    timeline.record(
        media.workspace, "media", media.remote_id, "ai_asked", source="person",
        details={"feature": feature}, occurred_at=timezone.now() - ago,
    )  # fmt: skip


def failed_event(media, word="summary", number=1, **data):
    return {
        "type": f"video.mediaAI.{word}.failed",
        "object": {"type": "media", "id": media.remote_id},
        "id": f"ai-{number}",
        "data": data,
        "createdAt": timezone.now().isoformat(),
    }


@pytest.fixture
def film(workspace):
    media = put(workspace)
    Track.objects.create(media=media, remote_id="sound", type="audio", status="available")
    return media


def test_what_was_asked_for_is_awaited_until_it_is_there(harbor, sandbox, editor):
    media = bring(harbor, sandbox)
    assert {one.state for one in ai.parts(media)} == {"none"}
    ai.ask(media, "summary", by=editor.user, length=30)
    media.refresh_from_db()
    waiting = part(media, "summary")
    assert (waiting.state, waiting.asked_by) == ("waiting", str(editor.user))
    media = until(harbor, media, lambda row: row.extra["summary"]["status"] == "ready")
    assert part(media, "summary").state == "ready"
    assert ai.card(media).summary


def test_a_second_asking_gives_the_first_result_up(harbor, sandbox, editor):
    media = bring(harbor, sandbox)
    ai.ask(media, "chapters", by=editor.user)
    media = until(harbor, media, lambda row: row.extra["chapters"]["status"] == "ready")
    ai.ask(media, "chapters", by=editor.user)
    media.refresh_from_db()
    assert part(media, "chapters").state == "waiting"
    assert ai.card(media).chapters == []


class Stubborn:
    """A FastPix that switches a feature off and then does not want to any more."""

    def __init__(self, client):
        self.media, self.ai = client.media, self
        self._inner = client.ai

    def update_chapters(self, media_id, *, chapters):
        if chapters:
            raise Refused(status=400, said="Not today")
        return self._inner.update_chapters(media_id, chapters=False)


def test_a_result_that_was_given_up_for_nothing_is_not_shown_any_more(harbor, sandbox, editor):
    media = bring(harbor, sandbox)
    client = FastPix(harbor.token_id, harbor.secret_key, base_url=harbor.api_url)
    ai.ask(media, "chapters", by=editor.user)
    media = until(harbor, media, lambda row: row.extra["chapters"]["status"] == "ready")
    with pytest.raises(Refused):
        ai.ask(media, "chapters", by=editor.user, client=Stubborn(client))
    media.refresh_from_db()
    assert part(media, "chapters").state == "none"


def test_asking_is_remembered_where_fastpix_says_nothing_of_it(film):
    asked(film, "summary", ago=timedelta(seconds=12))
    assert part(film, "summary").state == "waiting"
    assert part(film, "chapters").state == "none"


def test_when_nothing_ever_comes_the_page_says_so(film):
    asked(film, "summary", ago=ai.PATIENCE + timedelta(seconds=5))
    assert part(film, "summary").state == "late"
    film.duration_ms = 3_600_000  # an hour of film may take an hour
    assert part(film, "summary").state == "waiting"


def test_a_result_that_came_and_went_is_not_awaited_again(film):
    asked(film, "summary")
    told = {"values": {"summary": [None, '{"status": "ready"}']}, "fields": ["summary"]}
    timeline.record(film.workspace, "media", film.remote_id, "updated", source="poll", details=told)
    assert part(film, "summary").state == "none"


@pytest.mark.parametrize(("word", "feature"), [("summary", "summary"), ("named-entities", "namedEntities")])
def test_a_failure_is_told_with_its_reason_and_ends_with_the_next_asking(film, word, feature):
    asked(film, feature, ago=timedelta(minutes=1))
    heard(film.workspace, failed_event(film, word, failedReason="No speech was found."))
    failed = part(film, feature)
    assert (failed.state, failed.reason) == ("failed", "No speech was found.")
    asked(film, feature)
    assert part(film, feature).state == "waiting"


def test_a_failure_that_is_heard_twice_is_told_once(film):
    row = heard(film.workspace, failed_event(film, failedReason="No speech was found."))
    replay.one(row)
    backlog.project(film.workspace.pk)
    assert TimelineEntry.objects.filter(verb="ai_failed").count() == 1


def test_what_fastpix_cannot_do_is_said_before_it_is_asked(workspace, film):
    silent, early, broken = put(workspace), put(workspace, status="processing"), put(workspace, status="failed")
    assert "no audio" in part(silent, "summary").blocked
    assert part(silent, "moderation").blocked == ""
    assert ai.kinds(silent) == ["video"]
    assert "once it is ready" in part(early, "moderation").blocked
    assert "no media here" in part(broken, "summary").blocked
    assert {one.blocked for one in ai.parts(film)} == {""}
    assert ai.kinds(film) == ["av", "video", "audio"]


def test_a_media_is_moderated_once(film):
    film.extra = {"moderation": {"status": "ready", "data": []}}
    assert "once" in part(film, "moderation").blocked
    film.extra = {"moderation": {"status": "failed"}}
    assert part(film, "moderation").blocked == ""


def test_a_result_that_was_asked_for_elsewhere_is_shown_too(film):
    film.extra = {"summary": {"status": "preparing"}, "chapters": {"status": "available", "data": []}}
    assert (part(film, "summary").state, part(film, "summary").asked_at) == ("waiting", None)
    assert part(film, "chapters").state == "ready"


def test_the_row_follows_the_sandbox(harbor, sandbox):
    media = bring(harbor, sandbox)
    assert look(harbor, media.remote_id).status == "ready"
