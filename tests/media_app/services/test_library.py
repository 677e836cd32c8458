from django.http import QueryDict

from media_app.models import Media, Upload
from media_app.services import library
from tests.media_app.shelf import put


def _find(workspace, text):
    return [media.title for media in library.find(workspace, library.Query.read(QueryDict(text))).order_by("sort_key")]


def test_every_word_must_be_there_in_any_order_and_case(workspace):
    put(workspace, "Harbour at dawn")
    put(workspace, "Dawn of the machines")
    assert _find(workspace, "q=DAWN+harbour") == ["Harbour at dawn"]


def test_not_ready_yet_is_everything_between_created_and_final(workspace):
    put(workspace, "one", status="in queue")
    put(workspace, "two", status="ready")
    put(workspace, "three", status="invented later")
    put(workspace, "four", status="failed")
    assert _find(workspace, "status=processing") == ["one", "three"]
    assert _find(workspace, "status=failed") == ["four"]


def test_a_status_nobody_knows_asks_for_everything(workspace):
    put(workspace, "one")
    assert _find(workspace, "status=banana") == ["one"]


def test_what_is_gone_and_what_is_elsewhere_is_not_found(workspace, stranger):
    put(workspace, "gone", gone=True)
    put(stranger.user.memberships.get().workspace, "elsewhere")
    assert _find(workspace, "") == []


def test_percent_signs_quotes_and_nul_are_only_letters(workspace):
    put(workspace, "100% o'clock")
    put(workspace, "something else")
    assert _find(workspace, "q=%25") == ["100% o'clock"]
    assert _find(workspace, "q=%00o'clock") == ["100% o'clock"]


def test_a_fresh_film_is_shown_by_the_title_of_its_upload_and_that_is_not_saved(workspace):
    fresh, named = put(workspace, ""), put(workspace, "Named by FastPix")
    for media in (fresh, named):
        Upload.objects.create(
            workspace=workspace, remote_id=media.remote_id, origin="browser", filename="a.mp4", title="Mine", size=1
        )
    library.name_after_uploads([fresh, named])
    assert [fresh.title, named.title] == ["Mine", "Named by FastPix"]
    assert Media.objects.get(pk=fresh.pk).title == ""
    assert [fresh.title_stands_in, named.title_stands_in] == [True, False]
