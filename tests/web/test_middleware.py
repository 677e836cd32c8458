import logging

import pytest
from django.test import Client

HTMX = {"HTTP_HX_REQUEST": "true"}
pytestmark = [pytest.mark.urls("tests.web.pages"), pytest.mark.django_db]


@pytest.fixture
def browser_like():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def test_every_answer_carries_an_id_of_its_own(client):
    first, second = client.get("/answer/fine/"), client.get("/answer/fine/")
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert first["X-Request-ID"] in first.text


def test_a_proxys_plain_id_is_kept_and_a_forged_one_is_not(client):
    assert client.get("/answer/fine/", headers={"X-Request-ID": "edge-7f3a91c2"})["X-Request-ID"] == "edge-7f3a91c2"
    for forged in ("short", 'x"\n<b>', "a" * 65):
        assert client.get("/answer/fine/", headers={"X-Request-ID": forged})["X-Request-ID"] != forged


def test_pages_are_nobodys_to_keep_unless_a_view_says_so(client):
    """RELIABILITY 65: no page is anybody's to keep."""
    assert client.get("/full/")["Cache-Control"] == "no-store, private"
    assert "HX-Request" in client.get("/full/")["Vary"]
    assert client.get("/answer/kept/")["Cache-Control"] == "max-age=60"


def test_fastpixs_trouble_is_one_sentence_where_the_content_would_be(client, caplog):
    with caplog.at_level(logging.WARNING):
        answer = client.get("/answer/trouble/?a=1&b=2", **HTMX)
    assert answer.status_code == 502
    assert answer["X-Error"] == "fragment"
    assert answer["Retry-After"] == "12"
    assert "FastPix did not answer in 8 s. Try again in a minute." in answer.text
    assert answer["X-Request-ID"] in answer.text
    assert "remote-77" in answer.text
    assert 'data-hx-get="/answer/trouble/?a=1&amp;b=2"' in answer.text
    assert "<html" not in answer.text
    assert any(record.name == "web.middleware" for record in caplog.records)


def test_after_an_act_nothing_offers_to_repeat_it_blindly(client):
    answer = client.post("/answer/trouble/", **HTMX)
    assert "data-hx-get" not in answer.text
    assert "may or may not have done it" in answer.text


def test_what_certainly_was_not_done_is_not_left_in_doubt(client):
    for answer in (client.post("/answer/refused/", **HTMX), client.post("/answer/refused/")):
        assert "Nothing was changed, neither here nor at FastPix." in answer.text
        assert "may or may not" not in answer.text


def test_a_whole_page_says_it_within_the_frame(client):
    answer = client.get("/answer/trouble/")
    assert answer.status_code == 502
    assert 'class="fp-top"' in answer.text
    assert 'href="/answer/trouble/"' in answer.text


def test_our_own_mistake_shows_no_insides(browser_like):
    """RELIABILITY 63: our own mistake shows no insides."""
    page, fragment = browser_like.get("/answer/crash/"), browser_like.get("/answer/crash/", **HTMX)
    for answer in (page, fragment):
        assert answer.status_code == 500
        assert "secret inside" not in answer.text
        assert answer["X-Request-ID"] in answer.text
    assert "<html" in page.text
    assert "<html" not in fragment.text


@pytest.mark.parametrize(("kind", "status"), [("gone", 404), ("no", 403), ("odd", 400), ("crash", 500)])
def test_each_ending_has_its_page_and_its_fragment(browser_like, kind, status):
    """RELIABILITY 63: our own mistake shows no insides."""
    for headers in ({}, HTMX):
        answer = browser_like.get(f"/answer/{kind}/", **headers)
        assert answer.status_code == status
        assert answer["Cache-Control"] == "no-store, private"
        assert ("<!doctype html>" in answer.text) is not bool(headers)
        assert ("X-Error" in answer) is bool(headers)


def test_a_database_that_is_away_is_said_and_worth_another_try(browser_like):
    for headers in ({}, HTMX):
        answer = browser_like.get("/answer/dark/", **headers)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert "database does not answer" in answer.text
        assert "/answer/dark/" in answer.text
        assert "secret inside" not in answer.text


def test_a_form_without_its_token_says_to_reload(browser_like, settings):
    settings.CSRF_FAILURE_VIEW = "web.errors.csrf"
    answer = browser_like.post("/protected/")
    assert answer.status_code == 403
    assert "Reload it" in answer.text
    assert "changed" not in answer.text.partition("<main")[2].partition("Nothing was changed")[0]


def test_an_unknown_host_is_refused_in_words(browser_like):
    """RELIABILITY 62: a made-up Host."""
    answer = browser_like.get("/full/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "cannot be read" in answer.text


def test_without_a_trusted_proxy_nobody_can_claim_to_come_by_https(client):
    """RELIABILITY 62: a claim to be https."""
    answer = client.get("/full/", headers={"X-Forwarded-Proto": "https", "Forwarded": "proto=https"})
    assert not answer.wsgi_request.is_secure()
    assert answer.wsgi_request.scheme == "http"
