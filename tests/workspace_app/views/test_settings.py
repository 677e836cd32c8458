import pytest

from tests.people import make_workspace
from tests.workspace_app.fastpix_double import FASTPIX_ID
from workspace_app.models import TimelineEntry, Workspace

SETTINGS = "/w/harbor/settings/"
SIGNING_SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def answering(workspace, fastpix, settings):
    """The workspace, at a FastPix that answers (on loopback, as the sandbox would be)."""
    settings.SANDBOX_URL = fastpix.url.removesuffix("/v1")
    hosts = {"stream_url": "https://stream.example.com", "images_url": "https://images.example.com"}
    Workspace.objects.update(sandbox=False, api_url=fastpix.url, upload_url="https://upload.example.com", **hosts)
    return workspace


def connection(**changes):
    found = Workspace.objects.get(slug="harbor")
    fields = ("token_id", "api_url", "stream_url", "images_url", "upload_url")
    return {name: getattr(found, name) for name in fields} | {"secret_key": ""} | changes


def change(admin, **changes):
    return admin.post(SETTINGS + "connection/", connection(**changes))


def test_the_page_shows_what_there_is_and_no_secret(admin):
    page = admin.get(SETTINGS).content.decode()
    assert "Harbor" in page
    assert "••••rbor" in page
    assert "secret-of-harbor" not in page
    assert SIGNING_SECRET not in page


def test_the_name_changes_and_the_address_stays(admin):
    assert admin.post(SETTINGS + "name/", {"name": "North Pier", "slug": "other"}).status_code == 302
    found = Workspace.objects.get()
    assert (found.name, found.slug) == ("North Pier", "harbor")
    assert "Renamed from Harbor to North Pier" in admin.get(SETTINGS).content.decode()
    assert admin.post(SETTINGS + "name/", {"name": ""}).status_code == 422


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, "answers and accepts the credentials"),
        (401, "refuses the Token ID or the Secret Key (401)"),
        (403, "may not read media (403)"),
        (404, "not as FastPix does"),
        (429, "asks to wait"),
        (503, "trouble of its own (503)"),
    ],
)
def test_the_test_says_in_one_sentence_what_it_found(admin, answering, fastpix, status, sentence):
    if status != 200:
        fastpix.refuses(status)
    page = admin.post(SETTINGS + "connection/test/")
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert "secret-of-harbor" not in page.content.decode()


@pytest.mark.parametrize("body", [b"<html>router</html>", b"{", b'{"success": true}', b'{"success": true, "data": 7}'])
def test_something_else_at_the_address_is_told_from_fastpix(admin, answering, fastpix, body):
    fastpix.says(200, body)
    assert "not as FastPix does" in admin.post(SETTINGS + "connection/test/").content.decode()


def test_nobody_listening_and_an_unknown_name_are_told_apart(admin, workspace):
    assert "refuses the connection" in admin.post(SETTINGS + "connection/test/").content.decode()
    Workspace.objects.update(sandbox=False, api_url="https://nowhere.invalid/v1")
    assert "is not known (DNS)" in admin.post(SETTINGS + "connection/test/").content.decode()


def test_the_test_learns_and_proves_the_fastpix_workspace(admin, answering, fastpix):
    admin.post(SETTINGS + "connection/test/")
    found = Workspace.objects.get()
    assert (found.remote_id, found.proved_token_id) == (FASTPIX_ID, found.token_id)


def test_an_empty_library_proves_nothing(admin, answering, fastpix):
    fastpix.holds(workspace_id="")
    assert "holds no media yet" in admin.post(SETTINGS + "connection/test/").content.decode()
    assert Workspace.objects.get().remote_id == ""


def test_credentials_of_another_fastpix_workspace_are_refused(admin, answering, fastpix):
    Workspace.objects.update(remote_id="11111111-0000-0000-0000-000000000000")
    page = change(admin, token_id="token-of-another", secret_key="new")
    assert page.status_code == 422
    assert "belong to another FastPix workspace" in page.content.decode()
    assert Workspace.objects.get().token_id == "token-of-harbor"


def test_accepted_credentials_are_kept_and_noted_without_the_secret(admin, answering, fastpix):
    assert change(admin, token_id="token-fresh-0042", secret_key="fresh-secret").status_code == 302
    found = Workspace.objects.get()
    assert (found.token_id, found.secret_key) == ("token-fresh-0042", "fresh-secret")
    assert (found.remote_id, found.proved_token_id) == (FASTPIX_ID, "token-fresh-0042")
    entry = TimelineEntry.objects.get(verb="connection_changed")
    assert entry.details == {"changed": ["secret_key", "token_id"], "token": "••••0042"}


def test_refused_credentials_leave_everything_as_it_was(admin, answering, fastpix):
    fastpix.refuses(401)
    page = change(admin, token_id="token-fresh-0042", secret_key="fresh-secret")
    assert page.status_code == 422
    assert "fresh-secret" not in page.content.decode()
    assert Workspace.objects.get().token_id == "token-of-harbor"
    assert not TimelineEntry.objects.exists()


def test_a_kept_secret_is_never_sent_to_a_new_address_or_with_a_new_token(admin, answering, fastpix):
    for changes in ({"api_url": "https://api.example.com/v1"}, {"token_id": "token-fresh"}):
        page = change(admin, **changes)
        assert page.status_code == 422
        assert page.context["connection_form"].errors["secret_key"]
    assert fastpix.asked == []


def test_an_empty_secret_keeps_the_one_there_is(admin, answering, fastpix):
    assert change(admin, stream_url="https://stream2.example.com/").status_code == 302
    found = Workspace.objects.get()
    assert (found.stream_url, found.secret_key) == ("https://stream2.example.com", "secret-of-harbor")


@pytest.mark.parametrize("field", ["api_url", "stream_url", "images_url", "upload_url"])
@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:6379/", "https://10.0.0.1/", "https://[64:ff9b::7f00:1]/", "https://a@b.example/"]
)
def test_no_host_may_lead_inside(admin, answering, fastpix, field, inside):
    """RELIABILITY 57: no address leads inside."""
    page = change(admin, secret_key="s", **{field: inside})
    assert page.status_code == 422
    assert page.context["connection_form"].errors[field]
    assert fastpix.asked == []


def test_the_sandboxs_connection_is_not_changed_by_hand(admin, workspace):
    assert change(admin, token_id="x", secret_key="y").status_code == 422
    assert Workspace.objects.get().token_id == "token-of-harbor"


def test_settings_open_when_the_cache_is_away(admin, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert admin.get(SETTINGS).status_code == 200


def test_another_workspaces_settings_do_not_exist_for_its_strangers(admin):
    make_workspace("other")
    for part in (
        "",
        "name/",
        "connection/",
        "connection/test/",
        "webhooks/secret/",
        "endpoint/overlap/",
        "endpoint/retention/",
    ):
        assert admin.post(f"/w/other/settings/{part}", {"name": "mine"}).status_code in {404, 405}
    assert Workspace.objects.get(slug="other").name == "Other"
