"""The road under every weather, on real sockets."""

import gzip
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest

from fastpix_api import Broken, FastPix, FastPixError, NotFound, Patience, RateLimited, Unauthorized, Unreachable
from fastpix_api.road import Road
from tests.contract.plug import Plug
from tests.fastpix_api.sockets import GOOD, Connection, answer, serving

SECRET = "canary-7f3a9c-secret"


class Waits(list[float]):
    """Stands in for sleeping, and remembers for how long."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def worker(url: str, waits: Waits | None = None) -> FastPix:
    return FastPix(
        "token", SECRET, base_url=url, patience=Patience.WORKER, sleep=waits if waits is not None else Waits()
    )


def page(url: str) -> FastPix:
    return FastPix("token", SECRET, base_url=url)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 524])
def test_a_worker_tries_a_read_four_times(status: int) -> None:
    """RELIABILITY 24: three retries with jitter."""
    waits = Waits()
    with (
        serving(lambda connection, _: answer(connection, status, b"")) as (url, seen),
        pytest.raises((Unreachable, RateLimited)) as caught,
    ):
        worker(url, waits).media.list()
    assert len(seen.requests) == 4
    assert caught.value.status == status
    assert len(waits) == 3
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2 <= waits[2] <= 4


def test_a_worker_goes_on_when_trouble_ends() -> None:
    with serving(lambda connection, nth: answer(connection, 503 if nth < 3 else 200, GOOD)) as (url, seen):
        assert worker(url).media.list().data == []
    assert len(seen.requests) == 3


def test_deletes_and_puts_are_tried_again_but_creating_and_changing_never() -> None:
    """RELIABILITY 25: 503 on POST is not repeated blindly."""
    with serving(lambda connection, _: answer(connection, 503, b"")) as (url, seen):
        client = worker(url)
        for act in (
            lambda: client.media.delete("a"),
            lambda: client.uploads.cancel("a"),
            lambda: client.media.create(inputs=[]),
            lambda: client.media.update("a", title="b"),
        ):
            with pytest.raises(Unreachable) as caught:
                act()
            assert caught.value.perhaps_done
    assert [method for method, _, _ in seen.requests] == ["DELETE"] * 4 + ["PUT"] * 4 + ["POST", "PATCH"]


def test_a_page_tries_once_and_never_sleeps() -> None:
    """RELIABILITY 23 and 24: pages try once."""
    waits = Waits()
    with (
        serving(lambda connection, _: answer(connection, 503, b"", Retry_After="1")) as (url, seen),
        pytest.raises(Unreachable),
    ):
        FastPix("token", "secret", base_url=url, sleep=waits).media.list()
    assert (len(seen.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("2", 2.0), ("0", 0.0), ("9999", 30.0), ("soon", None), ("-5", None), ("", None), ("²", None), ("1e9", None)],
)
def test_retry_after_is_honoured_capped_and_doubted(asked: str, waited: float | None) -> None:
    waits = Waits()
    headers = {"Retry-After": asked}
    client = FastPix("t", "s", patience=Patience.WORKER, sleep=waits, transport=Plug({}, 429, headers))
    with pytest.raises(RateLimited) as caught:
        client.media.list()
    if waited is None:
        assert caught.value.retry_after is None
        assert 0.5 <= waits[0] <= 1
    else:
        assert waits == [waited] * 3
        assert caught.value.retry_after == float(asked)


def test_retry_after_may_be_a_date_by_fastpix_own_clock() -> None:
    waits, now = Waits(), time.time() - 3600  # FastPix's clock is an hour behind ours
    headers = {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + 7, usegmt=True)}
    with pytest.raises(RateLimited) as caught:
        FastPix("t", "s", patience=Patience.WORKER, sleep=waits, transport=Plug({}, 429, headers)).media.list()
    assert waits == [7.0] * 3
    assert "in 7 s" in caught.value.sentence


def test_a_redirect_is_not_followed_and_the_secret_stays_home() -> None:
    """RELIABILITY 29: another host."""
    with (
        serving(lambda connection, _: answer(connection)) as (elsewhere, trap),
        serving(lambda connection, _: answer(connection, 302, b"", Location=elsewhere)) as (url, seen),
        pytest.raises(Broken) as caught,
    ):
        worker(url).media.list()
    assert trap.requests == []
    assert len(seen.requests) == 1
    assert "redirect" in caught.value.sentence


def _drip(connection: Connection, _: int) -> None:
    connection.send_response(200)
    connection.send_header("Content-Length", "1000000")
    connection.end_headers()
    for _ in range(200):
        connection.wfile.write(b" ")
        time.sleep(0.1)


def _drip_headers(connection: Connection, _: int) -> None:
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        connection.wfile.write(b"a")
        time.sleep(0.1)


def _never(connection: Connection, _: int) -> None:
    time.sleep(20)


def _time_a_page(slow: Callable[[Connection, int], None]) -> tuple[float, str]:
    began = time.monotonic()
    with serving(slow) as (url, _), pytest.raises(Unreachable) as caught:
        page(url).media.list()
    return time.monotonic() - began, caught.value.sentence


def test_a_page_waits_at_most_eight_seconds_in_all() -> None:
    """RELIABILITY 26: slow drip of headers or body, and no answer at all."""
    with ThreadPoolExecutor() as threads:
        for took, sentence in threads.map(_time_a_page, [_drip, _drip_headers, _never]):
            assert 7.5 < took < 9
            assert sentence.startswith("FastPix did not answer in time.")


def test_a_line_cut_in_the_middle_of_the_answer_is_tried_again() -> None:
    """RELIABILITY 26: cut in the middle of the body."""

    def cut(connection: Connection, nth: int) -> None:
        if nth > 1:
            return answer(connection)
        connection.send_response(200)
        connection.send_header("Content-Length", "500")
        connection.end_headers()
        connection.wfile.write(b'{"success": tr')
        connection.wfile.flush()
        connection.connection.shutdown(socket.SHUT_RDWR)
        return None

    with serving(cut) as (url, seen):
        assert worker(url).media.list().data == []
    assert len(seen.requests) == 2


def test_nobody_listening_is_said_so_and_nothing_can_have_been_done() -> None:
    """RELIABILITY 26: connection refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable) as caught:
            page(f"http://127.0.0.1:{taken.getsockname()[1]}").media.create(inputs=[])
    assert not caught.value.perhaps_done
    assert caught.value.sentence.startswith("FastPix cannot be reached from this server.")


