import json
import re

import jwt
import pytest
import requests
from django.core.cache import cache
from django.urls import reverse

from media_app.models import PlaybackId
from tests.media_app import at_sandbox
from tests.media_app.shelf import put
from tests.people import make_client
from workspace_app import signing_keys
from workspace_app.models import TimelineEntry

HTMX = {"HX-Request": "true"}
NOBODYS = "00000000-0000-4000-8000-00000000dead"
ACTS = ("playback_id_delete", "playback_domains_edit", "playback_agents_edit", "playback_token_mint")


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
def media(sandbox, harbor):
    return at_sandbox.new_media(sandbox, harbor)


@pytest.fixture
def remote(sandbox):
    """FastPix's playback operations, as somebody else calls them."""
    return at_sandbox.fastpix(sandbox).playback


def at(name, media, playback=None, slug="harbor"):
    return reverse(f"media:{name}", args=[slug, media.remote_id, *([playback.remote_id] if playback else [])])


def add(person, media, policy, **fields):
    return person.post(at("playback_id_add", media), {"access_policy": policy, **fields}, headers=HTMX)


def of(media, policy):
    return media.playback_ids.get(access_policy=policy)


def rules(person, media, playback, name="playback_domains_edit", **fields):
    """Open the dialog, change these fields, send it."""
    form = person.get(at(name, media, playback)).context["form"]
    opened = {field: form[field].value() for field in form.fields}
    return person.post(at(name, media, playback), opened | fields, headers=HTMX)


def held(remote, media, playback, kind="domains"):
    return remote.get(media.remote_id, playback.remote_id).data["accessRestrictions"][kind]


def verbs(media):
    return list(TimelineEntry.objects.filter(object_id=media.remote_id, source="person").values_list("verb", flat=True))


def test_a_playback_id_is_made_at_fastpix_and_shown_at_once(person, media, remote):
    page = add(person, media, "private", resolution="720p")
    assert page.status_code == 200
    assert page["HX-Retarget"] == "#playback-ids"
    made = of(media, "private")
    assert made.remote_id in page.content.decode()
    assert {one["id"] for one in remote.list(media.remote_id).data} == {
        one.remote_id for one in media.playback_ids.all()
    }
    assert verbs(media) == ["playback_id_added"]
    assert "720p" in TimelineEntry.objects.get(verb="playback_id_added").details["note"]
    assert person.get(at("playback_ids", media)).content == page.content


def test_the_mirror_needs_no_repair_after_our_own_acts(person, media):
    add(person, media, "private")
    rules(person, media, of(media, "private"), default_policy="deny", allow="example.com")
    person.post(at("playback_id_delete", media, of(media, "public")))
    before = {one.remote_id: (one.access_policy, one.restrictions) for one in media.playback_ids.all()}
    media.refresh_from_db()
    assert not media.unsettled
    at_sandbox.settle(media)
    assert {one.remote_id: (one.access_policy, one.restrictions) for one in media.playback_ids.all()} == before


def test_what_somebody_else_changed_meanwhile_is_asked_for_and_not_written_over(person, media, remote):
    """Our rows are older than FastPix's then; the next whole answer has all of them."""
    elsewhere = remote.create(media.remote_id, access_policy="private").data["id"]
    add(person, media, "public")
    at_sandbox.settle(media)
    assert media.playback_ids.count() == 3
    assert media.playback_ids.filter(remote_id=elsewhere).exists()


def test_drm_asks_for_a_configuration_of_the_workspace(person, media, sandbox):
    choice = reverse("media:drm_choice", args=["harbor"])
    made = requests.post(f"{sandbox.url}/_sandbox/drm", json={}, timeout=5).json()["configurations"]
    try:
        assert made[-1] in person.get(choice, {"access_policy": "drm"}).content.decode()
        assert person.get(choice, {"access_policy": "private"}).content.decode().strip() == ""
        refused = add(person, media, "drm")
        assert refused.status_code == 422
        assert refused["HX-Retarget"] == "#dialog"
        assert "Choose the DRM configuration" in refused.content.decode()
        assert add(person, media, "drm", drm_configuration_id=made[-1]).status_code == 200
        assert of(media, "drm")
        unparsable = add(person, media, "drm", drm_configuration_id="no-uuid")
        assert unparsable.status_code == 422
        assert "is invalid" in unparsable.content.decode()
    finally:
        for one in made:
            requests.post(f"{sandbox.url}/_sandbox/drm", json={"remove": one}, timeout=5)
    assert "DRM is not enabled" in person.get(choice, {"access_policy": "drm"}).content.decode()
    gone = add(person, media, "drm", drm_configuration_id=made[-1])
    assert gone.status_code == 502
    assert "DRM ID does not exist" in gone.content.decode()


