import contextlib
import socket

import pytest
import requests
from django.core.cache import cache

from fastpix_api import FastPixError, Patience, Unauthorized, Unreachable
from tests.people import make_workspace
from tests.workspace_app.transports import Answering, Silent
from workspace_app import road
from workspace_app.breaker import OPEN_FOR, Breaker
from workspace_app.fastpix import client_for, is_proved, learn, prove
from workspace_app.models import Workspace


def ask(workspace, transport, **how):
    with contextlib.suppress(FastPixError):
        client_for(workspace, transport=transport, **how).media.list()


def test_after_three_silences_pages_answer_at_once(workspace):
    silent = Silent()
    for _ in range(3):
        ask(workspace, silent)
    with pytest.raises(Unreachable, match="silent several times"):
        client_for(workspace, transport=silent)
    assert silent.calls == 3


def test_two_silences_are_not_enough(workspace):
    for _ in range(2):
        ask(workspace, Silent())
    client_for(workspace, transport=Silent())


def test_silences_far_apart_do_not_add_up(workspace):
    for _ in range(2):
        ask(workspace, Silent())
    cache.touch(next(iter_keys("silences")), 0)  # what a minute does
    ask(workspace, Silent())
    client_for(workspace, transport=Silent())


def test_one_401_is_enough_and_says_what_to_do(workspace):
    ask(workspace, Answering(401))
    with pytest.raises(Unauthorized, match="settings"):
        client_for(workspace, transport=Answering())


def test_a_gateway_that_finds_nobody_home_counts_as_silence(workspace):
    for _ in range(3):
        ask(workspace, Answering(503))
    with pytest.raises(Unreachable):
        client_for(workspace, transport=Answering())


def test_a_refusal_is_an_answer(workspace):
    for status in (403, 404, 422, 403):
        ask(workspace, Answering(status))
    client_for(workspace, transport=Answering())


def test_a_workers_answer_closes_it_for_everyone(workspace):
    for _ in range(3):
        ask(workspace, Silent())
    ask(workspace, Answering(), patience=Patience.WORKER)
    client_for(workspace, transport=Answering())


def test_a_persons_own_test_goes_past_it_and_closes_it(workspace):
    ask(workspace, Answering(401))
    ask(workspace, Answering(), insist=True)
    client_for(workspace, transport=Answering())


def test_it_opens_for_a_moment_only(workspace):
    ask(workspace, Answering(401))
    assert 15 <= OPEN_FOR <= 30
    cache.touch(Breaker(workspace).key, 0)  # what that moment does
    client_for(workspace, transport=Answering())


def test_new_credentials_start_afresh(workspace):
    ask(workspace, Answering(401))
    workspace.secret_key = "another"
    client_for(workspace, transport=Answering())


def test_other_workspaces_are_not_concerned(workspace):
    ask(workspace, Answering(401))
    client_for(make_workspace("other"), transport=Answering())


def test_a_lost_cache_means_closed(workspace):
    ask(workspace, Answering(401))
    cache.clear()
    client_for(workspace, transport=Answering())


def test_a_cache_that_is_away_means_closed(workspace, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    ask(workspace, Answering(401))
    client_for(workspace, transport=Answering())


def test_the_first_id_binds_and_another_is_refused(workspace):
    assert learn(workspace, "")
    assert learn(workspace, "one")
    assert learn(workspace, "one")
    assert not learn(workspace, "two")
    assert Workspace.objects.get().remote_id == "one"


def test_of_two_who_learn_at_once_the_first_counts(workspace):
    late = Workspace.objects.get(pk=workspace.pk)
    assert learn(workspace, "one")
    assert not learn(late, "two")
    assert late.remote_id == "one"


def test_only_an_answer_that_shows_the_workspace_proves_the_token(workspace):
    learn(workspace, "one")
    assert not is_proved(workspace)
    assert not prove(workspace, "two")
    assert not is_proved(workspace)
    assert prove(workspace, "one")
    assert is_proved(Workspace.objects.get())
    workspace.token_id = "replaced"
    assert not is_proved(workspace)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_a_name_that_leads_inside_is_never_connected_to(name):
    """RELIABILITY 57: no address leads inside."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.3)
        with requests.Session() as session:
            session.mount("https://", road.PublicOnly())
            with pytest.raises(requests.ConnectionError, match="not a public address"):
                session.get(f"https://{name}:{inside.getsockname()[1]}/", timeout=2)
        with pytest.raises(TimeoutError):
            inside.accept()


def test_plain_http_is_not_spoken_to_public_workspaces(workspace):
    """RELIABILITY 57: no address leads inside."""
    workspace.sandbox = False
    with pytest.raises(FastPixError):
        client_for(workspace).media.list()


def test_a_watched_call_tells_why_nobody_answered(workspace):
    heard = []
    with pytest.raises(Unreachable):
        client_for(workspace, transport=Silent(), on_trouble=heard.append).media.list()
    assert isinstance(heard[0], requests.ConnectTimeout)


def iter_keys(part):
    """Names of the breaker's keys in the cache, without Django's prefix."""
    redis = cache._cache.get_client(None)
    for key in redis.scan_iter("*breaker:*"):
        name = key.decode().split(":", 2)[2]
        if name.endswith(part):
            yield name
