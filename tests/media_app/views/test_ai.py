import pytest
from django.urls import reverse

from media_app.models import Track
from tests.media_app.moored import bring, moor, refusing, until
from tests.media_app.shelf import put
from workspace_app import timeline
from workspace_app.models import TimelineEntry

HTMX = {"HX-Request": "true"}
CHAPTERS = {"chapters": [{"startTime": "00:00:00", "endTime": "00:00:04", "title": "Opening"}]}


@pytest.fixture
def film(workspace):
    media = put(workspace, extra={"chapters": {"status": "ready", "data": CHAPTERS}})
    Track.objects.create(media=media, remote_id="sound", type="audio", status="available")
    return media


def url(name, client, media, *more):
    return reverse(f"media:{name}", args=[client.slug, media.remote_id, *more])


def test_a_summary_asked_for_here_is_awaited_and_then_shown(editor, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    answer = editor.post(url("ai_ask", editor, media, "summary"), {"summary_length": "60"}, headers=HTMX)
    body = answer.content.decode()
    assert body.lstrip().startswith('<section class="card" id="ai"')
    assert "waiting for FastPix" in body
    assert "by Editor" in body
    assert "FastPix took the order" in answer["HX-Trigger"]
    until(workspace, media, lambda row: row.extra["summary"]["status"] == "ready")
    page = editor.get(url("media_detail", editor, media)).content.decode()
    assert "and keeps to one subject" in page
    assert "waiting for FastPix" not in page


def test_the_asking_survives_a_reload_and_names_who_asked(viewer, film, editor):
    timeline.record(
        film.workspace, "media", film.remote_id, "ai_asked", source="person", by=editor.user,
        details={"feature": "summary"},
    )  # fmt: skip
    page = viewer.get(url("media_detail", viewer, film)).content.decode()
    assert "waiting for FastPix" in page
    assert 'data-hx-trigger="every 60s"' in page
    assert "by Editor" in page


@pytest.mark.parametrize(
    ("length", "words"), [("29", "greater than or equal to 30"), ("251", "less than or equal to 250"), ("", "required")]
)
def test_a_length_fastpix_does_not_make_is_refused_beside_its_field(editor, film, length, words):
    answer = editor.post(url("ai_ask", editor, film, "summary"), {"summary_length": length}, headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dialog"
    assert words in answer.content.decode()
    assert not TimelineEntry.objects.filter(verb="ai_asked").exists()


def test_what_fastpix_refuses_by_field_comes_back_into_the_form(editor, film, workspace):
    with refusing(workspace, {"moderation.type": "must be one of video, audio, av"}):
        answer = editor.post(url("ai_ask", editor, film, "moderation"), {"type": "av"}, headers=HTMX)
    assert answer.status_code == 422
    assert "must be one of video, audio, av" in answer.content.decode()


def test_an_answer_names_no_other_place_than_the_one_it_was_asked_for(editor, film):
    asked = editor.get(url("ai_ask", editor, film, "summary"), headers=HTMX | {"HX-Target": "dialog"})
    assert "HX-Retarget" not in asked
    sent = editor.post(url("ai_ask", editor, film, "summary"), headers=HTMX | {"HX-Target": "dialog-error"})
    assert sent["HX-Retarget"] == "#dialog"


def test_a_silent_fastpix_is_said_and_nothing_counts_as_asked(editor, film):
    answer = editor.post(url("ai_ask", editor, film, "namedEntities"), headers=HTMX)
    assert answer.status_code == 502
    assert not TimelineEntry.objects.filter(verb="ai_asked").exists()


def test_the_dialog_names_what_asking_again_gives_up(editor, film):
    body = editor.get(url("ai_ask", editor, film, "chapters"), headers=HTMX).content.decode()
    assert "gives up the result it holds" in body
    assert "Keep this result" in body
    first = editor.get(url("ai_ask", editor, film, "summary"), headers=HTMX).content.decode()
    assert "gives up" not in first
    assert 'name="summary_length"' in first


def test_what_cannot_be_asked_for_says_why_and_is_refused_when_sent_all_the_same(editor, workspace):
    early = put(workspace, status="processing")
    page = editor.get(url("media_detail", editor, early)).content.decode()
    assert page.count("FastPix looks into a media once it is ready.") >= 4
    answer = editor.post(url("ai_ask", editor, early, "chapters"), headers=HTMX)
    assert answer.status_code == 422
    assert "FastPix looks into a media once it is ready." in answer.content.decode()


def test_chapters_seek_the_player_and_can_be_copied_and_downloaded(viewer, film):
    page = viewer.get(url("media_detail", viewer, film)).content.decode()
    assert 'data-seek="0.000"' in page
    assert 'data-copy-from="#chapters-vtt"' in page
    file = viewer.get(url("ai_chapters_vtt", viewer, film))
    assert file["Content-Type"] == "text/vtt; charset=utf-8"
    assert "attachment" in file["Content-Disposition"]
    assert file.content.decode() == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:10.000\nOpening\n"


def test_without_chapters_there_is_no_file(viewer, workspace):
    assert viewer.get(url("ai_chapters_vtt", viewer, put(workspace))).status_code == 404


def test_scores_are_told_in_words_and_signs(viewer, workspace):
    scores = [{"category": "Violence", "score": 0.04}, {"category": "Nudity", "score": 0.93}]
    media = put(workspace, extra={"moderation": {"status": "ready", "data": scores}})
    body = viewer.get(url("ai_card", viewer, media)).content.decode()
    for words in ("1 category to look at", "Very likely", "Very unlikely", "0.93"):
        assert words in body
    calm = put(workspace, extra={"moderation": {"status": "ready", "data": scores[:1]}})
    assert "Nothing flagged" in viewer.get(url("ai_card", viewer, calm)).content.decode()


def test_a_shape_nobody_knows_is_shown_as_it_came(viewer, workspace):
    media = put(workspace, extra={"namedEntities": {"status": "ready", "data": {"PERSON": ["<b>Ana"]}}})
    body = viewer.get(url("ai_card", viewer, media)).content.decode()
    assert "shown as it came" in body
    assert "&lt;b&gt;Ana" in body


def test_a_viewer_sees_results_but_may_not_ask(viewer, film):
    page = viewer.get(url("media_detail", viewer, film)).content.decode()
    assert "Opening" in page
    assert "/ask/" not in page
    assert viewer.post(url("ai_ask", viewer, film, "summary"), {"summary_length": "60"}).status_code == 403


def test_a_feature_nobody_has_and_a_media_of_others_are_not_there(editor, film, stranger):
    theirs = put(stranger.user.memberships.get().workspace)
    assert editor.post(url("ai_ask", editor, film, "poems")).status_code == 404
    assert editor.post(url("ai_ask", editor, theirs, "summary")).status_code == 404
    assert editor.get(url("ai_card", editor, theirs)).status_code == 404