def test_before_it_is_ready_the_button_says_why_and_fastpix_s_words_come_through(person, harbor, media):
    media.status = "processing"
    media.save()
    body = person.get(at("playback_ids", media)).content.decode()
    assert 'aria-disabled="true"' in body
    assert "once the media is ready" in body


def test_deleting_names_what_ends_and_ends_it(person, media, remote):
    add(person, media, "private")
    public = of(media, "public")
    asked = person.get(at("playback_id_delete", media, public)).content.decode()
    assert "stops working wherever it is used" in asked
    assert "with its other playback ID" in asked
    page = person.post(at("playback_id_delete", media, public), headers=HTMX)
    assert page.status_code == 200
    assert public.remote_id not in page.content.decode()
    assert [one["accessPolicy"] for one in remote.list(media.remote_id).data] == ["private"]
    assert "playback_id_removed" in verbs(media)
    only = person.get(at("playback_id_delete", media, of(media, "private"))).content.decode()
    assert "It is the only one" in only
    assert "Tokens made for it" in only


def test_one_that_was_deleted_elsewhere_counts_as_deleted(person, media, remote):
    public = of(media, "public")
    remote.delete(media.remote_id, public.remote_id)
    page = person.post(at("playback_id_delete", media, public), headers=HTMX)
    assert page.status_code == 200
    assert not PlaybackId.objects.filter(pk=public.pk).exists()
    media.refresh_from_db()
    assert not media.gone


def test_a_private_media_with_a_public_id_is_told_and_offered_to_be_closed(person, media):
    assert "anyone with the public link" not in person.get(at("playback_ids", media)).content.decode()
    add(person, media, "private")
    body = person.get(at("playback_ids", media)).content.decode()
    assert "anyone with the public link can watch" in body
    assert at("playback_id_delete", media, of(media, "public")) in body
    assert "lets anyone with its address watch" in person.get(at("playback_id_add", media)).content.decode()


def test_rules_are_replaced_and_told_in_words(person, media, remote):
    public = of(media, "public")
    page = rules(person, media, public, default_policy="deny", allow="Example.com\nfilms.example")
    assert page.status_code == 200
    assert "2 domains allowed" in page.content.decode()
    domains = {"defaultPolicy": "deny", "allow": ["example.com", "films.example"], "deny": []}
    assert held(remote, media, public) == domains
    page = rules(person, media, public, "playback_agents_edit", deny="curl/")
    assert "2 domains allowed, 1 user agent denied" in page.content.decode()
    assert held(remote, media, public, "userAgents")["deny"] == ["curl/"]
    assert held(remote, media, public) == domains
    note = TimelineEntry.objects.get(verb="domains_changed").details["note"]
    assert note.endswith("all → only example.com, films.example")


def test_the_dialog_opens_with_what_fastpix_holds_now(person, media, remote):
    public = of(media, "public")
    remote.update_domains(media.remote_id, public.remote_id, default_policy="deny", allow=["elsewhere.example"])
    body = person.get(at("playback_domains_edit", media, public)).content.decode()
    assert "elsewhere.example" in body


def test_a_change_made_meanwhile_is_shown_before_it_is_replaced(person, media, remote):
    public = of(media, "public")
    form = person.get(at("playback_domains_edit", media, public)).context["form"]
    remote.update_domains(media.remote_id, public.remote_id, default_policy="deny", allow=["theirs.example"])
    sent = {"default_policy": "allow", "allow": "", "deny": "mine.example", "began": form["began"].value()}
    met = person.post(at("playback_domains_edit", media, public), sent, headers=HTMX)
    assert met.status_code == 422
    assert "only theirs.example" in met.content.decode()
    assert "mine.example" in met.content.decode()
    assert held(remote, media, public)["allow"] == ["theirs.example"]
    again = sent | {"began": met.context["form"]["began"].value()}
    assert json.loads(again["began"])["allow"] == ["theirs.example"]
    assert person.post(at("playback_domains_edit", media, public), again, headers=HTMX).status_code == 200
    assert held(remote, media, public) == {"defaultPolicy": "allow", "allow": [], "deny": ["mine.example"]}


def test_entries_that_fastpix_would_refuse_never_leave(person, media, remote):
    public = of(media, "public")
    page = rules(person, media, public, default_policy="deny", allow="localhost")
    assert page.status_code == 422
    assert "Line 1: FastPix refuses names without a dot" in page.content.decode()
    assert held(remote, media, public)["defaultPolicy"] == "allow"


def test_rules_that_let_nobody_in_are_pointed_out(person, media):
    page = rules(person, media, of(media, "public"), default_policy="deny")
    assert re.search(r'st-warn">.{0,200}0 domains allowed', page.content.decode(), re.DOTALL)


