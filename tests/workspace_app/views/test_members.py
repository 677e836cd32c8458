import threading

import pytest
from django.db import connection

from tests.people import make_client, make_workspace
from workspace_app.models import Member, TimelineEntry


def role_of(client):
    return Member.objects.get(user=client.user, workspace__slug="harbor").role


def test_an_admin_gives_another_role_and_it_holds_from_the_next_request(admin, viewer):
    assert viewer.get("/w/harbor/members/").status_code == 403
    admin.post("/w/harbor/members/change/", {"person": viewer.user.email, "role": "admin"})
    assert role_of(viewer) == "admin"
    assert viewer.get("/w/harbor/members/").status_code == 200
    entry = TimelineEntry.objects.get(verb="member_changed")
    assert (entry.actor, entry.details["before"], entry.details["after"]) == (admin.user, "viewer", "admin")


def test_removing_ends_access_with_the_next_request(admin, viewer):
    assert viewer.get("/w/harbor/media/").status_code == 200
    admin.post("/w/harbor/members/remove/", {"person": viewer.user.email})
    assert viewer.get("/w/harbor/media/").status_code == 404
    assert viewer.get("/workspaces/").status_code == 200


@pytest.mark.parametrize(("act", "form"), [("change", {"role": "viewer"}), ("remove", {})])
def test_the_last_admin_stays(admin, act, form):
    page = admin.post(f"/w/harbor/members/{act}/", {"person": admin.user.email, **form})
    assert page.status_code == 422
    assert "is the last admin" in page.content.decode()
    assert role_of(admin) == "admin"


def test_a_role_nobody_knows_is_refused(admin, viewer):
    assert admin.post("/w/harbor/members/change/", {"person": viewer.user.email, "role": "root"}).status_code == 422
    assert role_of(viewer) == "viewer"


def test_members_of_other_workspaces_cannot_be_named(admin, stranger):
    """RELIABILITY 52: what belongs to others, or is in no form, cannot be named."""
    for act in ("change", "remove"):
        answer = admin.post(f"/w/harbor/members/{act}/", {"person": stranger.user.email, "role": "viewer"})
        assert answer.status_code == 404
    assert Member.objects.get(user=stranger.user).role == "admin"


def test_an_admin_who_leaves_lands_where_they_may_be(workspace, admin):
    make_client("second@example.com", workspace, "admin")
    answer = admin.post("/w/harbor/members/remove/", {"person": admin.user.email})
    assert answer["Location"] == "/workspaces/"


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one_admin():
    harbor = make_workspace()
    pair = [make_client(f"{name}@example.com", harbor, "admin") for name in ("ada", "ben")]
    start, answers = threading.Barrier(2), []

    def demote(me, other):
        start.wait()
        try:
            form = {"person": other.user.email, "role": "viewer"}
            answers.append(me.post("/w/harbor/members/change/", form).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=(pair[i], pair[1 - i])) for i in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Member.objects.filter(role="admin").count() == 1
    assert 302 in answers
