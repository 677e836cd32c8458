import re
from html import unescape

import pytest
from django.urls import reverse

from media_app import reconcile
from media_app.models import Track
from tests.media_app.shelf import put
from tests.sandbox.box import until
from workspace_app.models import TimelineEntry

HTMX = {"HX-Request": "true"}
NOWHERE = "http://127.0.0.1:9/none.vtt"
GERMAN = {"kind": "subtitle", "url": NOWHERE, "language": "de", "name": ""}


def at(client, film, act, track_id=None):
    return reverse(f"media:track_{act}", args=[client.slug, film.remote_id, *([track_id] if track_id else [])])


def page(client, film):
    address = reverse("media:media_detail", args=[client.slug, film.remote_id])
    return unescape(client.get(address).content.decode())


def card(client, film):
    return page(client, film).partition('id="tracks"')[2].partition("</section>")[0]


def sound(film):
    return Track.objects.get(media__remote_id=film.remote_id, type="audio", language_code="und")


def added(film):
    """The one track that is not of the file."""
    return Track.objects.exclude(language_code__in=("und", "")).get(media__remote_id=film.remote_id)


def give(client, film, **changes):
    return client.post(at(client, film, "add"), GERMAN | changes, headers=HTMX)


def settle(film):
    """The row once FastPix has given up on the track's file, or made it."""

    def looked():
        reconcile.ask(film.row(), client=film.fastpix)
        tracks = list(Track.objects.filter(media__remote_id=film.remote_id))
        return all(track.status in ("available", "failed") for track in tracks)

    until(looked, seconds=20, what="the end of the track's work")


def test_a_track_is_added_and_shown_at_once(film, ada):
    answer = give(ada, film)
    assert answer.status_code == 200
    told = [one for one in film.told()["tracks"] if one.get("languageCode") == "de"]
    assert [(one["type"], one["languageName"]) for one in told] == [("subtitle", "German")]
    assert "Subtitles, German" in answer.content.decode()
    assert 'data-hx-swap-oob="true"' in answer.content.decode()
    assert "FastPix is fetching the track" in answer.headers["HX-Trigger"]
    line = TimelineEntry.objects.get(object_id=film.remote_id, verb="track_added")
    assert line.details["note"] == "Subtitles: German (de)"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": ""}, "FastPix fetches the file itself, so it needs its URL."),
        ({"url": "ftp://example.com/a.vtt"}, "FastPix fetches https:// addresses only."),
        ({"url": "https://user:secret@example.com/a.vtt"}, "Leave out the user name and password"),
        ({"language": ""}, "Choose a language."),
        ({"language": "klingon"}, "Select a valid choice."),
        ({"name": "x" * 300}, "300 characters. FastPix keeps 255 and drops the rest."),
        ({"kind": "video"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_sent(film, ada, changes, told):
    before = film.told()["tracks"]
    answer = give(ada, film, **changes)
    assert answer.status_code == 422
    assert told in unescape(answer.content.decode())
    assert film.told()["tracks"] == before


def test_an_empty_form_comes_back_with_its_errors(film, ada):
    answer = ada.post(at(ada, film, "add"), {}, headers=HTMX)
    assert answer.status_code == 422
    assert "Choose a language." in answer.content.decode()


def test_a_name_that_is_taken_is_refused_beside_the_name(film, ada):
    give(ada, film)
    answer = give(ada, film, language="de-AT", name="German")
    assert answer.status_code == 422
    assert "Another track of this media has this name" in answer.content.decode()
    assert 'value="German"' in answer.content.decode()


def test_the_dialog_offers_languages_by_name_and_code(film, ada):
    body = ada.get(at(ada, film, "add"), headers=HTMX).content.decode()
    assert "Italian · it" in body
    assert "Portuguese (Brazil) · pt-BR" in body


def test_a_track_that_failed_says_why_and_can_be_replaced(film, ada, port):
    give(ada, film)
    settle(film)
    track = added(film)
    assert track.status == "failed"
    assert "FastPix gave no reason." in card(ada, film), "no event came here"
    TimelineEntry.objects.create(
        workspace=port,
        area="media",
        object_id=film.remote_id,
        verb="track_failed",
        source="webhook",
        details={"track": track.remote_id, "reason": "The input file could not be downloaded."},
    )
    assert "The input file could not be downloaded." in card(ada, film)
    assert "There is no file: FastPix could not make it." in card(ada, film)
    body = ada.get(at(ada, film, "replace", track.remote_id), headers=HTMX).content.decode()
    assert '<option value="de" selected>' in body
    again = {"url": "http://127.0.0.1:9/better.vtt", "language": "de", "name": "German, corrected"}
    assert ada.post(at(ada, film, "replace", track.remote_id), again, headers=HTMX).status_code == 200
    assert added(film).remote_id == track.remote_id
    assert added(film).language_name == "German, corrected"
    assert TimelineEntry.objects.filter(verb="track_replaced").exists()


def test_a_track_is_deleted_and_its_consequence_named(film, ada):
    give(ada, film)
    track = added(film)
    body = unescape(ada.get(at(ada, film, "delete", track.remote_id), headers=HTMX).content.decode())
    assert "Delete the subtitles “German”?" in body
    assert "Players no longer offer these subtitles" in body
    answer = ada.post(at(ada, film, "delete", track.remote_id), headers=HTMX)
    assert answer.status_code == 200
    assert "German" not in answer.content.decode().partition('id="tracks"')[2].partition("</section>")[0]
    assert not [one for one in film.told()["tracks"] if one.get("languageCode") == "de"]


def test_a_track_deleted_elsewhere_counts_as_deleted(film, ada):
    give(ada, film)
    track = added(film)
    film.fastpix.tracks.delete(film.remote_id, track.remote_id)
    assert ada.post(at(ada, film, "delete", track.remote_id), headers=HTMX).status_code == 200
    assert not Track.objects.filter(pk=track.pk).exists()


def test_subtitles_are_generated_from_an_audio_track(film, ada):
    body = ada.get(at(ada, film, "generate", sound(film).remote_id), headers=HTMX).content.decode()
    assert "English (United States) · en-US" in body
    assert "Italian · it<" not in body, "only what FastPix writes down"
    answer = ada.post(at(ada, film, "generate", sound(film).remote_id), {"language": "en-US"}, headers=HTMX)
    assert answer.status_code == 200
    assert added(film).language_name == "English (United States)"
    assert "Subtitles asked for" in page(ada, film)


def test_what_cannot_be_done_now_stays_and_says_why(film, ada):
    shown = card(ada, film)
    assert "It came with the file itself. FastPix deletes only tracks that were added." in shown
    give(ada, film)
    Track.objects.filter(pk=added(film).pk).update(status="preparing")
    assert "FastPix is still at work on this track." in card(ada, film)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"status": "processing"}, "FastPix is looking at the file. It takes tracks once the media is ready."),
        ({"status": "failed"}, "FastPix could not process this media, so it takes no tracks."),
        ({"gone": True}, "FastPix no longer has this media."),
    ],
)
def test_a_media_that_takes_no_tracks_says_why(editor, workspace, state, told):
    media = put(workspace, **state)
    body = unescape(editor.get(reverse("media:media_detail", args=[editor.slug, media.remote_id])).content.decode())
    assert re.search(rf'aria-disabled="true" aria-describedby="why-no-track" title="{re.escape(told)}"', body)


