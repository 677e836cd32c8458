import re
from urllib.parse import quote

import pytest
from django.urls import reverse

from media_app import importing
from media_app.models import ImportRun, Upload
from tests.media_app.shelf import put

HOSTILE = """<img src=x onerror=alert(1)></script>"'{{7*7}}javascript:alert(2)"""


def _list(client, query="", **headers):
    return client.get(reverse("media:media_list", args=[client.slug]) + query, **headers)


def test_the_library_shows_its_newest_media_first(viewer, workspace):
    put(workspace, "older film")
    put(workspace, "newer film")
    body = _list(viewer).content.decode()
    assert body.index("newer film") < body.index("older film")
    assert "<!doctype html>" in body.lower()


def test_htmx_gets_only_the_rows(viewer, workspace):
    put(workspace, "a film")
    body = _list(viewer, headers={"HX-Request": "true"}).content.decode()
    assert body.lstrip().startswith('<div id="media-rows"')
    assert "<html" not in body


def test_an_open_list_gets_the_rows_it_names_as_long_as_they_fit(viewer, workspace):
    wanted, other = put(workspace, "wanted film"), put(workspace, "other film")
    address = reverse("media:media_list", args=[viewer.slug])
    only = f"{wanted.remote_id},{other.remote_id}"
    body = viewer.get(address, {"only": only, "q": "wanted"}, headers={"HX-Request": "true"}).content.decode()
    assert f'id="media-{wanted.remote_id}"' in body
    assert f'id="media-{other.remote_id}"' not in body
    assert viewer.get(address, {"only": "\x00,,"}, headers={"HX-Request": "true"}).status_code == 200


def test_an_empty_library_says_how_to_fill_it(editor):
    body = _list(editor).content.decode()
    assert "No media yet" in body
    assert reverse("media:media_import_existing", args=[editor.slug]) in body


def test_a_viewer_is_not_offered_what_they_may_not_do(viewer, workspace):
    put(workspace, "a film")
    body = _list(viewer).content.decode()
    assert "/delete/" not in body
    assert "select.js" not in body  # it speaks of a bar that is not there
    assert reverse("media:upload_list", args=[viewer.slug]) not in body


def test_paging_reaches_every_row_once(viewer, workspace):
    titles = {put(workspace, f"film number {number:03d}").title for number in range(120)}
    seen, address = [], ""
    for _ in range(5):
        page = _list(viewer, address)
        seen += [media.title for media, _thumbnail in page.context["rows"]]
        if not page.context["page"].older:
            break
        address = f"?before={quote(str(page.context['page'].older))}"
    assert len(seen) == len(set(seen))
    assert set(seen) == titles


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028"])
@pytest.mark.parametrize("name", ["media_list", "media_detail", "media_state", "media_delete", "media_player"])
def test_line_breaks_in_a_title_reach_no_header(admin, workspace, name, line_break):
    """RELIABILITY 58: words with line breaks in them, wherever a page answers with headers."""
    media = put(workspace, f"Quay{line_break}Set-Cookie: stolen=1")
    at = [admin.slug] if name == "media_list" else [admin.slug, media.remote_id]
    for headers in ({}, {"HX-Request": "true"}):
        answer = admin.get(reverse(f"media:{name}", args=at), headers=headers)
        assert answer.status_code == 200
        assert "stolen" not in "".join(answer.headers.values())
        assert "stolen" not in answer.cookies


@pytest.mark.parametrize("field", ["title", "creator_id", "failed_reason"])
def test_hostile_words_stay_words(viewer, workspace, field):
    """RELIABILITY 48: what others wrote is text."""
    media = put(workspace, status="failed", **{field: HOSTILE}, metadata={"note": HOSTILE})
    for page in (_list(viewer), viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id]))):
        body = page.content.decode()
        assert "<img src=x" not in body
        assert "{{7*7}}" in body or field != "title"
        assert "onerror=alert(1)></script>" not in body


def test_the_detail_page_says_what_is_known_and_how(viewer, workspace):
    media = put(workspace, "a film", metadata={"project": "reef"})
    body = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id])).content.decode()
    for words in ("a film", "Ready", "webhook", "reef", media.remote_id, "640 × 360"):
        assert words in body


def test_a_private_and_a_public_id_together_are_pointed_out(viewer, workspace):
    media = put(workspace, policies=("public", "private"))
    body = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id])).content.decode()
    assert "anyone with the public link can watch" in body