def test_rules_of_an_id_that_is_gone_are_told_and_the_row_goes(person, media, remote):
    public = of(media, "public")
    remote.delete(media.remote_id, public.remote_id)
    page = person.get(at("playback_domains_edit", media, public), headers=HTMX)
    assert page.status_code == 502
    assert "FastPix does not have this" in page.content.decode()
    assert not PlaybackId.objects.filter(pk=public.pk).exists()


def test_a_token_is_minted_with_the_kept_key_and_shown_once(person, harbor, media):
    add(person, media, "private")
    private = of(media, "private")
    address = at("playback_token_mint", media, private)
    assert "keeps none" in person.get(address).content.decode()
    assert person.post(address, {"lifetime": "1h"}).status_code == 422
    made = signing_keys.create(harbor, person.user, keep=True)
    page = person.post(address, {"lifetime": "15m"}, headers=HTMX)
    assert page["HX-Retarget"] == "#dialog"
    assert "no-store" in page["Cache-Control"]
    token = page.context["token"].text
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["kid"], claims["aud"]) == (made.key_id, f"media:{private.remote_id}")
    assert claims["exp"] - claims["iat"] == 15 * 60
    body = page.content.decode()
    for address_with_it in (f"{private.remote_id}.m3u8?token={token}", f"thumbnail.jpg?token={token}"):
        assert address_with_it in body
    entry = TimelineEntry.objects.get(verb="token_minted")
    assert token not in json.dumps(entry.details)
    assert private.remote_id in entry.details["note"]
    assert person.post(address, {"lifetime": "for ever"}).status_code == 422


def test_a_public_id_needs_no_token(person, harbor, media):
    signing_keys.create(harbor, person.user, keep=True)
    address = at("playback_token_mint", media, of(media, "public"))
    assert "opens without a token" in person.get(address).content.decode()
    assert person.post(address, {"lifetime": "1h"}).status_code == 422
    assert not TimelineEntry.objects.filter(verb="token_minted").exists()


def test_what_is_shared_is_text_on_our_page(person, harbor):
    film = put(harbor, """<script>alert(1)</script>"><b>""")
    harbor.stream_url = "https://stream.fastpix.com"
    harbor.save()
    body = person.get(at("playback_share", film, film.playback_ids.get())).content.decode()
    assert "<script>" not in body
    assert "&lt;fastpix-player playback-id=&quot;" in body
    assert "&amp;lt;script&amp;gt;alert(1)" in body  # escaped for the page it is pasted into, and once more for ours


@pytest.mark.parametrize("name", ACTS)
def test_while_fastpix_is_away_nothing_is_changed(person, sandbox, harbor, media, name):
    signing_keys.create(harbor, person.user, keep=True)
    add(person, media, "private")
    playback, before = of(media, "private"), media.playback_ids.count()
    sandbox.switch(api="down")
    fields = {"lifetime": "1h", "default_policy": "deny", "allow": "a.example", "began": "{}"}
    page = person.post(at(name, media, playback), fields, headers=HTMX)
    assert page.status_code == (200 if name == "playback_token_mint" else 502)  # a token is signed without FastPix
    assert media.playback_ids.count() == before
    assert of(media, "private").restrictions == playback.restrictions


def test_a_viewer_may_copy_and_embed_but_change_nothing(harbor, media):
    viewer = make_client("viewer@example.com", harbor, "viewer")
    public = of(media, "public")
    body = viewer.get(at("playback_ids", media)).content.decode()
    assert at("playback_share", media, public) in body
    assert viewer.get(at("playback_share", media, public)).status_code == 200
    assert viewer.post(at("playback_id_add", media), {"access_policy": "public"}).status_code == 403
    for name in ACTS:
        assert at(name, media, public) not in body
        assert viewer.get(at(name, media, public)).status_code == 403
        assert viewer.post(at(name, media, public)).status_code == 403


def test_another_workspace_s_ids_are_not_there(person, harbor, stranger):
    theirs = put(stranger.user.memberships.get().workspace)
    ours = put(harbor)
    for name in (*ACTS, "playback_share"):
        assert person.get(at(name, theirs, theirs.playback_ids.get())).status_code == 404
        # one's own media does not lend its address to somebody else's playback ID
        assert person.get(at(name, ours, theirs.playback_ids.get())).status_code == 404


def test_a_deleted_media_offers_nothing(person, harbor):
    gone = put(harbor, gone=True, policies=("public", "private"))
    page = person.get(reverse("media:media_detail", args=["harbor", gone.remote_id])).content.decode()
    for name in (*ACTS, "playback_share"):
        assert at(name, gone, gone.playback_ids.first()) not in page
        assert person.get(at(name, gone, gone.playback_ids.first())).status_code == 404
