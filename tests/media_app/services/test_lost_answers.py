"""Creating at FastPix when its answer gets lost, against a real sandbox: what was made is found, not made again."""

import pytest
from django.utils import timezone

from events_app.mirror import Said
from fastpix_api import Broken, Unreachable
from media_app import mirror
from media_app.models import Upload
from media_app.services import browser_uploads, transfers, url_imports
from media_app.services.media_settings import Asked
from tests.people import make_client, make_workspace
from workspace_app.fastpix import client_for

ASKED = Asked({"accessPolicy": "public", "maxResolution": "1080p", "mediaQuality": "standard"})
ORIGIN = "http://testserver"
TAB = "tab-one-1"


@pytest.fixture
def harbor(db, sandbox, settings):
    """A workspace on the run's own sandbox, whose switches are turned back afterwards."""
    settings.SANDBOX_URL = sandbox.url
    keys = {"token_id": sandbox.token_id, "secret_key": sandbox.secret_key, "upload_url": sandbox.url}
    yield make_workspace("harbor", api_url=sandbox.api_url, **keys)
    sandbox.switch(api="up")


@pytest.fixture
def by(harbor):
    return make_client("editor@example.com", harbor, "editor").user


def begun(harbor, by, name="film.mp4"):
    file = {"filename": name, "size": 1000, "fingerprint": "a" * 64, "content_type": "video/mp4"}
    return browser_uploads.begin(harbor, by, file | {"asked": ASKED})[0]


def addresses(harbor):
    """The ids of the upload addresses FastPix has for us."""
    listed = client_for(harbor, insist=True).uploads.list(limit=50).data
    return {item["uploadId"] for item in listed}


@pytest.mark.parametrize(("position", "error"), [("reply_lost", Unreachable), ("truncated", Broken)])
def test_an_upload_address_whose_answer_was_lost_is_used_and_not_asked_for_again(harbor, by, sandbox, position, error):
    """RELIABILITY 25: an upload from the browser."""
    before = addresses(harbor)
    upload = begun(harbor, by)
    sandbox.switch(api=position)
    with pytest.raises(error):
        browser_uploads.open_for_tab(upload, TAB, cors_origin=ORIGIN)
    sandbox.switch(api="up")
    opened = browser_uploads.open_for_tab(upload, TAB, cors_origin=ORIGIN)
    assert addresses(harbor) - before == {opened.remote_id}
    assert opened.session_url.startswith(sandbox.url)


def test_a_new_session_whose_answer_was_lost_is_not_mistaken_for_the_old_one(harbor, by, sandbox):
    """RELIABILITY 25: the session was lost first, then the answer that gave a new one."""
    upload = browser_uploads.open_for_tab(begun(harbor, by), TAB, cors_origin=ORIGIN)
    before = addresses(harbor)
    sandbox.switch(api="reply_lost")
    with pytest.raises(Unreachable):
        browser_uploads.open_for_tab(upload, TAB, cors_origin=ORIGIN, renew=True)
    sandbox.switch(api="up")
    renewed = browser_uploads.open_for_tab(upload, TAB, cors_origin=ORIGIN, renew=True)
    assert renewed.remote_id != upload.remote_id
    assert addresses(harbor) - before == {renewed.remote_id}


def test_a_worker_that_lost_the_answer_goes_on_with_the_address_it_was_given(harbor, by, sandbox, import_folder):
    """RELIABILITY 25: an upload from the server's folder."""
    before = addresses(harbor)
    (import_folder / "film.mp4").write_bytes(b"film" * 1000)
    [upload], problems = transfers.start(harbor, by, ["film.mp4"], ASKED)
    assert problems == []
    sandbox.switch(api="reply_lost")
    transfers.work(upload.pk, "first")
    upload.refresh_from_db()
    assert (upload.state, upload.remote_id) == ("sending", "")
    made = addresses(harbor) - before
    sandbox.switch(api="up")
    Upload.objects.update(next_try_at=None)
    transfers.work(upload.pk, "second")
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert made == {upload.remote_id}


@pytest.mark.parametrize("position", ["reply_lost", "truncated"])
def test_an_import_whose_answer_was_lost_is_found_and_not_ordered_again(harbor, by, sandbox, position):
    """RELIABILITY 25: an import by URL."""
    lines = url_imports.read(f"{sandbox.url}/samples/demo.mp4?{position}", plain_http=True)
    [upload] = url_imports.begin(harbor, by, lines, ASKED)
    sandbox.switch(api=position)
    url_imports.admit(lambda pk: url_imports.work(pk, "first"))
    upload.refresh_from_db()
    assert (upload.state, upload.remote_id) == ("sending", "")
    sandbox.switch(api="up")
    Upload.objects.update(next_try_at=None)
    url_imports.admit(lambda pk: url_imports.work(pk, "second"))
    upload.refresh_from_db()
    assert upload.state == "sent"
    mark = {url_imports.MARK: str(upload.public_id)}
    held = client_for(harbor, insist=True).media.list(limit=50).data
    assert [one["id"] for one in held if one.get("metadata") == mark] == [upload.remote_id]


def test_an_import_whose_media_was_deleted_before_it_could_be_found_is_not_ordered_again(harbor, by, sandbox):
    """RELIABILITY 25: FastPix no longer lists what was made, but its events have told of it."""
    lines = url_imports.read(f"{sandbox.url}/samples/demo.mp4?deleted", plain_http=True)
    [upload] = url_imports.begin(harbor, by, lines, ASKED)
    sandbox.switch(api="reply_lost")
    url_imports.admit(lambda pk: url_imports.work(pk, "first"))
    sandbox.switch(api="up")
    fastpix = client_for(harbor, insist=True).media
    mark = {url_imports.MARK: str(upload.public_id)}
    [made] = [one for one in fastpix.list(limit=50).data if one.get("metadata") == mark]
    fastpix.delete(made["id"])
    now = timezone.now()
    for fields in ({"data": made}, {"data": {"metadata": mark}, "gone": True}):
        mirror.apply(harbor, made["id"], Said("event", at=now, heard_at=now, by="webhook", **fields))
    Upload.objects.update(next_try_at=None)
    url_imports.admit(lambda pk: url_imports.work(pk, "second"))
    upload.refresh_from_db()
    assert (upload.state, upload.remote_id) == ("sent", made["id"])
    assert not [one for one in fastpix.list(limit=50).data if one.get("metadata") == mark]
