import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from workspace_app import installation
from workspace_app.models import Installation, User

GOOD = {
    "email": "Dana@Harbor.example",
    "name": "Dana",
    "password": "a-long-harbour-night",
    "time_zone": "Europe/Berlin",
}
SETUP = "/setup/"


@pytest.fixture
def token(db):
    return installation.new_setup_token()


def test_the_front_door_leads_to_set_up_while_nobody_exists(client, db):
    assert client.get("/")["Location"] == SETUP


@pytest.mark.parametrize("wrong", ["", "?token=", "?token=guess"])
def test_without_the_token_the_page_says_how_to_get_it(client, token, wrong):
    """RELIABILITY 66: the set-up page serves once."""
    page = client.get(SETUP + wrong)
    assert page.status_code == 403
    assert "/setup/?token=" in page.content.decode()
    assert client.post(SETUP + wrong, GOOD).status_code == 403
    assert not User.objects.exists()


def test_guessing_is_slowed_down(client, token):
    """RELIABILITY 53: guessing is slowed down by network."""
    answers = [client.get(SETUP, {"token": f"guess-{number}"}).status_code for number in range(25)]
    assert answers[0] == 403
    assert answers[-1] == 429


def test_the_token_makes_the_first_administrator_and_signs_them_in(client, token):
    assert client.get(SETUP, {"token": token}).status_code == 200
    answer = client.post(SETUP, {**GOOD, "token": token})
    assert answer["Location"] == reverse("workspace:workspace_add")
    dana = User.objects.get()
    assert (dana.email, dana.time_zone, dana.is_superuser) == ("dana@harbor.example", "Europe/Berlin", True)
    assert client.get(reverse("workspace:workspace_add")).status_code == 200


def test_after_set_up_the_page_is_gone_even_with_the_token(client, token):
    """RELIABILITY 66: the set-up page serves once."""
    client.post(SETUP, {**GOOD, "token": token})
    assert client.get(SETUP, {"token": token}).status_code == 404
    assert Client().post(SETUP, {**GOOD, "email": "second@harbor.example", "token": token}).status_code == 404
    assert User.objects.count() == 1


def test_a_weak_password_comes_back_beside_its_field(client, token):
    page = client.post(SETUP, {**GOOD, "password": "harbor", "token": token})
    assert page.status_code == 422
    assert "at least 10 characters" in page.content.decode()
    assert "password" in page.context["form"].errors
    assert not User.objects.exists()


def test_rights_cannot_be_smuggled_into_the_form(client, token):
    """RELIABILITY 52: what belongs to others, or is in no form, cannot be named."""
    client.post(SETUP, {**GOOD, "token": token, "is_active": "", "pk": "99", "theme": "dark"})
    assert User.objects.get().is_active
    assert User.objects.get().theme == "system"


def test_only_the_newest_token_counts_and_only_its_hash_is_kept(client, token):
    newer = installation.new_setup_token()
    assert client.get(SETUP, {"token": token}).status_code == 403
    assert client.get(SETUP, {"token": newer}).status_code == 200
    assert re.fullmatch("[0-9a-f]{64}", Installation.objects.get().setup_token_sha256)


def test_without_the_cache_a_wrong_token_is_still_refused(client, token, settings):
    """RELIABILITY 66: the set-up page serves once."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert client.get(SETUP, {"token": "guess"}).status_code == 403
    assert client.post(SETUP, {**GOOD, "token": token}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_race_one_becomes_the_administrator():
    """RELIABILITY 66: the set-up page serves once."""
    token = installation.new_setup_token()
    start, answers = threading.Barrier(4), []

    def try_it(number):
        start.wait()
        try:
            answers.append(
                Client().post(SETUP, {**GOOD, "email": f"p{number}@harbor.example", "token": token}).status_code
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert User.objects.count() == 1
    assert answers.count(302) == 1
    assert set(answers) <= {302, 403, 404}
