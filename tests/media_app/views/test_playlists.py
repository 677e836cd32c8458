"""Playlists as a person meets them, against a real sandbox."""

import itertools

import pytest

from tests.contract import shared
from tests.media_app import playlist_lives as lives
from tests.media_app.playlist_lives import HTMX, address, films, get, held, playlist, post, text
from tests.media_app.shelf import put
from tests.people import make_client
from tests.told_fastpix import fastpix  # noqa: F401 - a fixture
from workspace_app import signing_keys
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry

HOSTILE = """<img src=x onerror=alert(1)></script>"'{{7*7}}"""
JANUARY = {"kind": "smart", "created_from": "2026-01-01", "created_to": "2026-01-31"}
NOBODYS = "00000000-0000-4000-8000-00000000dead"
_number = itertools.count()


@pytest.fixture
def harbor(db, sandbox):
    yield from lives.on(sandbox)


@pytest.fixture
def editor(harbor):
    return make_client("editor@example.com", harbor, "editor")


@pytest.fixture
def viewer(harbor):
    return make_client("viewer@example.com", harbor, "viewer")


def new(**fields):
    """What a filled-in form posts; the reference ID is one that no other test took."""
    return {"kind": "manual", "name": "Evening", "reference_id": f"story-{next(_number)}", "description": ""} | fields


def made(answer):
    """The id of the playlist whose page an answer leads to."""
    assert answer.status_code == 200, text(answer)
    return answer["HX-Redirect"].rstrip("/").rpartition("/")[2]


def test_the_list_opens_without_asking_and_then_shows_what_fastpix_has(viewer, harbor, sandbox):
    playlist(harbor, *films(harbor, sandbox, "one", "two"), name="Night shift")
    sandbox.switch(api="down")
    page = viewer.get(address("playlist_list", viewer))
    assert page.status_code == 200
    assert 'data-hx-trigger="load"' in text(page)
    sandbox.switch(api="up")
    rows = text(get(viewer, "playlist_list"))
    assert "Night shift" in rows
    assert "Manual" in rows
    assert "2 media" in rows


def test_fastpix_being_down_is_one_sentence_where_the_rows_would_be(viewer, sandbox):
    sandbox.switch(api="down")
    answer = get(viewer, "playlist_list")
    assert answer.status_code == 502
    assert "Try again" in text(answer)


def test_a_search_looks_at_names_and_reference_ids(viewer, harbor):
    playlist(harbor, name="Morning run", reference="joggers-7")
    playlist(harbor, name="Something else", reference="else-7")
    for words in ("MORNING run", "joggers"):
        found = text(get(viewer, "playlist_list", q=words))
        assert "Morning run" in found
        assert "Something else" not in found
    assert "Nothing matches" in text(get(viewer, "playlist_list", q="no such playlist"))


def test_a_manual_playlist_is_created_empty_and_told(editor, harbor):
    name = made(post(editor, "playlist_create", **new(name="Coffee", description="quiet", limit="20")))
    at_fastpix = client_for(harbor).playlists.get(name).data
    assert (at_fastpix["name"], at_fastpix["type"], at_fastpix["description"]) == ("Coffee", "manual", "quiet")
    assert at_fastpix["mediaList"] == []
    entry = TimelineEntry.objects.get(area="playlist", object_id=name)
    assert (entry.verb, entry.actor) == ("playlist_created", editor.user)


