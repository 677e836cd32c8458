"""The client against a real sandbox that misbehaves."""

import json
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastpix_api import Broken, FastPix, FastPixError, Forbidden, Patience, RateLimited, Unauthorized, Unreachable
from tests.fastpix_api.sockets import Connection, Double, answer, double, serving
from tests.stack import Sandbox

SECRET = "sandbox"


@pytest.fixture
def weather(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The run's sandbox; its API is switched up again afterwards."""
    yield sandbox
    sandbox.switch(api="up")


def worker(sandbox: Sandbox, waits: list[float]) -> FastPix:
    keys = (sandbox.token_id, sandbox.secret_key)
    return FastPix(*keys, base_url=sandbox.api_url, patience=Patience.WORKER, sleep=waits.append)


def page(sandbox: Sandbox) -> FastPix:
    return FastPix(sandbox.token_id, sandbox.secret_key, base_url=sandbox.api_url)


@pytest.mark.parametrize(
    ("said", "waited"), [("2", 2.0), ("9999", 30.0), ("date", None), ("soon", None), ("-5", None), ("none", None)]
)
def test_a_limit_is_waited_for_at_most_30_s_and_then_told(weather: Sandbox, said: str, waited: float | None) -> None:
    """RELIABILITY 23: 429 with Retry-After as seconds, far too many, a date, garbage, none."""
    waits: list[float] = []
    weather.switch(api=f"limited:{said}")
    with pytest.raises(RateLimited) as caught:
        worker(weather, waits).media.list()
    assert len(waits) == 3
    assert all(0 <= wait <= 30 for wait in waits)
    assert waited is None or waits == [waited] * 3
    assert caught.value.sentence.startswith("FastPix has had too many requests from this workspace. Try again in")


@pytest.mark.parametrize("position", ["broken:500", "broken:502", "down", "flaky:1", "html:502"])
def test_a_worker_tries_a_read_three_times_more_with_jitter(weather: Sandbox, position: str) -> None:
    """RELIABILITY 24: 500, 502, 503 on GET, and a gateway's page."""
    waits: list[float] = []
    weather.switch(api=position)
    with pytest.raises(Unreachable):
        worker(weather, waits).media.list()
    assert len(waits) == 3
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2 <= waits[2] <= 4
    assert len(set(waits)) == 3


def test_a_flaky_fastpix_is_not_noticed_by_a_worker(weather: Sandbox) -> None:
    """RELIABILITY 24: every second request fails."""
    waits: list[float] = []
    weather.switch(api="flaky:2")
    client = worker(weather, waits)
    for _ in range(4):
        client.media.list()
    assert len(waits) == 3


def test_a_create_is_sent_once_whatever_happens(weather: Sandbox) -> None:
    """RELIABILITY 25: 503, a lost reply, half a reply; all say that it may have been done."""
    waits: list[float] = []
    before = len(page(weather).uploads.list(limit=50).data)
    for position in ("down", "reply_lost", "truncated"):
        weather.switch(api=position)
        with pytest.raises((Unreachable, Broken)) as caught:
            worker(weather, waits).uploads.create(cors_origin="*", settings={"accessPolicy": "public"})
        assert caught.value.perhaps_done
    weather.switch(api="up")
    assert waits == []
    assert len(page(weather).uploads.list(limit=50).data) - before == 2


def test_an_answer_cut_off_is_told_in_a_sentence(weather: Sandbox) -> None:
    """RELIABILITY 26: the line breaks inside the answer."""
    weather.switch(api="torn")
    with pytest.raises(Unreachable, match="broke off in the middle of its answer"):
        page(weather).media.list()


def test_a_line_that_is_reset_in_the_answer_is_told_in_a_sentence() -> None:
    """RELIABILITY 26: RST in the middle of the body."""

    def reset(connection: Connection, _: int) -> None:
        connection.send_response(200)
        connection.send_header("Content-Length", "500")
        connection.end_headers()
        connection.wfile.write(b'{"success"')
        connection.wfile.flush()
        connection.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        os.close(connection.connection.detach())

    with serving(reset) as (url, _), pytest.raises(Unreachable, match="FastPix broke off"):
        FastPix("t", "s", base_url=url).media.list()


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (403, Forbidden)])
def test_refused_credentials_are_not_tried_again(weather: Sandbox, status: int, kind: type[FastPixError]) -> None:
    """RELIABILITY 27: one request, and the words name the settings."""
    waits: list[float] = []
    weather.switch(api=f"refused:{status}")
    with pytest.raises(kind, match="settings"):
        worker(weather, waits).media.list()
    assert waits == []


@pytest.mark.parametrize("position", ["html", "html:403", "html:404", "truncated", "huge:11"])
def test_what_is_not_fastpixs_answer_is_one_typed_error(weather: Sandbox, position: str) -> None:
    """RELIABILITY 28: HTML instead of JSON, half a JSON, more than anyone reads."""
    waits: list[float] = []
    weather.switch(api=position)
    with pytest.raises(Broken) as caught:
        worker(weather, waits).media.list()
    assert waits == []
    assert "<" not in caught.value.sentence


def test_a_redirect_is_not_followed_by_a_real_client_either(weather: Sandbox) -> None:
    """RELIABILITY 29: the other host hears nothing, least of all the Authorization header."""
    with serving(lambda connection, _: answer(connection)) as (elsewhere, trap):
        weather.switch(api=f"redirect:{elsewhere}/latest/meta-data/")
        with pytest.raises(Broken, match="redirect"):
            worker(weather, []).media.list()
        with pytest.raises(Broken, match="redirect"):
            page(weather).media.create(inputs=[])
    assert trap.requests == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
SHAPED = st.fixed_dictionaries({}, optional={"success": JSON, "data": JSON, "pagination": JSON, "error": JSON})


@pytest.fixture(scope="module")
def told() -> Iterator[Double]:
    with double() as told:
        yield told


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([200, 201, 202, 400, 401, 403, 404, 409, 422, 429, 500, 503]),
    body=st.one_of(JSON, SHAPED).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40),
    cut=st.integers(0, 60),
)
def test_any_body_is_an_answer_or_an_error_of_ours(told: Double, status: int, body: bytes, cut: int) -> None:
    """RELIABILITY 28: wrong types, missing and unknown fields, halves of them, plain noise."""
    told.says(body[: len(body) - cut] if cut % 3 == 0 else body, status)
    client = FastPix("t", SECRET, base_url=told.url)
    for act in (client.media.list, lambda: client.media.get("a"), lambda: client.uploads.cancel("a")):
        try:
            answered = act()
        except FastPixError as error:
            assert error.sentence
            assert error.sentence.isprintable()
        else:
            assert isinstance(answered.data, list | dict)
            assert status < 300
