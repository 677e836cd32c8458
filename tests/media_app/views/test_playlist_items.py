"""What a person does with the media of a playlist, against a real sandbox."""

import json

import pytest

from tests.media_app import playlist_lives as lives
from tests.media_app.playlist_lives import films, get, held, mark, playlist, post, text
from tests.media_app.shelf import put
from tests.people import make_client
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry

NOBODYS = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def harbor(db, sandbox):
    yield from lives.on(sandbox)


@pytest.fixture
def editor(harbor):
    return make_client("editor@example.com", harbor, "editor")


@pytest.fixture
def viewer(harbor):
    return make_client("viewer@example.com", harbor, "viewer")


def toast(answer):
    return json.loads(answer["HX-Trigger"])["toast"]


def ids(*media):
    return " ".join(one.remote_id for one in media)


@pytest.fixture
def three(harbor, sandbox):
    """A playlist of three, and their rows in order."""
    media = films(harbor, sandbox, "red", "green", "blue")
    return playlist(harbor, *media), media


def test_several_are_added_at_the_end_in_the_order_chosen(editor, harbor, sandbox):
    first, second, third = films(harbor, sandbox, "red", "green", "blue")
    name = playlist(harbor, second)
    answer = post(editor, "playlist_items_add", name, media_id=[third.remote_id, first.remote_id])
    assert held(harbor, name) == [second.remote_id, third.remote_id, first.remote_id]
    assert toast(answer)["text"] == "Added 2 media."
    assert 'id="playlist"' in text(answer)
    entry = TimelineEntry.objects.get(area="playlist", verb="playlist_items_added")
    assert entry.details == {"count": 2}
    assert "2 media added" in text(get(editor, "playlist_detail", name))


def test_pasted_ids_come_after_those_chosen(editor, harbor, sandbox):
    first, second, third = films(harbor, sandbox, "red", "green", "blue")
    name = playlist(harbor, reference="pasted-into")
    pasted = f"{first.remote_id},\n  {third.remote_id} "
    post(editor, "playlist_items_add", name, media_id=[second.remote_id], ids=pasted)
    assert held(harbor, name) == [second.remote_id, first.remote_id, third.remote_id]


def test_what_cannot_come_in_is_left_out_and_told(editor, harbor, three):
    name, (red, *_) = three
    fresh = put(harbor, "half-baked", status="processing")
    (late,) = [put(harbor, "late", remote_id=NOBODYS, gone=True)]
    answer = post(editor, "playlist_items_add", name, media_id=[red.remote_id, fresh.remote_id, late.remote_id])
    words = text(answer)
    assert answer.status_code == 422
    for told in ("only what is Ready: half-baked", NOBODYS, "1 was in it already"):
        assert told in words
    assert answer["HX-Retarget"] == "#dialog-error"


@pytest.mark.parametrize("pasted", ["", "no/id"])
def test_nothing_or_nonsense_asks_fastpix_nothing(editor, sandbox, pasted):
    sandbox.switch(api="down")
    answer = post(editor, "playlist_items_add", NOBODYS, ids=pasted)
    assert answer.status_code == (502 if not pasted else 422)


def test_from_the_library_the_answer_is_a_toast_alone(editor, harbor, sandbox):
    first, second = films(harbor, sandbox, "red", "green")
    name = playlist(harbor, name="From the library", reference="from-library")
    dialog = text(get(editor, "playlist_choose", media_id=[first.remote_id, second.remote_id]))
    many = post(editor, "playlist_choose", ids=f"{first.remote_id},{second.remote_id}")
    assert many.context["media_ids"] == [first.remote_id, second.remote_id]
    assert "Add 2 media to a playlist" in dialog
    assert "From the library" in dialog
    assert "Not a media ID: no/id" in text(post(editor, "playlist_choose", ids="no/id"))
    too_many = post(editor, "playlist_choose", ids=" ".join(map(str, range(1001))))
    assert "1001 media. A playlist holds at most 1000." in text(too_many)
    answer = post(editor, "playlist_items_add", name, ids=first.remote_id, **{"from": "library"})
    assert (answer["HX-Reswap"], answer.content) == ("none", b"")
    assert toast(answer)["text"] == "Added 1 media."
    assert held(harbor, name) == [first.remote_id]


def test_the_search_offers_what_is_ready_and_says_why_not(editor, harbor):
    ready = put(harbor, "ready film")
    put(harbor, "film in work", status="processing")
    put(harbor, "other thing")
    dialog = text(get(editor, "playlist_candidates", NOBODYS))
    assert "Paste media IDs" in dialog
    found = text(get(editor, "playlist_candidates", NOBODYS, q="FILM"))
    assert found.startswith('<div id="candidates">')
    assert f'value="{ready.remote_id}">' in found
    assert found.count("disabled>") == 1
    assert "FastPix takes only what is Ready" in found
    assert "other thing" not in found