def test_a_reference_id_that_is_taken_comes_back_beside_its_field(editor, harbor):
    playlist(harbor, name="First", reference="taken-once")
    answer = post(editor, "playlist_create", **new(reference_id="taken-once"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["reference_id"] == ["FastPix already has a playlist with this reference ID."]
    assert 'value="taken-once"' in text(answer)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"reference_id": " "}, "reference_id"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"kind": "smart", "created_to": "2026-01-31"}, "created_from"),
        ({"kind": "smart", "created_from": "2026-02-01", "created_to": "2026-01-31"}, "created_to"),
        (JANUARY | {"updated_from": "2026-01-01"}, "updated_to"),
        ({"kind": "smart", "created_from": "31.1.26?", "created_to": "2026-01-31"}, "created_from"),
        ({"name": "n" * 256}, "name"),  # the sandbox's own limit comes back beside the field too
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(editor, fields, field):
    answer = post(editor, "playlist_create", **new(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_smart_playlist_takes_its_rule_along_and_shows_it(editor, harbor, sandbox):
    (film,) = films(harbor, sandbox, "of today")
    day = film.remote_id and client_for(harbor).media.get(film.remote_id).data["createdAt"][:10]
    fields = {"kind": "smart", "created_from": day, "created_to": day, "play_order": "DESC", "limit": "5"}
    name = made(post(editor, "playlist_create", **new(**fields)))
    at_fastpix = client_for(harbor).playlists.get(name).data
    assert at_fastpix["playOrder"] == "createdDate DESC"
    assert at_fastpix["metadata"] == {"createdDate": {"startDate": day, "endDate": day}}
    page = text(get(editor, "playlist_detail", name))
    assert f"{day} to {day}" in page
    assert "Newest first" in page
    assert "nothing can be added, removed or moved by hand" in page
    assert "data-handle" not in page
    assert "data-reorder" not in page


def test_the_preview_shows_what_fits_and_asks_fastpix_nothing(editor, harbor, sandbox):
    sandbox.switch(api="down")
    put(harbor, "fits the day")
    put(harbor, "still being processed", status="processing")
    fields = {"kind": "smart", "created_from": "2026-05-20", "created_to": "2026-05-20", "play_order": "ASC"}
    page = text(get(editor, "playlist_preview", **fields))
    assert "fits the day" in page
    assert "1 media fits" in page
    assert "still being processed" not in page
    assert "Name the first and the last day" in text(get(editor, "playlist_preview"))


@pytest.mark.parametrize("day", ["0001-01-01", "1970-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_that_no_clock_holds_is_refused_at_its_field(editor, harbor, sandbox, day):
    fields = {"kind": "smart", "created_from": day, "created_to": day}
    answer = post(editor, "playlist_create", **new(**fields))
    assert answer.status_code == 422
    assert text(answer).count("Name a day of the years 1971 to 2999.") == 2
    assert "Name the first and the last day" in text(get(editor, "playlist_preview", **fields))


def test_the_page_shows_the_media_in_order_with_our_titles(viewer, harbor, sandbox):
    first, second = films(harbor, sandbox, "Zebra", "Aardvark")
    name = playlist(harbor, first, second, name="Animals")
    page = text(get(viewer, "playlist_detail", name))
    assert page.index("Zebra") < page.index("Aardvark")
    assert '<span id="playlist-name" data-hx-swap-oob="true">Animals</span>' in page
    assert "API answer" in page
    for absent in ("data-handle", "Add media…", "/delete/", "data-move"):
        assert absent not in page


def test_what_cannot_play_says_why(viewer, harbor, sandbox):
    gone, private, drm, unknown = films(harbor, sandbox, "gone film", "locked film", "drm film", "unknown film")
    name = playlist(harbor, gone, private, drm, unknown)
    type(gone).objects.filter(pk=gone.pk).update(gone=True)
    private.playback_ids.update(access_policy="private")
    drm.playback_ids.update(access_policy="drm")
    unknown.delete()
    for page in (text(get(viewer, "playlist_detail", name)), text(get(viewer, "playlist_play", name))):
        for reason in ("Deleted at FastPix.", "keeps no signing key", "DRM plays only in", "does not hold it yet"):
            assert reason in page
    assert "Nothing in it plays here" in text(get(viewer, "playlist_play", name))


def test_the_play_page_loads_the_first_that_plays(viewer, harbor, sandbox):
    gone, private, public = films(harbor, sandbox, "gone film", "locked film", "open film")
    name = playlist(harbor, gone, private, public)
    type(gone).objects.filter(pk=gone.pk).update(gone=True)
    private.playback_ids.update(access_policy="private")
    signing_keys.create(harbor, by=viewer.user, keep=True)
    page = get(viewer, "playlist_play", name)
    assert page.context["first"].title == "locked film"
    token = address("media_token", viewer, private.remote_id)
    assert text(page).count(f'data-token-url="{token}"') == 2  # the screen's and the list's
    assert text(page).count('aria-current="true"') == 1


def test_an_edit_changes_name_and_description_at_fastpix(editor, harbor):
    name = playlist(harbor, name="Before", reference="edit-me", description="old words")
    dialog = text(get(editor, "playlist_edit", name))
    assert 'value="Before"' in dialog
    assert "old words" in dialog
    page = post(editor, "playlist_edit", name, name="After", description="")
    assert page.status_code == 200
    assert "After" in text(page)
    assert "dialog:close" in page["HX-Trigger"]
    at_fastpix = client_for(harbor).playlists.get(name).data
    assert (at_fastpix["name"], at_fastpix["description"]) == ("After", "")


def test_a_name_that_is_refused_comes_back_into_the_dialog(editor, harbor):
    name = playlist(harbor, name="Before", reference="edit-me-not")
    for words in ("", "n" * 256):
        answer = post(editor, "playlist_edit", name, name=words)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
        assert list(answer.context["form"].errors) == ["name"]
    assert client_for(harbor).playlists.get(name).data["name"] == "Before"


def test_deleting_names_the_consequence_and_leaves_the_media(editor, harbor, sandbox):
    media = films(harbor, sandbox, "kept one", "kept two")
    name = playlist(harbor, *media, name="Short-lived", reference="gone-soon")
    dialog = text(get(editor, "playlist_delete", name))
    for words in ("Delete the playlist “Short-lived”?", "gets a 404", "The 2 media in it stay"):
        assert words in dialog
    assert post(editor, "playlist_delete", name)["HX-Redirect"] == address("playlist_list", editor)
    gone = get(editor, "playlist_detail", name)
    assert gone.status_code == 502
    assert "may have been deleted" in text(gone)
    assert client_for(harbor).media.get(media[0].remote_id).data["status"] == "Ready"
    assert TimelineEntry.objects.get(area="playlist", verb="playlist_deleted").object_id == name


@pytest.mark.parametrize("verb", ["playlist_create", "playlist_edit", "playlist_delete"])
def test_a_viewer_may_only_look(viewer, harbor, verb):
    ids = [] if verb == "playlist_create" else [NOBODYS]
    assert get(viewer, verb, *ids).status_code == 403
    assert post(viewer, verb, *ids, name="x").status_code == 403


def test_hostile_words_stay_words(editor, harbor, sandbox):
    """RELIABILITY 48: what others wrote is text."""
    (film,) = films(harbor, sandbox, HOSTILE)
    name = playlist(harbor, film, name=HOSTILE, reference=HOSTILE, description=HOSTILE)
    for page in ("playlist_detail", "playlist_play", "playlist_edit", "playlist_delete"):
        body = get(editor, page, name).content.decode()
        assert "<img src=x" not in body
        assert "</script>" not in body
    assert "<img src=x" not in get(editor, "playlist_list").content.decode()


def test_another_workspace_s_members_find_nothing(harbor, stranger):
    name = playlist(harbor, name="Ours", reference="ours-alone")
    stranger.slug = harbor.slug
    for page in ("playlist_detail", "playlist_play"):
        assert get(stranger, page, name).status_code == 404
    assert stranger.get(address("playlist_list", stranger)).status_code == 404


@shared.needed
@pytest.mark.parametrize("recorded", ["add-media-to-playlist", "create-a-playlist", "get-all-playlists"])
def test_what_was_recorded_is_shown(workspace, fastpix, recorded):  # noqa: F811
    fastpix.says((shared.FASTPIX / "recorded" / f"{recorded}.json").read_bytes())
    person = make_client("editor@example.org", workspace, "editor")
    page = get(person, "playlist_list") if recorded == "get-all-playlists" else get(person, "playlist_detail", NOBODYS)
    assert page.status_code == 200
    expected = {
        "add-media-to-playlist": "Not in this library",
        "create-a-playlist": "No media in it yet",
        "get-all-playlists": "nonGetValidatorPlaylist",
    }
    assert expected[recorded] in text(page)


def test_the_page_of_a_playlist_opens_while_fastpix_is_silent(viewer, sandbox):
    sandbox.switch(api="down")
    assert viewer.get(address("playlist_detail", viewer, NOBODYS)).status_code == 200
    answer = viewer.get(address("playlist_detail", viewer, NOBODYS), headers=HTMX)
    assert answer.status_code == 502


def test_a_deleted_media_leaves_the_playlist_at_fastpix(viewer, harbor, sandbox):
    kept, doomed = films(harbor, sandbox, "kept film", "doomed film")
    name = playlist(harbor, kept, doomed)
    client_for(harbor).media.delete(doomed.remote_id)
    assert held(harbor, name) == [kept.remote_id]
    assert "doomed film" not in text(get(viewer, "playlist_detail", name))