def test_a_tombstone_can_be_looked_at_but_not_played(viewer, workspace):
    media = put(workspace, gone=True)
    page = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id]))
    assert "FastPix no longer has this media" in page.content.decode()
    player = viewer.get(reverse("media:media_player", args=[viewer.slug, media.remote_id])).content.decode()
    assert "There is nothing left to play." in player
    assert viewer.post(reverse("media:media_token", args=[viewer.slug, media.remote_id])).status_code == 409


def test_another_workspace_s_media_is_not_there(viewer, workspace, stranger):
    theirs = put(stranger.user.memberships.get().workspace)
    assert viewer.get(reverse("media:media_detail", args=[viewer.slug, theirs.remote_id])).status_code == 404


def test_the_delete_dialog_names_the_consequence(editor, workspace):
    media = put(workspace, "a film", policies=("public", "private"))
    body = editor.get(reverse("media:media_delete", args=[editor.slug, media.remote_id])).content.decode()
    assert "Its 2 playback IDs stop working" in body
    assert "FastPix deletes it for good." in body


def test_nothing_is_deleted_while_fastpix_is_silent(editor, workspace):
    media = put(workspace, "a film")
    page = editor.post(
        reverse("media:media_delete", args=[editor.slug, media.remote_id]), headers={"HX-Request": "true"}
    )
    media.refresh_from_db()
    assert page.status_code == 502
    assert not media.gone


def test_a_private_media_without_a_key_offers_to_make_one(editor, viewer, workspace):
    media = put(workspace, policies=("private",))
    address = reverse("media:media_player", args=[workspace.slug, media.remote_id])
    assert "Create a signing key" in editor.get(address).content.decode()
    assert "An editor or an admin" in viewer.get(address).content.decode()
    refused = viewer.post(reverse("media:media_token", args=[workspace.slug, media.remote_id]))
    assert refused.status_code == 409


def _progress(client):
    return client.get(reverse("media:import_progress", args=[client.slug])).content.decode()


def test_a_running_import_says_how_far_it_is(viewer, workspace):
    assert "Importing" not in _progress(viewer)
    importing.order(workspace)
    assert "about to start" in _progress(viewer)
    ImportRun.objects.update(read=350, total=2000)
    assert "Importing: 350 of about 2,000" in _progress(viewer)
    assert "Importing: 350 of about 2,000" in _list(viewer).content.decode()


def test_an_import_of_what_is_new_says_so(viewer, workspace):
    ImportRun.objects.create(workspace=workspace, state="newest", read=100, total=4000, added=61)
    assert "looked at 100, 61 came in" in _progress(viewer)


def test_without_an_import_the_region_still_listens(viewer):
    body = _progress(viewer)
    assert "live:imports from:body" in body
    assert "hidden" in body


def test_an_order_shows_at_once_and_survives_the_message(editor, workspace):
    answer = editor.post(reverse("media:media_import_existing", args=[editor.slug]))
    assert answer.status_code == 302
    assert importing.progress(workspace) is not None


def test_a_title_that_was_removed_is_not_said_to_be_held_because_its_upload_had_one(viewer, workspace):
    media, fresh = put(workspace, ""), put(workspace, "", status="processing")
    for one in (media, fresh):
        Upload.objects.create(
            workspace=workspace, remote_id=one.remote_id, origin="browser", filename="a.mp4", title="Mine", size=1
        )
    card = re.compile(r"<dt>Title</dt><dd>(.*?)</dd>")
    addresses = [reverse("media:media_detail", args=[viewer.slug, one.remote_id]) for one in (media, fresh)]
    shown = [card.search(viewer.get(address).content.decode())[1] for address in addresses]
    assert ">none<" in shown[0]
    assert "Mine" not in shown[0]
    assert shown[1] == "Mine", "FastPix's first events leave the title out"


def test_failed_media_promise_no_playback_ids(editor, workspace):
    media = put(workspace, status="failed")
    body = editor.get(reverse("media:media_detail", args=[editor.slug, media.remote_id])).content.decode()
    assert "so it takes no playback IDs" in body
    assert "once the media is ready" not in body.partition('id="playback-ids"')[2].partition("</section>")[0]


def test_only_who_can_act_on_a_selection_gets_its_script(viewer, editor, workspace):
    put(workspace)
    scripts = [[name in _list(one).content.decode() for name in ("js/rows", "js/select")] for one in (viewer, editor)]
    assert scripts == [[True, False], [True, True]], "it needs the bar that a viewer does not get"
