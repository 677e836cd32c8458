import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fastpix_api import Unreachable
from media_app.services import metadata
from tests.fastpix_api.sockets import answer
from tests.media_app.shelf import put
from tests.told_fastpix import fastpix  # noqa: F401 - a fixture
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry

BASE = {"title": "Harbour", "creatorId": "desk", "metadata.project": "reef", "metadata.licence": "CC BY"}
NAMES = st.sampled_from(["title", "creatorId", "metadata.a", "metadata.b"])
FIELDS = st.dictionaries(NAMES, st.sampled_from(["one", "two", "three"]))


def test_what_nobody_touched_stays_as_it_is_now():
    now = BASE | {"title": "Harbour at night"}
    merged = metadata.merge(BASE, BASE | {"metadata.project": "atoll"}, now)
    assert merged.fields == now | {"metadata.project": "atoll"}
    assert merged.conflicts == ()
    assert [(one.name, one.before, one.after) for one in merged.theirs] == [("title", "Harbour", "Harbour at night")]


def test_the_same_field_changed_in_two_ways_is_a_conflict():
    merged = metadata.merge(BASE, BASE | {"title": "mine"}, BASE | {"title": "theirs"})
    assert [(one.name, one.before, one.after) for one in merged.conflicts] == [("title", "theirs", "mine")]


def test_a_pair_taken_out_here_and_changed_there_is_a_conflict():
    mine = {name: value for name, value in BASE.items() if name != "metadata.project"}
    merged = metadata.merge(BASE, mine, BASE | {"metadata.project": "atoll"})
    assert [(one.label, one.before, one.after) for one in merged.conflicts] == [("project", "atoll", None)]


def test_two_who_wish_the_same_are_of_one_mind():
    same = BASE | {"title": "Quay"}
    merged = metadata.merge(BASE, same, same)
    assert (merged.conflicts, merged.theirs, merged.fields) == ((), (), same)


@given(FIELDS, FIELDS, FIELDS)
def test_a_merge_keeps_every_wish_and_loses_nothing_of_others(base, wished, now):
    merged = metadata.merge(base, wished, now)
    asked = {one.name for one in merged.conflicts}
    for name in {*base, *wished, *now}:
        was, wish, held, result = (side.get(name) for side in (base, wished, now, merged.fields))
        if name in asked:
            assert wish != was != held != wish
        assert result == (wish if wish != was else held)


def test_only_what_differs_is_sent_and_metadata_always_whole(film, ada):
    film.elsewhere(title="Harbour", metadata={"project": "reef", "licence": "CC BY"}, creator_id="desk")
    media, now = film.row(), metadata.fields_of(film.told())
    saved = metadata.write(media, now=now, fields=now | {"metadata.project": "atoll"}, by=ada.user, client=film.fastpix)
    assert saved.unkept == ()
    assert film.told()["metadata"] == {"project": "atoll", "licence": "CC BY"}
    assert (film.told()["title"], film.told()["creatorId"]) == ("Harbour", "desk")
    line = TimelineEntry.objects.get(object_id=media.remote_id, verb="edited")
    assert line.details["edited"] == {"metadata.project": ["reef", "atoll"]}
    assert [(one.before, one.after) for one in metadata.changes_of(line)] == [("reef", "atoll")]


def _patched(fastpix, held):  # noqa: F811
    """FastPix answers every PATCH with `held`; returns what it was sent."""
    sent = []

    def act(connection, _nth):
        sent.append(json.loads(connection.body))
        answer(connection, body=json.dumps({"success": True, "data": held}).encode())

    fastpix.does(act)
    return sent


def test_values_that_are_no_text_go_back_as_they_came(fastpix, workspace, editor):  # noqa: F811
    """Documented: strings only. What else is there is not ours to change."""
    media, held = put(workspace), {"title": "a", "metadata": {"takes": 3, "tags": ["x"]}}
    sent = _patched(fastpix, {**held, "metadata": held["metadata"] | {"show": "reef"}})
    now = metadata.fields_of(held)
    wished = now | {"metadata.show": "reef"}
    metadata.write(media, now=now, fields=wished, by=editor.user, client=client_for(workspace))
    assert sent == [{"metadata": {"takes": 3, "tags": ["x"], "show": "reef"}}]


def test_what_fastpix_makes_of_it_is_compared_with_what_it_was_told(fastpix, workspace, editor):  # noqa: F811
    """Recorded: a PATCH without creatorId came back with another one."""
    media, now = put(workspace), {"title": "a", "creatorId": "desk"}
    _patched(fastpix, {"title": "b", "creatorId": "8fa85f64"})
    saved = metadata.write(media, now=now, fields=now | {"title": "b"}, by=editor.user, client=client_for(workspace))
    assert [(one.name, one.before, one.after) for one in saved.unkept] == [("creatorId", "desk", "8fa85f64")]
    media.refresh_from_db()
    assert media.creator_id == "8fa85f64"


def test_an_answer_that_got_lost_leaves_the_row_and_the_timeline_alone(film, ada, sandbox):
    now = metadata.fields_of(film.told())
    before = film.row().title
    sandbox.switch(api="torn")
    try:
        with pytest.raises(Unreachable):
            metadata.write(film.row(), now=now, fields={"title": "b"}, by=ada.user, client=film.fastpix)
    finally:
        sandbox.switch(api="up")
    assert film.row().title == before
    assert not TimelineEntry.objects.filter(verb="edited").exists()


def test_who_changed_something_meanwhile_is_named(film, ada, ben):
    since = timezone.now() - timedelta(seconds=5)
    now = metadata.fields_of(film.told())
    after = now | {"title": "by ben"}
    metadata.write(film.row(), now=now, fields=after, by=ben.user, client=film.fastpix)
    (title,) = metadata.named(metadata.differences(now, after), film.row(), since)
    assert (title.label, title.who) == ("Title", str(ben.user))


def test_a_deletion_elsewhere_is_found_by_reading(film, ada):
    film.fastpix.media.delete(film.remote_id)
    with pytest.raises(metadata.Deleted):
        metadata.read(film.row(), film.fastpix)
    assert film.row().gone