def test_subtitles_that_are_ready_can_be_downloaded_by_everyone(viewer, workspace):
    media = put(workspace, "a film")
    Track.objects.create(media=media, remote_id="t-1", type="subtitle", status="available", language_code="de")
    body = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id])).content.decode()
    address = at(viewer, media, "download", "t-1")
    assert f'href="{address}" data-save="a film.de.vtt"' in body
    playback = media.playback_ids.get().remote_id
    assert viewer.get(address)["Location"] == f"{workspace.stream_url}/{playback}/text/t-1.vtt"
    assert viewer.get(at(viewer, media, "download", media.tracks.get(type="video").remote_id)).status_code == 404
    assert "Add track…" not in body


def test_private_subtitles_need_a_key(viewer, workspace):
    media = put(workspace, policies=("private",))
    Track.objects.create(media=media, remote_id="t-1", type="subtitle", status="available", language_code="de")
    body = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id])).content.decode()
    assert "a private one with a signing key here" in body


@pytest.mark.parametrize("act", ["add", "replace", "delete", "generate"])
def test_a_viewer_may_not_touch_tracks(viewer, workspace, act):
    media = put(workspace)
    track = media.tracks.get().remote_id if act != "add" else None
    assert viewer.get(at(viewer, media, act, track)).status_code == 403
    assert viewer.post(at(viewer, media, act, track)).status_code == 403


@pytest.mark.parametrize("act", ["replace", "delete", "generate"])
def test_another_media_s_track_is_not_there(editor, workspace, stranger, act):
    media, other = put(workspace), put(workspace)
    theirs = put(stranger.user.memberships.get().workspace)
    assert editor.post(at(editor, media, act, other.tracks.get().remote_id)).status_code == 404
    assert editor.post(at(editor, theirs, act, theirs.tracks.get().remote_id)).status_code == 404


def test_silence_is_a_sentence_and_no_line_of_the_timeline(film, ada, sandbox):
    sandbox.switch(api="down")
    try:
        assert give(ada, film).status_code == 502
    finally:
        sandbox.switch(api="up")
    assert not TimelineEntry.objects.filter(verb="track_added").exists()


def test_a_dialog_of_a_track_that_somebody_else_deleted_says_so(editor, workspace):
    media = put(workspace)
    address = at(editor, media, "delete", media.tracks.get().remote_id)
    media.tracks.all().delete()
    answer = editor.post(address, headers=HTMX)
    assert answer.status_code == 404
    assert "may have been deleted meanwhile" in answer.content.decode()
    assert "Nothing is here" in editor.post(address).content.decode(), "a page of its own says more"
