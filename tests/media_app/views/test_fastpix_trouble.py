"""Pages while FastPix is in trouble: they open with what is known, say one sentence, and touch nothing."""

import json
import socket

import pytest
import requests
from django.core.cache import cache
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_app import reconcile
from media_app.models import Media
from tests.media_app.shelf import put
from tests.people import make_client, make_workspace
from tests.told_fastpix import fastpix  # noqa: F401 - a fixture
from workspace_app.fastpix import client_for
from workspace_app.models import Workspace

SECRET = "canary-7f3a9c-secret"
WEATHER = ("down", "torn", "limited:9999", "html", "html:502", "truncated", "huge:11", "redirect", "broken", "refused")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


@pytest.fixture
def harbor(db, sandbox):
    """A workspace on the run's own sandbox, proved; the switches are turned back afterwards."""
    bound = {"remote_id": workspace_of(sandbox), "proved_token_id": sandbox.token_id}
    keys = {"token_id": sandbox.token_id, "secret_key": sandbox.secret_key}
    yield make_workspace("harbor", api_url=sandbox.api_url, **keys, **bound)
    sandbox.switch(api="up")


def workspace_of(sandbox):
    return requests.get(f"{sandbox.url}/_sandbox/state", timeout=5).json()["workspace_id"]


@pytest.fixture
def person(harbor):
    return make_client("editor@example.com", harbor, "editor")


def pages(person, media):
    """The pages that show this media."""
    return [
        reverse("media:media_list", args=[person.slug]),
        reverse("media:media_detail", args=[person.slug, media.remote_id]),
        reverse("media:upload_list", args=[person.slug]),
        reverse("media:import_url", args=[person.slug]),
    ]


def check(person, media, **headers):
    return person.post(reverse("media:media_check", args=[person.slug, media.remote_id]), headers=headers)


@pytest.mark.parametrize("position", WEATHER)
def test_pages_open_and_an_act_says_one_sentence(harbor, person, sandbox, position):
    """RELIABILITY 23, 24, 26, 28: what a person sees of each."""
    media = put(harbor, "Harbour at dawn")
    sandbox.switch(api=position)
    told = check(person, media, **HTMX)
    assert told.status_code == 502
    words = told.content.decode()
    assert words.count('role="alert"') == 1
    assert "What this console holds is untouched." in words or "Nothing was changed" in words
    for raw in ("Traceback", "<!doctype", "hotel", "Errno", "JSON", "urllib3", "HTTPConnection"):
        assert raw not in words
    for address in pages(person, media):
        assert person.get(address).status_code == 200, address
    assert "Harbour at dawn" in person.get(pages(person, media)[0]).content.decode()
    media.refresh_from_db()
    assert (media.gone, media.title) == (False, "Harbour at dawn")


@pytest.mark.parametrize("kind", ["refused connection", "silence"])
def test_pages_open_while_nobody_listens_or_answers(viewer, workspace, kind):
    """RELIABILITY 26: they do not wait for FastPix at all."""
    media = put(workspace, "Harbour at dawn")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        if kind == "silence":
            Workspace.objects.update(api_url=f"http://127.0.0.1:{mute.getsockname()[1]}/v1")
        for address in pages(viewer, media)[:2]:
            assert "Harbour at dawn" in viewer.get(address).content.decode()
        mute.settimeout(0.2)
        with pytest.raises(TimeoutError):
            mute.accept()


def test_a_limit_says_how_long_to_wait_to_the_page_too(harbor, person, sandbox):
    """RELIABILITY 23: the error to the person, with the time FastPix asks for."""
    media = put(harbor)
    sandbox.switch(api="limited:120")
    told = check(person, media, **HTMX)
    assert "Try again in 2 min." in told.content.decode()
    assert told["Retry-After"] == "120"


def test_refused_credentials_make_a_banner_and_no_further_call(editor, viewer, workspace, fastpix, caplog):  # noqa: F811
    """RELIABILITY 27: 401 opens the breaker; no page, fragment or log line tells the key."""
    Workspace.objects.filter(pk=workspace.pk).update(secret_key=SECRET)
    workspace.refresh_from_db()
    media = put(workspace)
    error = {"code": 401, "message": f"no {SECRET}", "description": f"bad {SECRET}"}
    fastpix.says({"success": False, "error": error}, 401)
    delete = reverse("media:media_delete", args=[editor.slug, media.remote_id])
    first = editor.post(delete, headers=HTMX)
    assert "does not accept the Token ID and Secret Key" in first.content.decode()
    again = editor.post(delete, headers=HTMX)
    assert len(fastpix.asked) == 1
    assert again.status_code == 502
    banner = viewer.get(reverse("media:media_list", args=[viewer.slug])).content.decode()
    assert "FastPix refuses the credentials of this workspace." in banner
    for said in (first.content.decode(), again.content.decode(), banner, caplog.text):
        assert SECRET not in said
    media.refresh_from_db()
    assert not media.gone


def test_a_missing_permission_is_told_without_closing_the_rest(editor, workspace, fastpix):  # noqa: F811
    """RELIABILITY 27: 403 means one act, so pages go on asking."""
    media = put(workspace)
    fastpix.says({"success": False, "error": {"code": 403, "message": "forbidden"}}, 403)
    delete = reverse("media:media_delete", args=[editor.slug, media.remote_id])
    assert "may not do this" in editor.post(delete, headers=HTMX).content.decode()
    editor.post(delete, headers=HTMX)
    assert len(fastpix.asked) == 2


def test_what_was_deleted_at_fastpix_while_its_page_was_open_is_told_and_marked(harbor, person, sandbox):
    """RELIABILITY 30."""
    client = client_for(harbor)
    made = client.media.create(inputs=[{"type": "video", "url": "http://127.0.0.1:9/none.mp4"}]).data["id"]
    media = put(harbor, "Harbour at dawn", remote_id=made)
    assert check(person, media, **HTMX).status_code == 200
    client.media.delete(made)
    told = check(person, media, **HTMX)
    assert "FastPix no longer has this media" in told.content.decode()
    media.refresh_from_db()
    assert media.gone
    listed = person.get(reverse("media:media_list", args=[person.slug]), headers=HTMX).content.decode()
    assert "Harbour at dawn" not in listed
    nothing = person.get(reverse("media:media_player", args=[person.slug, made]), headers=HTMX)
    assert "There is nothing left to play." in nothing.content.decode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("title", "status", "duration", "aspectRatio", "tracks", "playbackIds", "metadata", "createdAt", "updatedAt"),
    *("thumbnail", "sourceResolution", "maxResolution", "mediaQuality", "isAudioOnly", "mp4Support", "summary", "new"),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=4))
def test_any_kind_of_field_is_taken_or_left_and_the_pages_still_open(workspace, viewer, fastpix, said):  # noqa: F811
    """RELIABILITY 28: wrong types, missing and unknown fields in an answer that is otherwise good."""
    media = put(workspace)
    fastpix.says(json.dumps({"success": True, "data": {"id": media.remote_id, **said}}).encode())
    reconcile.ask(media, by="poll", client=client_for(workspace, insist=True))
    assert Media.objects.get(pk=media.pk).settled_at is not None
    assert viewer.get(pages(viewer, media)[1]).status_code == 200
