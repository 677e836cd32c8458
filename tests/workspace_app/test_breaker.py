"""What the last call met, as the pages tell it."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from workspace_app.breaker import Breaker
from workspace_app.context import Frame


@pytest.fixture(autouse=True)
def _forgotten():
    cache.clear()
    yield
    cache.clear()


def _told(workspace):
    request = RequestFactory().get("/")
    request.workspace = workspace
    return Frame(request).trouble


def test_a_silence_is_told_at_once_and_an_answer_ends_it(workspace):
    assert _told(workspace) == ""
    Breaker(workspace).silent()
    assert "FastPix did not answer at" in _told(workspace)
    Breaker(workspace).answered(200)
    assert _told(workspace) == ""


def test_one_silence_does_not_open_the_breaker_but_three_do(workspace):
    breaker = Breaker(workspace)
    for expected in (None, None, "silent"):
        breaker.silent()
        assert breaker.reason() == expected


def test_refused_credentials_are_told_as_such(workspace):
    Breaker(workspace).answered(401)
    assert "refuses the credentials" in _told(workspace)


def test_new_credentials_start_afresh(workspace):
    Breaker(workspace).answered(401)
    workspace.secret_key = "another one"
    assert _told(workspace) == ""
    assert Breaker(workspace).reason() is None


def test_outside_a_workspace_there_is_nothing_to_tell():
    assert _told(None) == ""
