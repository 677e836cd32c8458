from django.urls import reverse

from media_app.models import Upload

SETTINGS = {"access_policy": "public", "media_quality": "standard", "max_resolution": "1080p"}


def posted(person, urls):
    return person.post(reverse("media:import_url", args=[person.slug]), SETTINGS | {"urls": urls})


def test_every_pasted_address_becomes_an_order(editor, harbor, far):
    answer = posted(editor, "https://cdn.example.com/a.mp4\r\n\r\nhttps://cdn.example.com/b.mp4?token=canary-1\r\n")
    assert answer.status_code == 302
    assert set(Upload.objects.values_list("filename", flat=True)) == {"a.mp4", "b.mp4"}
    page = editor.get(answer.url).content.decode()
    assert "FastPix will fetch 2 files." in page
    assert "canary-1" not in page
    assert far.calls == [], "the console never fetches, and a worker asks FastPix"


def test_one_wrong_line_holds_all_back_and_is_named(editor, harbor):
    page = posted(editor, "https://cdn.example.com/a.mp4\nftp://cdn.example.com/b.mp4\n<b>x</b>")
    assert page.status_code == 422
    body = page.content.decode()
    assert "Line 2: FastPix fetches https:// addresses only." in body
    assert "Line 3:" in body
    assert "<b>x</b>" not in body
    assert not Upload.objects.exists()


def test_more_than_fifty_are_refused(editor, harbor):
    page = posted(editor, "\n".join(f"https://cdn.example.com/{n}.mp4" for n in range(51)))
    assert page.status_code == 422
    assert "51 URLs. At most 50 at once." in page.content.decode()


def test_an_empty_form_asks_for_a_url(editor, harbor):
    page = posted(editor, "  ")
    assert page.status_code == 422
    assert "Paste at least one URL." in page.content.decode()
