"""Every address, by every method, for every kind of person, against what its view says about itself.

A view says it with one decorator of workspace_app.access; an address without that, a public address nobody listed here
or an answer that differs from the tables below fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest
from django.core.cache import cache as shared_cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from events_app.models import WebhookEvent
from media_app.models import BulkJob, Media, PlaybackId, Upload, UploadPreset
from tests.people import make_client, make_workspace
from workspace_app.models import SigningKey
from workspace_app.roles import VERBS

ROLES = ("viewer", "editor", "operator", "admin")
# allauth's views carry no mark of ours
FOREIGN = {
    "account_logout": "public",
    "account_change_password": "signed_in",
    "account_reauthenticate": "signed_in",
}
# every address open to the world, and why
PUBLIC = {
    "healthz": "a machine asks; says nothing but that the process lives",
    "readyz": "a machine asks; names no host and no version",
    "account_login": "the way in",
    "account_logout": "ends only one's own session",
    "account_signup": "always 404",
    "workspace:home": "redirects",
    "workspace:setup": "guarded by the set-up token",
    "workspace:invitation_accept": "guarded by the invitation's token",
}
# addresses a viewer may POST to: they change nothing at FastPix and nothing for others
VIEWERS_MAY_POST = {"media:media_check", "media:media_token", "media:clips_look"}
# addresses that list what is known about any id, also about one nobody has
LISTS = {"events:of_object"}
# pages that say nothing of the id they are asked for: FastPix alone knows it, and their fragments ask
SHELLS = {"media:playlist_detail", "media:playlist_play", "media:playlist_candidates"}
FOREIGN_MARK = "mark-of-elsewhere"
NOBODYS = "00000000-0000-4000-8000-00000000dead"


@dataclass(frozen=True)
class Address:
    """One address of the console."""

    name: str
    access: str
    kwargs: tuple[str, ...]

    def url(self, **values: object) -> str:
        """The address with `values`, or with ids nobody has."""
        some = {"slug": "harbor", "public_id": UUID(NOBODYS)}
        return reverse(self.name, kwargs={name: values.get(name, some.get(name, NOBODYS)) for name in self.kwargs})


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str = "", taken: tuple[str, ...] = ()
) -> Iterator[Address]:
    for pattern in patterns:
        kwargs = (*taken, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, kwargs)
        else:
            name = f"{namespace}{pattern.name}"
            yield Address(name, getattr(pattern.callback, "access", FOREIGN.get(name, "")), kwargs)


@cache
def addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver().url_patterns))


def of_workspaces() -> list[Address]:
    return [address for address in addresses() if "slug" in address.kwargs]


@pytest.fixture
def people(db):
    """A client of each kind, in or out of the workspace "harbor"."""
    shared_cache.clear()
    harbor = make_workspace()
    cast = {role: make_client(f"{role}@example.com", harbor, role) for role in ROLES}
    cast["stranger"] = make_client("stranger@example.com", make_workspace("elsewhere"), "admin")
    cast["boss"] = make_client("boss@example.com")
    cast["boss"].user.is_superuser = True
    cast["boss"].user.save()
    return cast


def send(people, who: str, method: str, url: str, **extra):
    """The answer to a request of this person, in a session of its own: some addresses end it."""
    client = Client(**extra)
    if who != "anonymous":
        client.force_login(people[who].user)
    return getattr(client, method.lower())(url)


def test_every_view_says_who_may_reach_it():
    """RELIABILITY 51: each person reaches what the table of roles says."""
    known = {verb for verbs in VERBS.values() for verb in verbs} | {"signed_in", "installation_admin", "public"}
    wrong = {
        address.name: address.access or "no access named" for address in addresses() if address.access not in known
    }
    assert wrong == {}
    assert len(addresses()) > 30


def test_the_open_addresses_are_the_ones_listed():
    assert {address.name for address in addresses() if address.access == "public"} <= set(PUBLIC)


def test_an_address_in_a_workspace_names_a_verb():
    assert [address.name for address in of_workspaces() if "." not in address.access] == []
    assert [a.name for a in addresses() if "." in a.access and "slug" not in a.kwargs] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_signing_in_only_open_addresses_answer(people, method):
    """RELIABILITY 51: each person reaches what the table of roles says."""
    for address in addresses():
        answer = send(people, "anonymous", method, address.url())
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next=")
        if address.access == "public":
            assert answer.status_code != 500, address.name
        else:
            assert to_sign_in, (address.name, method, answer.status_code)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_expired_session_never_puts_the_sign_in_page_into_a_card(people, method):
    """RELIABILITY 47: an expired session."""
    for address in addresses():
        if address.access != "public":
            answer = send(people, "anonymous", method, address.url(), headers={"HX-Request": "true"})
            assert answer.headers.get("HX-Redirect", "").startswith("/accounts/login/"), address.name


@pytest.mark.parametrize("who", [*ROLES, "stranger", "boss"])
def test_each_person_reaches_what_the_table_of_roles_says(people, who):
    """RELIABILITY 51: each person reaches what the table of roles says."""
    for address in of_workspaces():
        answers = {method: send(people, who, method, address.url()).status_code for method in ("GET", "POST")}
        taken = {method: status for method, status in answers.items() if status != 405}
        assert taken, address.name  # a view that refuses every method would pass by being dead
        for method, status in taken.items():
            if who not in ROLES:
                assert status == 404, (who, method, address.name, status)
            else:
                assert (status == 403) == (address.access not in VERBS[who]), (who, method, address.name, status)


def test_only_an_installation_admin_adds_workspaces(people):
    for address in addresses():
        if address.access == "installation_admin":
            for who in (*ROLES, "stranger", "boss"):
                answers = {send(people, who, method, address.url()).status_code for method in ("GET", "POST")} - {405}
                assert answers, address.name
                assert (answers == {403}) == (who != "boss"), (who, address.name, answers)


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_ones_own_account_is_open_to_everyone_signed_in(people, who):
    for address in addresses():
        if address.access == "signed_in":
            for method in ("GET", "POST"):
                answer = send(people, who, method, address.url())
                assert answer.status_code in {200, 302, 405, 422}, (address.name, answer.status_code)
                assert not answer.headers.get("Location", "").startswith("/accounts/login/"), address.name


def test_a_viewer_changes_nothing(people):
    """RELIABILITY 51: each person reaches what the table of roles says."""
    allowed = set()
    for address in of_workspaces():
        if address.access in VERBS["viewer"] and send(people, "viewer", "POST", address.url()).status_code != 405:
            allowed.add(address.name)
    assert allowed <= VIEWERS_MAY_POST


@pytest.mark.parametrize(
    ("who", "method"), [("admin", "POST"), ("boss", "POST"), ("admin", "PUT"), ("admin", "DELETE")]
)
def test_no_state_changes_without_the_csrf_token(people, who, method):
    """RELIABILITY 50: nothing changes without the token, from another site, or by a GET."""
    for address in addresses():
        status = send(people, who, method, address.url(), enforce_csrf_checks=True).status_code
        assert status == 403, (address.name, method, status)


def test_a_form_sent_from_another_site_is_refused(people):
    """RELIABILITY 50: nothing changes without the token, from another site, or by a GET."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["admin"].user)
    client.get("/w/harbor/settings/")
    form = {"name": "Evil", "csrfmiddlewaretoken": client.cookies["csrf"].value}
    url = "/w/harbor/settings/name/"
    assert client.post(url, form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(url, form).status_code == 302


def test_ids_of_another_workspace_are_those_of_nobody(people):
    """RELIABILITY 52: what belongs to others, or is in no form, cannot be named."""
    elsewhere = people["stranger"].user.memberships.get().workspace
    values = foreign_ids(elsewhere)
    for address in of_workspaces():
        if set(address.kwargs) - {"slug"}:
            for method in ("GET", "POST"):
                answer = send(people, "admin", method, address.url(**values))
                nobodys = send(people, "admin", method, address.url())
                body = b"".join(answer) if answer.streaming else answer.content
                assert answer.status_code == nobodys.status_code, (address.name, method)
                assert answer.status_code >= 400 or address.name in LISTS | SHELLS, (address.name, method)
                assert FOREIGN_MARK not in body.decode(), address.name


def foreign_ids(workspace) -> dict[str, object]:
    """One object of each kind in `workspace`, by the name its id has in addresses."""
    media = Media.objects.create(
        workspace=workspace,
        remote_id="11111111-2222-4333-8444-555555555555",
        title=FOREIGN_MARK,
        created_at=timezone.now(),
    )
    playback = PlaybackId.objects.create(media=media, remote_id="22222222-3333-4444-8555-666666666666")
    key = SigningKey.objects.create(workspace=workspace, remote_id="key-of-elsewhere", private_key=FOREIGN_MARK)
    upload = Upload.objects.create(workspace=workspace, origin="browser", filename=FOREIGN_MARK, size=1)
    job = BulkJob.objects.create(workspace=workspace, kind="edit", created_by_name=FOREIGN_MARK)
    UploadPreset.objects.create(workspace=workspace, name=FOREIGN_MARK, public_id=upload.public_id)
    event = WebhookEvent.objects.create(
        workspace=workspace,
        event_id=f"event-{FOREIGN_MARK}",
        type=f"video.media.{FOREIGN_MARK}",
        object_id=media.remote_id,
        body=b"{}",
        sha256="0" * 64,
    )
    return {
        "remote_id": media.remote_id,
        "object_id": media.remote_id,
        "public_id": upload.public_id,
        "job_id": job.public_id,
        "event_id": event.event_id,
        "playback_id": playback.remote_id,
        "key_id": key.remote_id,
    }
