"""Ordering acts on many media: the dialogs, their numbers, refusals and rights."""

import uuid

import pytest
from django.urls import reverse

from media_app.models import BulkJob, Track
from media_app.services import bulk
from tests.media_app import shelf
from tests.people import make_workspace

HTMX = {"HX-Request": "true"}


def at(client, name):
    return reverse(f"media:{name}", args=[client.slug])


def ids(*media):
    return ",".join(one.remote_id for one in media)


def asks(client, name, *media, **form):
    return client.post(at(client, name), {"ids": ids(*media), **form}, headers=HTMX)


def orders(client, name, *media, **form):
    return asks(client, name, *media, job=str(uuid.uuid4()), **form)


@pytest.fixture
def three(workspace):
    return [shelf.put(workspace, f"film {number}", policies=("public", "private")) for number in range(3)]


def test_the_library_has_a_checkbox_for_each_row_and_the_page(editor, three):
    page = editor.get(at(editor, "media_list")).content.decode()
    assert page.count("data-pick ") == 3
    assert page.count("data-pick-page") == 1
    assert 'aria-label="Select film 1"' in page
    assert 'role="toolbar"' in page


def test_a_viewer_has_none_and_no_bar(viewer, three):
    page = viewer.get(at(viewer, "media_list")).content.decode()
    assert "data-pick" not in page
    assert 'role="toolbar"' not in page


def test_the_dialog_names_what_stops_working_in_numbers_and_orders_nothing(editor, three):
    Track.objects.create(media=three[0], remote_id="more", type="subtitle")
    page = asks(editor, "bulk_delete", *three)
    text = page.content.decode()
    assert page.status_code == 200
    assert page["HX-Retarget"] == "#dialog"
    assert "Delete 3 media?" in text
    assert "6 playback IDs stop working wherever they are embedded." in text
    assert "The files and 4 tracks are removed, subtitles too." in text
    assert not BulkJob.objects.exists()


def test_media_that_are_gone_or_of_others_are_counted_as_gone(editor, three):
    three[0].gone = True
    three[0].save()
    foreign = shelf.put(make_workspace("other"), "not ours")
    text = asks(editor, "bulk_delete", *three, foreign).content.decode()
    assert "Delete 2 media?" in text
    assert "2 that were selected are gone already." in text
    assert "not ours" not in text


def test_an_order_becomes_a_job_of_exactly_these_and_the_library_tells_of_it(editor, three):
    page = orders(editor, "bulk_delete", *three[:2])
    job = BulkJob.objects.get()
    assert page.status_code == 200
    assert 'id="job-progress"' in page.content.decode()
    assert "0 of 2 done" in page.content.decode()
    assert "bulk:ordered" in page["HX-Trigger"]
    assert (job.kind, job.created_by, job.state) == ("delete", editor.user, "waiting")
    assert set(job.items.values_list("remote_id", flat=True)) == {one.remote_id for one in three[:2]}
    assert "0 of 2 done" in editor.get(at(editor, "media_list")).content.decode()


def test_a_form_that_is_sent_twice_is_one_order(editor, three):
    name = str(uuid.uuid4())
    for _ in range(2):
        assert asks(editor, "bulk_delete", *three, job=name).status_code == 200
    assert BulkJob.objects.get().items.count() == 3


def test_the_name_of_a_job_elsewhere_is_not_answered_with_that_job(editor, three):
    foreign = BulkJob.objects.create(workspace=make_workspace("other"), kind="delete", created_by_name="Eve")
    page = asks(editor, "bulk_delete", *three, job=str(foreign.public_id))
    assert page.status_code == 422
    assert BulkJob.objects.count() == 1


def test_nothing_selected_is_refused_in_the_dialog(editor, three):
    page = orders(editor, "bulk_delete")
    assert page.status_code == 422
    assert page["HX-Retarget"] == "#dialog"
    assert "No media is selected." in page.content.decode()


def test_media_that_are_all_gone_are_refused_in_the_dialog(editor, three):
    for one in three:
        one.gone = True
        one.save()
    page = orders(editor, "bulk_delete", *three)
    assert page.status_code == 422
    assert "FastPix no longer has any of these media." in page.content.decode()


def test_more_than_a_job_may_have_is_refused_with_the_number(editor, three, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 2)
    page = orders(editor, "bulk_delete", *three)
    assert page.status_code == 422
    assert "More than 2 media are selected." in page.content.decode()


def test_an_edit_is_kept_as_pairs_keys_and_creator(editor, three):
    form = {"put": "show = Harbour = news\n\nseason=2", "remove": "draft\nold key\n", "creator": "desk-4"}
    assert orders(editor, "bulk_edit", *three, **form).status_code == 200
    assert BulkJob.objects.get().change == {
        "put": {"show": "Harbour = news", "season": "2"},
        "remove": ["draft", "old key"],
        "creator": "desk-4",
    }


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Nothing to change yet: set a pair, remove a key or give a creator."),
        ({"put": "show"}, "Line 1 is not a pair: write key=value."),
        ({"put": "=x"}, "Line 1 is not a pair: write key=value."),
        ({"put": "a=1\na=2"}, "“a” is set twice."),
        ({"put": "\n".join(f"k{n}=x" for n in range(11))}, "11 pairs. FastPix keeps 10 and drops the rest."),
        ({"put": "a=" + "x" * 256}, "a: 256 characters. FastPix keeps 255 and drops the rest."),
        ({"creator": "x" * 256}, "256 characters. FastPix keeps 255 and drops the rest."),
        ({"put": "a=1", "remove": "a"}, "a is both set and removed."),
    ],
)
def test_an_edit_that_fastpix_would_not_keep_comes_back_with_the_limit(editor, three, form, sentence):
    page = orders(editor, "bulk_edit", *three, **form)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not BulkJob.objects.exists()


def test_a_refused_form_still_holds_what_was_selected_and_typed(editor, three):
    text = orders(editor, "bulk_edit", *three, put="no pair", creator="desk-4").content.decode()
    assert ids(*three) in text
    assert "no pair" in text
    assert "desk-4" in text


@pytest.mark.parametrize("name", ["bulk_delete", "bulk_edit"])
def test_a_viewer_may_order_nothing(viewer, three, name):
    assert orders(viewer, name, *three, put="a=1").status_code == 403
    assert not BulkJob.objects.exists()


def test_all_that_match_are_told_by_their_ids_the_newest_first(viewer, workspace, three):
    shelf.put(workspace, "another")
    answer = viewer.get(at(viewer, "media_ids") + "?q=film").json()
    assert answer == {"ids": [one.remote_id for one in reversed(three)], "more": False}


def test_all_that_match_are_at_most_what_a_job_may_have(viewer, three, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 2)
    answer = viewer.get(at(viewer, "media_ids")).json()
    assert answer == {"ids": [three[2].remote_id, three[1].remote_id], "more": True}


def test_five_thousand_are_ordered_in_one_go(editor, workspace):
    from media_app.models import Media

    rows = [Media(workspace=workspace, remote_id=str(uuid.uuid4()), title=f"m {n}", sort_key=n) for n in range(5000)]
    Media.objects.bulk_create(rows)
    page = orders(editor, "bulk_delete", *rows)
    assert page.status_code == 200
    assert "0 of 5,000 done" in page.content.decode()
    assert BulkJob.objects.get().items.count() == 5000
