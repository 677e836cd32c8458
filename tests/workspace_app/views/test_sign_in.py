import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.people import PASSWORD, make_client
from workspace_app.models import User

LOGIN = "/accounts/login/"


@pytest.fixture
def dana(db):
    return User.objects.create_user("dana@harbor.example", PASSWORD, name="Dana")


def sign_in(client, email="dana@harbor.example", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password, **extra.pop("data", {})}, **extra)


def test_the_right_password_opens_the_console(client, dana):
    assert client.get("/")["Location"].startswith(LOGIN)
    assert sign_in(client)["Location"] == "/"
    assert client.get("/")["Location"] == reverse("workspace:workspace_list")


def test_an_e_mail_is_compared_without_regard_to_case(client, dana):
    assert sign_in(client, "DANA@harbor.EXAMPLE").status_code == 302


def test_a_wrong_password_says_so_and_tells_nothing_about_the_account(client, dana):
    known, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody@harbor.example")
    for page in (known, unknown):
        assert page.status_code == 200
        assert "E-mail and password do not match" in page.content.decode()


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "\t//evil.example",
        "http:evil",
    ],
)
def test_the_way_back_never_leaves_the_console(client, dana, hostile):
    """RELIABILITY 56: the way back stays here."""
    assert sign_in(client, data={"next": hostile})["Location"] == "/"


def test_the_way_back_leads_to_the_page_one_wanted(client, dana):
    assert sign_in(client, data={"next": "/workspaces/"})["Location"] == "/workspaces/"


def test_guessing_locks_the_guessers_network_and_not_the_person(client, dana):
    """RELIABILITY 53: guessing is slowed down by network."""
    for _ in range(5):
        sign_in(client, password="guess", REMOTE_ADDR="203.0.113.9")
    locked = sign_in(client, REMOTE_ADDR="203.0.113.9")
    assert locked.status_code != 302
    assert "Too many failed attempts" in locked.content.decode()
    assert sign_in(client, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_a_made_up_forwarding_header_does_not_open_the_lock(client, dana):
    """RELIABILITY 53: guessing is slowed down by network."""
    for number in range(6):
        page = sign_in(client, password="guess", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert "Too many failed attempts" in page.content.decode()


def test_the_lock_ends_after_five_minutes_even_from_the_same_network(client, dana):
    """RELIABILITY 53: guessing is slowed down by network."""
    with time_machine.travel("2026-11-21 12:00:00+00:00", tick=False) as clock:
        for _ in range(6):
            sign_in(client, password="guess")
        assert sign_in(client).status_code != 302
        clock.shift(301)
        assert sign_in(client).status_code == 302


def test_many_attempts_from_one_network_meet_a_page_that_asks_to_wait(client, dana):
    pages = [sign_in(client, f"p{number}@harbor.example", "guess") for number in range(31)]
    assert pages[-1].status_code == 429
    assert "Wait a minute" in pages[-1].content.decode()


def test_signing_in_gives_a_new_session(client, dana):
    """RELIABILITY 54: sessions end when they have to."""
    client.get(LOGIN)
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_signing_out_needs_a_post_and_ends_the_session(client, dana):
    """RELIABILITY 50 and 54: nothing changes without the token, from another site, or by a GET."""
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/account/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/account/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(dana):
    """RELIABILITY 54: sessions end when they have to."""
    here, elsewhere = Client(), Client()
    sign_in(here), sign_in(elsewhere)
    form = {"oldpassword": PASSWORD, "password1": "another-harbour-night", "password2": "another-harbour-night"}
    assert here.get("/accounts/password/change/").status_code == 200
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_someone_disabled_is_out_at_the_next_request(dana):
    """RELIABILITY 54: sessions end when they have to."""
    client = Client()
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/account/").status_code == 302
    refused = sign_in(Client())
    assert refused.status_code == 403
    assert "has been closed" in refused.content.decode()


def test_reauthentication_takes_the_persons_own_password(dana):
    client = Client()
    sign_in(client)
    assert client.get("/accounts/reauthenticate/").status_code == 200
    assert client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code == 200
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_email", "account_reset_password", "account_set_password", "account_inactive"]
)
def test_the_rest_of_allauth_has_no_address(name):
    """RELIABILITY 55: there is no other way in than the sign-in page."""
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signup_is_closed(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"email": "x@x.example", "password1": PASSWORD}).status_code == 404
    assert not User.objects.exists()


def test_an_expired_session_leads_the_whole_page_to_sign_in_not_a_card(workspace):
    """RELIABILITY 47: an expired session."""
    client = make_client("viewer@example.com", workspace)
    client.logout()
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/workspaces/?q=a"}
    answer = client.get("/account/", headers=here)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=/workspaces/%3Fq%3Da"
    foreign = client.get("/account/", headers={**here, "HX-Current-URL": "http://evil.example/x"})
    assert foreign["HX-Redirect"] == "/accounts/login/?next=/"


def test_without_the_cache_nobody_guesses_and_the_page_says_why(client, dana, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert client.get(LOGIN).status_code == 200
    page = sign_in(client)
    assert page.status_code == 503
    assert "Signing in waits" in page.content.decode()
