"""What only a real server and real sockets can show: slow and lying senders, a kill under load, stopping."""

import contextlib
import json
import os
import signal
import threading
import time

import pytest
import requests

from events_app.models import WebhookEvent
from fastpix_api import webhooks
from tests.events_app.edge_client import SECRET, event
from tests.events_app.edge_process import EdgeProcess
from tests.people import make_client, make_workspace
from tests.redis_server import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


@pytest.fixture
def start_server(workspace, tmp_path):
    started = []

    def start(**options):
        started.append(EdgeProcess(tmp_path, **options))
        return started[-1]

    yield start
    for server in started:
        server.process.stop()


@pytest.fixture
def server(start_server):
    return start_server()


def post(server, body, session=requests):
    raw = json.dumps(body).encode()
    headers = {webhooks.HEADER: webhooks.sign(raw, SECRET), "Content-Type": "application/json"}
    return session.post(f"{server.url}/webhooks/harbor/", data=raw, headers=headers, timeout=20)


def head(**headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"POST /webhooks/harbor/ HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()


def test_an_event_over_http_is_stored(server):
    """Row 1."""
    assert post(server, event()).status_code == 200
    assert WebhookEvent.objects.get().event_id == "e-1"


def test_slow_senders_are_cut_and_others_do_not_notice(server):
    """Row 21."""
    answers = []
    slow = [
        threading.Thread(target=lambda: answers.append(server.raw(head(content_length=10), b"x", seconds=20)))
        for _ in range(30)
    ]
    started = time.monotonic()
    for one in slow:
        one.start()
    time.sleep(0.5)
    assert post(server, event()).status_code == 200
    assert time.monotonic() - started < 5
    for one in slow:
        one.join()
    assert 14 < time.monotonic() - started < 20
    assert all(answer.startswith(b"HTTP/1.1 408") and not answer.endswith(b"<silence>") for answer in answers)


def test_large_bodies_are_refused_in_bounded_memory(server):
    """Row 13: chunked without a length, a length that lies, and one that says more than it should."""
    assert post(server, event()).status_code == 200
    before = server.resident()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert b" 413 " in server.raw(head(transfer_encoding="chunked"), *[chunk] * 40, b"0\r\n\r\n")
    assert requests.post(f"{server.url}/webhooks/harbor/", data=b"x" * 5_000_000, timeout=20).status_code == 413
    assert b" 413 " in server.raw(head(content_length=10**12))
    for _ in range(5):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it is cut off while still sending
            server.raw(head(transfer_encoding="chunked"), *[chunk] * 600)
    assert server.resident() - before < 40
    assert post(server, event("e-2")).status_code == 200


def test_without_redis_events_are_answered_within_a_second(start_server):
    """Row 16, the intake's part."""
    server = start_server(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    post(server, event("warm"))
    started = time.monotonic()
    assert post(server, event()).status_code == 200
    assert time.monotonic() - started < 1
    assert WebhookEvent.objects.get(event_id="e-1").state == "received"


def test_every_answered_event_survives_a_kill_under_load(server):
    """Row 17, the intake's part."""
    acknowledged = []

    def send(sender):
        with requests.Session() as session:
            for number in range(100_000):
                try:
                    if post(server, event(f"{sender}-{number}"), session).status_code == 200:
                        acknowledged.append(f"{sender}-{number}")
                except requests.RequestException:
                    return

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
    for sender in senders:
        sender.start()
    time.sleep(1.5)
    worker = server.worker()
    os.kill(server.process.popen.pid, signal.SIGSTOP)  # so that it does not start another worker
    os.kill(worker, signal.SIGKILL)
    for sender in senders:
        sender.join(30)
    os.kill(server.process.popen.pid, signal.SIGCONT)
    assert len(acknowledged) > 50
    assert set(acknowledged) <= set(WebhookEvent.objects.values_list("event_id", flat=True))


def test_it_stops_with_streams_open(server, workspace):
    """Row 45."""
    cookies = {"session": make_client("viewer@example.com", workspace).cookies["session"].value}
    streams = [requests.get(f"{server.url}/push/", cookies=cookies, stream=True, timeout=20) for _ in range(30)]
    assert [stream.status_code for stream in streams] == [200] * 30
    started = time.monotonic()
    assert server.process.stop() == 0
    assert time.monotonic() - started < 4
    for stream in streams:
        stream.close()
