import pytest

from tests.people import make_workspace
from workspace_app.models import User, Workspace


def policy(response):
    parts = (part.strip().split(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: set(values) for name, *values in parts}


def test_a_workspaces_page_may_load_from_its_hosts(admin):
    """RELIABILITY 49: the policy lets in nothing inline, and only the workspace's own hosts."""
    Workspace.objects.update(
        stream_url="https://stream.fastpix.com/x",
        images_url="https://images.fastpix.com",
        upload_url="https://up.example",
    )
    found = policy(admin.get("/w/harbor/settings/"))
    hosts = {"https://stream.fastpix.com", "https://images.fastpix.com", "https://up.example"}
    for directive in ("connect-src", "img-src", "media-src"):
        assert hosts < found[directive]
    assert found["script-src"] == found["style-src"] == {"'self'"}


def test_pages_outside_a_workspace_load_from_here_only(admin):
    """RELIABILITY 49: the policy lets in nothing inline, and only the workspace's own hosts."""
    found = policy(admin.get("/account/"))
    assert found["connect-src"] == {"'self'"}
    assert found["img-src"] == {"'self'", "data:"}


def test_one_workspaces_hosts_do_not_leak_into_the_next_answer(admin):
    """RELIABILITY 49: the policy lets in nothing inline, and only the workspace's own hosts."""
    admin.get("/w/harbor/settings/")
    assert policy(admin.get("/account/"))["connect-src"] == {"'self'"}


@pytest.mark.parametrize(
    "hostile", ["https://x.example; script-src *", "https://x.example 'unsafe-inline'", "*", "https://*"]
)
def test_a_hostile_host_never_reaches_the_policy(admin, hostile):
    """RELIABILITY 49: the policy lets in nothing inline, and only the workspace's own hosts."""
    Workspace.objects.update(stream_url=hostile, images_url=hostile, upload_url=hostile)
    response = admin.get("/w/harbor/settings/")
    assert policy(response)["connect-src"] == {"'self'"}
    assert "unsafe" not in response["Content-Security-Policy"]
    assert policy(response)["script-src"] == {"'self'"}


def test_a_refused_page_of_a_workspace_one_is_not_in_shows_nothing_of_its_hosts(stranger):
    make_workspace(stream_url="https://secret.example")
    response = stranger.get("/w/harbor/settings/")
    assert response.status_code == 404
    assert "secret.example" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Moon/Base", "UTC"), ("../etc", "UTC")]
)
def test_times_are_in_the_persons_zone(viewer, zone, shown):
    User.objects.filter(pk=viewer.user.pk).update(time_zone=zone)
    assert f"Times in {shown}" in viewer.get("/account/").content.decode()


def test_one_persons_zone_is_not_the_next_ones(viewer, admin):
    User.objects.filter(pk=viewer.user.pk).update(time_zone="Asia/Tokyo")
    viewer.get("/account/")
    assert "Times in UTC" in admin.get("/account/").content.decode()
