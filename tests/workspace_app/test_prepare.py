import re
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from tests.people import PASSWORD
from workspace_app import sandbox
from workspace_app.models import Member, User, Workspace


def prepare():
    said = StringIO()
    call_command("prepare", stdout=said)
    return said.getvalue()


@pytest.fixture
def admin_from_environment(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, admin_email="Ops@Harbor.example", admin_password=PASSWORD)


def test_while_nobody_exists_it_prints_the_link_and_nothing_else(client, db, settings):
    said = prepare()
    link = re.fullmatch(r"setup-token: (\S+)\n", said).group(1)
    assert link.startswith(f"{settings.PUBLIC_URL}/setup/?token=")
    assert client.get(link.removeprefix(settings.PUBLIC_URL)).status_code == 200


def test_every_start_prints_a_link_that_works(client, db, settings):
    first, second = (prepare().split(" ")[1].strip().removeprefix(settings.PUBLIC_URL) for _ in range(2))
    assert client.get(first).status_code == 403
    assert client.get(second).status_code == 200


def test_once_somebody_exists_it_says_how_to_sign_in(db):
    User.objects.create_user("dana@harbor.example", PASSWORD, is_superuser=True)
    assert prepare() == "sign-in: dana@harbor.example\n"


def test_the_environments_administrator_comes_with_the_sandbox_connected(client, db, admin_from_environment, settings):
    assert prepare() == "sign-in: ops@harbor.example\n"
    ops = User.objects.get()
    assert ops.is_superuser
    assert ops.check_password(PASSWORD)
    found = Workspace.objects.get()
    assert (found.slug, found.sandbox, found.api_url) == ("sandbox", True, f"{settings.SANDBOX_URL}/v1")
    assert Member.objects.get().role == "admin"
    assert client.get("/setup/").status_code == 404


def test_a_second_start_changes_nothing(db, admin_from_environment):
    prepare()
    ops = User.objects.get()
    ops.set_password("their-own-choice")
    ops.is_superuser = False
    ops.save()
    assert prepare() == "sign-in: ops@harbor.example\n"
    ops.refresh_from_db()
    assert ops.check_password("their-own-choice")
    assert not ops.is_superuser
    assert Workspace.objects.count() == Member.objects.count() == 1


def test_somebody_taken_out_of_the_sandbox_is_not_put_back(db, admin_from_environment):
    prepare()
    Member.objects.all().delete()
    prepare()
    assert not Member.objects.exists()


def test_the_sandbox_follows_its_port_and_keys(db, admin_from_environment, settings):
    prepare()
    settings.SANDBOX_URL = "http://127.0.0.1:8200"
    settings.SANDBOX_SECRET_KEY = "new-key"
    prepare()
    found = Workspace.objects.get()
    assert found.upload_url == "http://127.0.0.1:8200"
    assert found.stream_url == "http://127.0.0.1:8200/stream"
    assert found.secret_key == "new-key"


def test_without_a_sandbox_there_is_no_workspace(db, admin_from_environment, settings):
    settings.SANDBOX_URL = ""
    assert prepare() == "sign-in: ops@harbor.example\n"
    assert not Workspace.objects.exists()
    with pytest.raises(LookupError):
        sandbox.connect(User.objects.get())


def test_the_sandbox_does_not_take_over_a_workspace_that_holds_its_address(db, admin_from_environment):
    Workspace.objects.create(name="Mine", slug="sandbox", api_url="https://api.fastpix.com/v1", secret_key="mine")
    prepare()
    assert Workspace.objects.get().secret_key == "mine"
