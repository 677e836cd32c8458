import json
import logging

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.cache import cache
from django.urls import reverse

from fastpix_api.playback_token import pem
from tests.media_app import at_sandbox
from tests.media_app.shelf import put
from tests.people import make_client
from workspace_app.models import SigningKey, TimelineEntry

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


@pytest.fixture
def harbor(db, sandbox):
    """A workspace on the run's own sandbox."""
    yield at_sandbox.connected(sandbox)
    sandbox.switch(api="up")


@pytest.fixture
def person(harbor):
    return make_client("editor@example.com", harbor, "editor")


@pytest.fixture
def boss(harbor):
    return make_client("admin@example.com", harbor, "admin")


@pytest.fixture
def remote(sandbox):
    """FastPix's signing keys, as somebody else reaches them."""
    return at_sandbox.fastpix(sandbox).signing_keys


def at(name, *more):
    return reverse(f"media:{name}", args=["harbor", *more])


def create(person, **fields):
    return person.post(at("signing_key_add"), fields, headers=HTMX)


def row(person, key_id):
    """What the list says of one key."""
    lines = person.get(at("signing_keys")).context["keys"].lines
    return next((line for line in lines if line.key_id == key_id), None)


def test_a_new_key_is_shown_once_and_kept_only_if_asked(person, remote, caplog):
    with caplog.at_level(logging.DEBUG):
        page = create(person)
    made = page.context["made"]
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert load_pem_private_key(page.context["pem"].encode(), None).key_size == 2048
    assert pem(made.private_key) in page.content.decode()
    assert "Neither FastPix nor this console keeps it" in page.content.decode()
    assert not SigningKey.objects.exists()
    assert row(person, made.key_id).kept_at is None
    for told in (caplog.text, json.dumps(list(TimelineEntry.objects.values_list("details", flat=True)))):
        assert made.private_key[:60] not in told
        assert pem(made.private_key).splitlines()[1] not in told
    assert made.private_key[:60] not in repr(made)
    for name in ("playback_security", "signing_keys"):
        assert made.private_key[:60] not in person.get(at(name)).content.decode()


def test_a_kept_key_opens_private_media_here(person, harbor):
    film = put(harbor, policies=("private",))
    player = reverse("media:media_player", args=["harbor", film.remote_id])
    body = person.get(player).content.decode()
    assert "no key to open it" in body
    assert f"{at('signing_key_add')}?keep=1" in body
    assert "checked" in person.get(at("signing_key_add"), {"keep": "1"}).content.decode()
    page = create(person, keep="on")
    assert "live:signing-keys" in page["HX-Trigger"]
    assert "This console keeps it, encrypted" in page.content.decode()
    assert "data-player" in person.get(player).content.decode()
    line = row(person, page.context["made"].key_id)
    assert (line.there, line.signs, line.kept_at is not None) == (True, True, True)
    assert TimelineEntry.objects.get(verb="signing_key_created").details["kept"] is True


def test_only_the_newest_kept_key_signs(person):
    first = create(person, keep="on").context["made"].key_id
    second = create(person, keep="on").context["made"].key_id
    assert (row(person, first).signs, row(person, second).signs) == (False, True)
    body = person.get(at("signing_keys")).content.decode()
    assert body.count("Kept here, signs") == 1


def test_the_public_half_can_be_looked_at(person, remote):
    key_id = remote.create().data["id"]
    body = person.get(at("signing_key_detail", key_id)).content.decode()
    assert "BEGIN PUBLIC KEY" in body
    assert "PRIVATE KEY" not in body


