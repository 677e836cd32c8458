import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import PASSWORD, make_client
from workspace_app.models import Invitation, Member, TimelineEntry, User

NEW = {"name": "Noor", "password": "a-long-harbour-night", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def invite(admin):
    """Invite somebody; returns the link's path and the page that showed it."""

    def act(email="noor@example.com", role="editor"):
        page = admin.post("/w/harbor/members/invite/", {"email": email, "role": role})
        assert page.status_code == 200, page.context["form"].errors
        return re.search(r"/invite/[\w-]+/", page.content.decode()).group(), page

    return act


def test_somebody_new_joins_with_a_password_of_their_own(invite):
    link, _ = invite()
    client = Client()
    assert "Join Harbor" in client.get(link).content.decode()
    assert client.post(link, NEW)["Location"] == "/w/harbor/media/"
    noor = User.objects.get(email="noor@example.com")
    assert (noor.name, noor.time_zone, noor.is_superuser) == ("Noor", "Asia/Tokyo", False)
    assert Member.objects.get(user=noor).role == "editor"
    assert client.get("/w/harbor/media/").status_code == 200
    assert TimelineEntry.objects.filter(verb="member_joined", actor=noor).exists()


def test_the_link_works_once(invite):
    link, _ = invite()
    Client().post(link, NEW)
    second = Client().post(link, {**NEW, "name": "Mallory"})
    assert second.status_code == 404
    assert "no longer works" in second.content.decode()


def test_the_link_is_shown_once_and_only_its_hash_is_kept(invite, admin):
    link, page = invite()
    token = link.split("/")[2]
    assert token in page.content.decode()
    assert token not in admin.get("/w/harbor/members/").content.decode()
    assert re.fullmatch("[0-9a-f]{64}", Invitation.objects.get().token_sha256)


def test_the_link_runs_out_after_seven_days(invite):
    link, _ = invite()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert Client().post(link, NEW).status_code == 404


def test_a_withdrawn_link_is_worth_nothing(invite, admin):
    link, _ = invite()
    admin.post("/w/harbor/members/withdraw/", {"email": "noor@example.com"})
    assert Client().get(link).status_code == 404
    assert TimelineEntry.objects.filter(verb="invitation_withdrawn").exists()


def test_inviting_again_makes_the_older_link_worthless(invite):
    older, _ = invite()
    newer, _ = invite(role="viewer")
    assert Client().get(older).status_code == 404
    assert Client().get(newer).status_code == 200


def test_whoever_has_an_account_joins_as_it(invite, stranger):
    link, _ = invite(email="stranger@example.com")
    anonymous = Client()
    assert anonymous.get(link)["Location"] == f"/accounts/login/?next={link}"
    assert anonymous.post(link, NEW).status_code == 302
    assert User.objects.get(email="stranger@example.com").check_password(PASSWORD)
    assert stranger.post(link)["Location"] == "/w/harbor/media/"
    assert stranger.get("/w/harbor/media/").status_code == 200


def test_another_account_cannot_take_the_invitation(invite, stranger):
    link, _ = invite()
    page = stranger.get(link)
    assert page.status_code == 403
    assert "for somebody else" in page.content.decode()
    assert stranger.post(link).status_code == 403
    assert not Member.objects.filter(user=stranger.user, workspace__slug="harbor").exists()


def test_the_invited_cannot_choose_their_e_mail_or_role(invite):
    """RELIABILITY 52: what belongs to others, or is in no form, cannot be named."""
    link, _ = invite(role="viewer")
    Client().post(link, {**NEW, "email": "other@example.com", "role": "admin", "is_superuser": "1"})
    noor = User.objects.get(email="noor@example.com")
    assert Member.objects.get(user=noor).role == "viewer"
    assert not noor.is_superuser


def test_a_member_is_not_invited_again(admin, viewer):
    page = admin.post("/w/harbor/members/invite/", {"email": "VIEWER@example.com", "role": "admin"})
    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_an_invitation_of_another_workspace_cannot_be_withdrawn(invite, stranger):
    invite()
    assert stranger.post("/w/elsewhere/members/withdraw/", {"email": "noor@example.com"}).status_code == 404
    assert Invitation.objects.count() == 1


def test_a_hostile_name_stays_text(workspace, admin):
    """RELIABILITY 48: what others wrote is text."""
    hostile = "<img src=x onerror=alert(1)>"
    client = make_client("eve@example.com", workspace)
    client.post("/account/", {"name": hostile, "time_zone": "", "theme": "dark"})
    page = admin.get("/w/harbor/members/").content.decode()
    assert hostile not in page
    assert "&lt;img src=x" in page
