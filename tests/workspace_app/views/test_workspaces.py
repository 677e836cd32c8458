import pytest

from tests.people import make_client, make_workspace
from tests.workspace_app.fastpix_double import FASTPIX_ID
from workspace_app.models import Member, TimelineEntry, User, Workspace

ADD = "/workspaces/add/"


@pytest.fixture
def boss(db):
    """Somebody who may add workspaces."""
    client = make_client("boss@example.com")
    User.objects.update(is_superuser=True)
    return client


@pytest.fixture
def form(fastpix, settings):
    """A form for a FastPix on loopback: the sandbox's origin is the one that may be."""
    settings.SANDBOX_URL = fastpix.url.removesuffix("/v1")
    return {"name": "Night Owl", "slug": "", "token_id": "token-1234", "secret_key": "s3cret", "api_url": fastpix.url}


def test_the_sandbox_is_connected_with_one_click(boss, settings):
    assert "Connect the sandbox" in boss.get(ADD).content.decode()
    assert boss.post("/workspaces/add/sandbox/")["Location"] == "/w/sandbox/media/"
    assert boss.get("/")["Location"] == "/w/sandbox/media/"
    assert Workspace.objects.get().api_url == f"{settings.SANDBOX_URL}/v1"
    boss.post("/workspaces/add/sandbox/")
    assert Workspace.objects.count() == Member.objects.count() == 1
    assert "Connect the sandbox" not in boss.get(ADD).content.decode()


def test_without_a_sandbox_none_is_offered(boss, settings):
    settings.SANDBOX_URL = ""
    assert "Connect the sandbox" not in boss.get(ADD).content.decode()
    assert boss.post("/workspaces/add/sandbox/")["Location"] == ADD


@pytest.mark.parametrize(
    "sentence", [{"slug": "a b"}, {"slug": "Harbor"}, {"slug": "-x"}, {"slug": "sandbox"}, {"slug": "../x"}]
)
def test_an_address_is_small_letters_and_free(boss, form, sentence):
    page = boss.post(ADD, form | sentence)
    assert page.status_code == 422
    assert page.context["form"].errors["slug"]


def test_a_taken_address_is_refused(boss, form):
    make_workspace("night-owl")
    assert boss.post(ADD, form).context["form"].errors["slug"]


def test_hosts_inside_a_network_are_refused(boss, form):
    """RELIABILITY 57: no address leads inside."""
    for field in ("api_url", "stream_url", "images_url", "upload_url"):
        page = boss.post(ADD, form | {field: "https://169.254.169.254/"})
        assert page.context["form"].errors[field]
    assert not Workspace.objects.exists()


def test_nothing_is_asked_at_a_host_that_is_refused(boss, form, fastpix, settings):
    settings.SANDBOX_URL = ""
    assert boss.post("/workspaces/add/try/", form).status_code == 422
    assert boss.post(ADD, form).status_code == 422
    assert fastpix.asked == []


def test_a_test_says_what_is_wrong_and_keeps_nothing(boss, form, fastpix):
    fastpix.refuses(401)
    page = boss.post("/workspaces/add/try/", form).content.decode()
    assert "refuses the Token ID or the Secret Key (401)" in page
    assert "s3cret" not in page
    assert not Workspace.objects.exists()


def test_only_a_superuser_may_add(admin, form):
    for address in (ADD, "/workspaces/add/try/", "/workspaces/add/sandbox/"):
        assert admin.post(address, form).status_code == 403
    assert Workspace.objects.count() == 1


def test_flags_no_form_shows_cannot_be_set(boss, form, monkeypatch):
    """RELIABILITY 52: what belongs to others, or is in no form, cannot be named."""
    # public addresses need no answer here: the form is judged before anything is asked
    page = boss.post(
        ADD, form | {"sandbox": "on", "remote_id": "x", "proved_token_id": "x", "api_url": "https://nowhere.invalid"}
    )
    assert page.status_code == 422
    assert page.context["form"].instance.sandbox is False
    assert page.context["form"].instance.remote_id == ""


def test_the_list_shows_ones_own_workspaces_only(admin):
    make_workspace("elsewhere")
    page = admin.get("/workspaces/").content.decode()
    assert "/w/harbor/" in page
    assert "elsewhere" not in page


def test_connecting_a_workspace_ends_at_its_webhook_address(boss, form, fastpix, settings):
    answer = boss.post(ADD, form)
    assert answer["Location"] == "/w/night-owl/settings/webhooks/"
    found = Workspace.objects.get()
    assert (found.remote_id, found.secret_key, found.proved_token_id) == (FASTPIX_ID, "s3cret", "token-1234")
    page = boss.get(answer["Location"]).content.decode()
    assert f"{settings.PUBLIC_URL}/webhooks/night-owl/" in page
    assert boss.post(answer["Location"], {"secret": "not base64!"}).status_code == 422
    assert boss.post(answer["Location"], {"secret": "c2VjcmV0"})["Location"] == "/w/night-owl/media/"
    verbs = TimelineEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["workspace_added", "webhook_secret_set"]