def test_a_lost_answer_to_a_create_may_have_created() -> None:
    """RELIABILITY 25: sent once, and the error says that it may have been done."""
    with (
        serving(lambda connection, _: connection.connection.shutdown(socket.SHUT_RDWR)) as (url, seen),
        pytest.raises(Unreachable) as caught,
    ):
        worker(url).media.create(inputs=[])
    assert len(seen.requests) == 1
    assert caught.value.perhaps_done


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_of_more_than_ten_megabytes_is_given_up(packed: bool) -> None:
    """RELIABILITY 28: a size cap, also for what unpacks to more."""
    body = b" " * (11 * 1024 * 1024)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with (
        serving(lambda connection, _: answer(connection, 200, gzip.compress(body) if packed else body, **headers)) as (
            url,
            _,
        ),
        pytest.raises(Broken) as caught,
    ):
        page(url).media.list()
    assert "10 MB" in caught.value.sentence


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to the hotel's network</html>",
        b'{"success": true, "data": [',
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": []}',
        b'{"success": "yes", "data": []}',
        b'{"success": true, "data": {}}',
        b'{"success": true}',
        b'{"success": true, "data": [1, 2]}',
        b'{"success": true, "data": [], "pagination": 3}',
    ],
)
def test_an_answer_that_is_not_fastpix_is_broken(body: bytes) -> None:
    """RELIABILITY 28: HTML, halves, wrong types."""
    with pytest.raises(Broken):
        FastPix("t", "s", transport=Plug(body)).media.list()


