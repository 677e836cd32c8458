import pytest

from media_app.models import Media, Upload
from media_app.services import uploads, url_imports
from media_app.services.media_settings import Asked
from workspace_app.models import TimelineEntry

ASKED = Asked({"accessPolicy": "private", "maxResolution": "720p", "mediaQuality": "standard"})
SIGNED = "https://cdn.example.com/films/harbour%20at%20dawn.mp4?Signature=canary-7f3a"


def ordered(harbor, editor, url=SIGNED):
    lines = url_imports.read(url, plain_http=False)
    [upload] = url_imports.begin(harbor, editor.user, lines, ASKED)
    return upload


def work(upload, worker="a"):
    Upload.objects.filter(pk=upload.pk).update(leased_until=None, next_try_at=None)
    rung = []
    url_imports.admit(rung.append)
    for pk in rung:
        url_imports.work(pk, worker)
    upload.refresh_from_db()
    return upload


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("http://cdn.example.com/a.mp4", "https://"),
        ("file:///etc/passwd", "https://"),
        ("javascript:alert(1)", "https://"),
        ("https://user:pass@cdn.example.com/a.mp4", "user name"),
        ("https://cdn.example.com/a.mp4 https://cdn.example.com/b.mp4", "One URL a line"),
        ("https://[::1/a.mp4", "Not a URL"),
        ("https:///a.mp4", "https://"),
        ("https://cdn.example.com/" + "a" * 2000, "Longer than"),
        ("plain words", "https://"),
        ("https://cdn.example.com/a.mp4 " + "t" * 256, "256 characters"),
        ("https://cdn.example.com/a.mp4 evil\u202etitle", "cannot be seen"),
    ],
)
def test_an_address_that_fastpix_cannot_fetch_is_named_with_its_line(line, problem):
    [read] = url_imports.read("\n" + line, plain_http=False)
    assert read.number == 2
    assert problem in read.error


def test_a_repeated_address_is_named_and_the_sandbox_may_fetch_http():
    lines = url_imports.read("http://127.0.0.1/a.mp4\n\nhttp://127.0.0.1/a.mp4", plain_http=True)
    assert [(line.number, line.error) for line in lines] == [(1, ""), (3, "Repeats line 1.")]


def test_fastpix_is_asked_once_and_the_media_is_there_at_once(far, harbor, editor):
    upload = work(ordered(harbor, editor))
    [media] = far.media.values()
    assert (upload.state, upload.remote_id, upload.source_url) == ("sent", media["id"], "")
    assert media["inputs"] == [{"type": "video", "url": SIGNED}]
    assert media["title"] == "harbour at dawn"
    assert Media.objects.get(workspace=harbor, remote_id=media["id"]).status == "created"
    assert TimelineEntry.objects.filter(area="media", object_id=media["id"], verb="import_asked").exists()


def test_an_order_whose_answer_was_lost_is_found_again_and_not_repeated(far, harbor, editor):
    """RELIABILITY 25: the answer to a create is lost."""
    far.api.extend(["lost"])
    upload = work(ordered(harbor, editor))
    assert upload.state == "sending"
    upload = work(upload, "b")
    assert upload.state == "sent"
    assert list(far.media) == [upload.remote_id]


def test_an_order_refused_by_a_busy_fastpix_is_given_later(far, harbor, editor):
    far.api.extend(["503"])
    upload = work(ordered(harbor, editor))
    assert (upload.state, bool(upload.error)) == ("sending", True)
    assert work(upload, "b").state == "sent"
    assert len(far.media) == 1


def test_a_refused_order_stops_with_fastpixs_words_and_can_be_tried_again(far, harbor, editor):
    far.api.extend(["422"])
    upload = work(ordered(harbor, editor))
    assert upload.state == "stopped"
    assert "as the test says" in upload.error
    assert uploads.retry(upload, by=editor.user)
    assert work(upload, "b").state == "sent"
    assert len(far.media) == 1


def test_a_cancelled_order_is_not_given(far, harbor, editor):
    upload = ordered(harbor, editor)
    assert uploads.cancel(upload, by=editor.user)
    work(upload)
    assert (upload.state, far.calls) == ("cancelled", [])