def test_deleting_says_what_ends_and_ends_it(boss, harbor, remote):
    put(harbor, policies=("private",))
    put(harbor, policies=("private", "public"))
    key_id = create(boss, keep="on").context["made"].key_id
    asked = boss.get(at("signing_key_delete", key_id)).content.decode()
    assert "Every token signed with it stops working at once" in asked
    assert "1 private media cannot be opened in this console any more" in asked
    page = boss.post(at("signing_key_delete", key_id), headers=HTMX)
    assert page.status_code == 204
    assert {"dialog:close", "live:signing-keys", "toast"} <= json.loads(page["HX-Trigger"]).keys()
    assert not SigningKey.objects.exists()
    assert row(boss, key_id) is None
    assert TimelineEntry.objects.get(verb="signing_key_deleted").details["signing_key"] == key_id
    assert f"Signing key {key_id} deleted" in boss.get("/w/harbor/settings/").content.decode()


def test_with_another_key_kept_nothing_is_lost_here(boss):
    first = create(boss, keep="on").context["made"].key_id
    create(boss, keep="on")
    assert "goes on with another key" in boss.get(at("signing_key_delete", first)).content.decode()


def test_a_private_half_can_be_given_up_without_touching_fastpix(boss, remote):
    key_id = create(boss, keep="on").context["made"].key_id
    assert "go on working" in boss.get(at("signing_key_forget", key_id)).content.decode()
    assert boss.post(at("signing_key_forget", key_id)).status_code == 204
    assert not SigningKey.objects.exists()
    assert row(boss, key_id).there
    assert remote.get(key_id).data["signingKeyId"] == key_id
    assert TimelineEntry.objects.filter(verb="signing_key_forgotten").exists()


def test_a_kept_key_that_was_deleted_elsewhere_is_pointed_out(boss, remote):
    key_id = create(boss, keep="on").context["made"].key_id
    remote.delete(key_id)
    assert not row(boss, key_id).there
    assert "Kept here, not at FastPix" in boss.get(at("signing_keys")).content.decode()
    refused = boss.post(at("signing_key_delete", key_id), headers=HTMX)
    assert refused.status_code == 502
    assert SigningKey.objects.exists()  # other credentials answer the same: the only copy is not thrown away for that
    assert boss.post(at("signing_key_forget", key_id)).status_code == 204


def test_more_keys_than_fastpix_lists_at_once_are_on_further_pages(person, remote):
    there = remote.list(limit=1).pagination["totalRecords"]
    made = [remote.create().data["id"] for _ in range(max(0, 51 - there))]
    try:
        first, second = person.get(at("signing_keys")), person.get(at("signing_keys"), {"page": "2"})
        assert len(first.context["keys"].lines) == 50
        assert "Older" in first.content.decode()
        assert second.context["keys"].lines
        assert not {x.key_id for x in first.context["keys"].lines} & {x.key_id for x in second.context["keys"].lines}
        for nonsense in ("0", "-1", "x", "1e9", "²"):
            assert person.get(at("signing_keys"), {"page": nonsense}).context["keys"].number == 1
    finally:
        for key_id in made:
            remote.delete(key_id)


def test_while_fastpix_is_away_the_page_opens_and_says_so_in_place(person, sandbox):
    sandbox.switch(api="down")
    assert person.get(at("playback_security")).status_code == 200
    for name in ("signing_keys", "drm_configurations"):
        card = person.get(at(name), headers=HTMX)
        assert card.status_code == 502
        assert "Try again" in card.content.decode()
    assert create(person, keep="on").status_code == 502
    assert not SigningKey.objects.exists()
    assert not TimelineEntry.objects.exists()


def test_who_may_protect_may_create_but_only_an_admin_deletes(harbor, person):
    viewer = make_client("viewer@example.com", harbor, "viewer")
    for name in ("playback_security", "signing_keys", "signing_key_add", "drm_configurations"):
        assert viewer.get(at(name)).status_code == 403
    assert create(viewer).status_code == 403
    key_id = create(person, keep="on").context["made"].key_id
    body = person.get(at("signing_keys")).content.decode()
    assert "admins only" in body
    for name in ("signing_key_delete", "signing_key_forget"):
        assert at(name, key_id) not in body
        assert person.post(at(name, key_id)).status_code == 403
    assert SigningKey.objects.exists()
