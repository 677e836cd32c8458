"""What only a real server and real sockets can show: slow and lying senders, a kill under load, stopping."""

import contextlib
import itertools
import json
import os
import signal
import socket
import threading
import time

import pytest
import redis
import requests
from django.conf import settings

from events_app import push
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
    """RELIABILITY 1: over a real socket."""
    assert post(server, event()).status_code == 200
    assert WebhookEvent.objects.get().event_id == "e-1"


def test_slow_senders_are_cut_and_others_do_not_notice(server):
    """RELIABILITY 21: 30 senders of one byte are cut off, another is answered meanwhile."""
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
    """RELIABILITY 13: chunked without a length, a length that lies, and one that says more than it should."""
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
    """RELIABILITY 16: 200 in less than a second; the sweep in test_intake_faults."""
    server = start_server(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    post(server, event("warm"))
    started = time.monotonic()
    assert post(server, event()).status_code == 200
    assert time.monotonic() - started < 1
    assert WebhookEvent.objects.get(event_id="e-1").state == "received"


def test_every_answered_event_survives_a_kill_under_load(server):
    """RELIABILITY 17: what was answered is in the table, wherever the process died."""
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
    """RELIABILITY 45."""
    cookies = {"session": make_client("viewer@example.com", workspace).cookies["session"].value}
    streams = [requests.get(f"{server.url}/push/", cookies=cookies, stream=True, timeout=20) for _ in range(200)]
    assert [stream.status_code for stream in streams] == [200] * 200
    started = time.monotonic()
    assert server.process.stop() == 0
    assert time.monotonic() - started < 11
    for stream in streams:
        stream.close()


def test_a_lost_membership_ends_the_stream_within_30_seconds(server, workspace):
    """RELIABILITY 44: the browser comes back, and hears nothing more of that workspace."""
    viewer = make_client("viewer@example.com", workspace)
    make_workspace("bay").members.create(user=viewer.user, role="viewer")
    before = listen(server, viewer)
    time.sleep(1)
    workspace.members.all().delete()
    gone = time.monotonic()
    for _ in before:
        assert time.monotonic() - gone < 30
    after = listen(server, viewer)
    with redis.Redis.from_url(settings.REDIS_URL) as told:
        told.publish(push.CHANNEL, "harbor\nmedia:secret")
        told.publish(push.CHANNEL, "bay\nmedia:ours")
    assert b"secret" not in heard(after, b"ours")


def test_a_page_that_does_not_read_is_dropped_and_others_do_not_wait(start_server, workspace):
    """Nothing of what it did not read is kept, and its connection is gone."""
    server = start_server(app="tests.events_app.live_page:application", UNREAD_SECONDS="2")
    viewer = make_client("viewer@example.com", workspace)
    with socket.socket() as silent, redis.Redis.from_url(settings.REDIS_URL) as told:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.connect(server.address)
        cookie = viewer.cookies["session"].value
        silent.sendall(f"GET /push/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={cookie}\r\n\r\n".encode())
        other = listen(server, viewer)
        deadline = time.monotonic() + 30
        for number in itertools.count():
            told.publish(push.CHANNEL, f"harbor\nmedia:{number}-{'x' * 400_000}")
            heard(other, b"harbor/media:%d-" % number)
            if int(requests.get(f"{server.url}/streams", timeout=5).text) == 1:
                break
            assert time.monotonic() < deadline
        silent.settimeout(10)
        with pytest.raises(ConnectionResetError):
            while silent.recv(65536):
                pass


def listen(server, client):
    """What an open stream of that person tells, part by part."""
    cookies = {"session": client.cookies["session"].value}
    stream = requests.get(f"{server.url}/push/", cookies=cookies, stream=True, timeout=20)
    assert stream.status_code == 200
    return stream.iter_content(None)


def heard(stream, wanted):
    """All of it until `wanted` came."""
    got = b""
    while wanted not in got:
        got += next(stream)
    return got