def test_removed_media_stay_in_the_library_and_can_come_back_to_their_places(editor, harbor, three):
    name, (red, green, blue) = three
    answer = post(editor, "playlist_items_remove", name, media_id=[red.remote_id, blue.remote_id])
    assert held(harbor, name) == [green.remote_id]
    assert toast(answer) == {"tone": "ok", "text": "Removed 2 media.", "undo": "playlist:undo"}
    since = answer.context["playlist"].mark
    back = post(editor, "playlist_items_restore", name, order=ids(red, green, blue), mark=since)
    assert back.status_code == 200
    assert held(harbor, name) == [red.remote_id, green.remote_id, blue.remote_id]
    assert client_for(harbor).media.get(red.remote_id).data["status"] == "Ready"


def test_what_somebody_else_removed_already_is_no_error(editor, harbor, three):
    name, (red, green, blue) = three
    client_for(harbor).playlists.remove_media(name, [red.remote_id])
    assert post(editor, "playlist_items_remove", name, media_id=[red.remote_id, blue.remote_id]).status_code == 200
    assert held(harbor, name) == [green.remote_id]


def test_a_new_order_is_written_whole(editor, harbor, three):
    name, (red, green, blue) = three
    answer = post(editor, "playlist_items_reorder", name, order=ids(blue, red, green), mark=mark(editor, name))
    assert answer.status_code == 200
    assert held(harbor, name) == [blue.remote_id, red.remote_id, green.remote_id]
    assert TimelineEntry.objects.filter(area="playlist", verb="playlist_reordered").count() == 1


def test_an_order_over_a_change_of_somebody_else_is_not_written_but_told(editor, harbor, sandbox, three):
    name, (red, green, blue) = three
    seen = mark(editor, name)
    (new,) = films(harbor, sandbox, "came meanwhile")
    fastpix = client_for(harbor).playlists
    fastpix.remove_media(name, [green.remote_id])
    fastpix.add_media(name, [new.remote_id])
    answer = post(editor, "playlist_items_reorder", name, order=ids(blue, red, green), mark=seen)
    words = text(answer)
    assert answer.status_code == 422
    assert "changed elsewhere meanwhile, so nothing was done. 1 media left it. 1 media came in." in words
    assert "came meanwhile" in words
    assert held(harbor, name) == [red.remote_id, blue.remote_id, new.remote_id]
    assert not TimelineEntry.objects.filter(area="playlist", verb="playlist_reordered").exists()


def test_an_undo_over_a_change_of_somebody_else_is_not_done(editor, harbor, three):
    name, (red, green, blue) = three
    since = post(editor, "playlist_items_remove", name, media_id=[red.remote_id]).context["playlist"].mark
    client_for(harbor).playlists.reorder(name, [blue.remote_id, green.remote_id])
    answer = post(editor, "playlist_items_restore", name, order=ids(red, green, blue), mark=since)
    assert answer.status_code == 422
    assert held(harbor, name) == [blue.remote_id, green.remote_id]


@pytest.mark.parametrize("act", ["playlist_items_reorder", "playlist_items_restore"])
def test_an_order_that_is_none_is_a_bad_request(editor, harbor, act):
    for data in ({}, {"order": "a/b", "mark": "0" * 16}, {"order": "a", "mark": "x"}):
        assert post(editor, act, NOBODYS, **data).status_code == 400


def test_an_incomplete_order_is_never_sent(editor, harbor, three):
    name, (red, green, blue) = three
    answer = post(editor, "playlist_items_reorder", name, order=ids(blue, red), mark=mark(editor, name))
    assert answer.status_code == 422
    assert held(harbor, name) == [red.remote_id, green.remote_id, blue.remote_id]


def test_fastpix_in_trouble_is_one_sentence(editor, harbor, sandbox, three):
    name, (red, green, blue) = three
    seen = mark(editor, name)
    sandbox.switch(api="down")
    answer = post(editor, "playlist_items_reorder", name, order=ids(blue, red, green), mark=seen)
    assert answer.status_code == 502
    sandbox.switch(api="up")


@pytest.mark.parametrize("act", ["add", "remove", "reorder", "restore"])
def test_a_viewer_changes_nothing(viewer, harbor, three, act):
    name, (red, *_) = three
    before = held(harbor, name)
    answer = post(viewer, f"playlist_items_{act}", name, media_id=red.remote_id, order=red.remote_id, mark="0" * 16)
    assert answer.status_code == 403
    assert held(harbor, name) == before


def test_media_of_another_workspace_cannot_be_added(editor, harbor, stranger):
    theirs = put(stranger.user.memberships.get().workspace, "theirs")
    answer = post(editor, "playlist_items_add", playlist(harbor, reference="not-theirs"), media_id=[theirs.remote_id])
    assert answer.status_code == 422
    assert "theirs" not in text(answer)
