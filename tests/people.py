"""The cast: one workspace, a member of each role, and a stranger. Each is a signed-in test client.

A client's `.user` is the person; `.slug` the workspace they work in.
"""

import pytest
from django.test import Client

PASSWORD = "correct horse battery staple"


def make_workspace(slug="harbor", **fields):
    """A workspace on hosts nobody answers at; tests that need answers plug in a transport or a sandbox."""
    from workspace_app.models import Workspace

    values = {
        "name": slug.title(),
        "token_id": "token-of-" + slug,
        "secret_key": "secret-of-" + slug,
        "api_url": "http://127.0.0.1:9/v1",
        "stream_url": "http://127.0.0.1:9/stream",
        "images_url": "http://127.0.0.1:9/images",
        "upload_url": "http://127.0.0.1:9",
        "webhook_secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "sandbox": True,
    }
    return Workspace.objects.create(slug=slug, **(values | fields))


def make_client(email, workspace=None, role="viewer", **client_options):
    """A person with a membership, signed in."""
    from workspace_app.models import Member, User

    user = User.objects.create_user(email, PASSWORD, name=email.split("@")[0].title())
    if workspace is not None:
        Member.objects.create(workspace=workspace, user=user, role=role)
    client = Client(**client_options)
    client.force_login(user)
    client.user = user
    client.slug = workspace.slug if workspace else ""
    return client


@pytest.fixture
def workspace(db):
    return make_workspace()


@pytest.fixture
def viewer(workspace):
    return make_client("viewer@example.com", workspace, "viewer")


@pytest.fixture
def editor(workspace):
    return make_client("editor@example.com", workspace, "editor")


@pytest.fixture
def operator(workspace):
    return make_client("operator@example.com", workspace, "operator")


@pytest.fixture
def admin(workspace):
    return make_client("admin@example.com", workspace, "admin")


@pytest.fixture
def stranger(db):
    """Somebody who works in another workspace."""
    return make_client("stranger@example.com", make_workspace("elsewhere"), "admin")