@pytest.mark.parametrize(("status", "kind"), [(404, Broken), (403, Broken), (401, Unauthorized), (429, RateLimited)])
def test_a_page_of_a_gateway_is_not_taken_for_fastpix_word(status: int, kind: type[FastPixError]) -> None:
    with pytest.raises(kind):
        FastPix("t", "s", transport=Plug(b"<html>", status)).media.get("a")


@pytest.mark.parametrize("address", ["", "nonsense", "ftp://fastpix.example", "http://", "http://[::1"])
def test_an_address_that_is_none_is_said_so(address: str) -> None:
    with pytest.raises(FastPixError) as caught:
        page(address).media.list()
    assert caught.value.sentence


def test_no_error_keeps_the_secret() -> None:
    """RELIABILITY 27: the key is never echoed."""
    with (
        serving(lambda connection, _: connection.connection.shutdown(socket.SHUT_RDWR)) as (url, _),
        pytest.raises(Unreachable) as caught,
    ):
        page(url).media.list()
    error = caught.value
    held = [error, error.__cause__, error.__context__, vars(error), repr(error), str(error)]
    assert held[1:3] == [None, None]
    assert SECRET not in repr(held)
    assert SECRET not in repr(page(url)) + repr(vars(page(url)))


def test_words_of_fastpix_are_shown_without_signed_addresses_and_on_one_line() -> None:
    words = "cannot fetch https://storage.example/a.mp4?X-Goog-Signature=abc123\n\x1b[31mnow" + "x" * 1000
    with pytest.raises(FastPixError) as caught:
        FastPix("t", "s", transport=Plug({"success": False, "error": {"message": words}}, 400)).media.get("a")
    assert "abc123" not in caught.value.sentence
    assert "https://storage.example/a.mp4?…" in caught.value.sentence
    assert caught.value.sentence.isprintable()
    assert len(caught.value.said) == 400


@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_would_name_another_address_is_never_sent(bad: str) -> None:
    plug = Plug({"success": True})
    with pytest.raises(ValueError, match="is not an id"):
        FastPix("t", "s", transport=plug).media.delete(bad)
    assert plug.sent == []


def test_an_id_stays_one_part_of_the_path() -> None:
    plug = Plug({"success": True})
    FastPix("t", "s", base_url="https://api.example/v1/", transport=plug).media.delete("a/b?c#d %")
    assert plug.last.url == "https://api.example/v1/on-demand/a%2Fb%3Fc%23d%20%25"


def test_cookies_of_one_workspace_are_not_sent_for_another() -> None:
    with serving(lambda connection, _: answer(connection, 200, GOOD, Set_Cookie="who=first; Path=/")) as (url, seen):
        FastPix("first", "a", base_url=url).media.list()
        FastPix("second", "b", base_url=url).media.list()
    (_, _, first), (_, _, second) = seen.requests
    assert "Cookie" not in second
    assert first["Authorization"] != second["Authorization"]


def test_credentials_of_any_letters_can_be_sent() -> None:
    plug = Plug({"success": True, "data": []})
    FastPix(" tökén ", "schlüssel\n", transport=plug).media.list()
    assert plug.last.headers["Authorization"].startswith("Basic ")


def test_an_answer_without_date_carries_our_time() -> None:
    plug = Plug({"success": True, "data": []}, headers={"Date": "someday"})
    answered = FastPix("t", "s", transport=plug).media.list().answered_at
    assert abs(answered.timestamp() - time.time()) < 5


def test_a_worker_gives_up_when_its_budget_would_not_last() -> None:
    plug, waits = Plug({}, 429, {"Retry-After": "25"}), Waits()
    road = Road("t", "s", base_url="https://a.example", patience=Patience.WORKER, transport=plug, sleep=waits)
    with pytest.raises(RateLimited):
        road.call("GET", "/on-demand")
    assert sum(waits) <= Patience.WORKER.value.budget


@pytest.mark.parametrize(("error", "perhaps"), [(NotFound, False), (RateLimited, False), (Broken, True)])
def test_what_fastpix_refused_was_certainly_not_done(error: type[FastPixError], perhaps: bool) -> None:
    assert error(status=400).perhaps_done is perhaps
