"""Files handed to the console, through the real web process: pieces are bodies, and bodies are where servers break."""

import hashlib
import http.client
import os
import socket
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from media_app.models import Upload
from media_app.services import transfers
from tests.events_app.edge_process import EdgeProcess
from tests.media_app.views.test_uploads import TAB, created, opened, url

MIB = 1024**2


def handing(person, data, **changes):
    """The id of an upload of so many bytes that this tab hands over."""
    public_id = created(person, size=str(len(data)), road="console", **changes).json()["id"]
    assert opened(person, public_id).json() == {"offset": 0}
    return public_id


def piece(person, public_id, data, offset=0, tab=TAB):
    address = f"{url('piece_add', person, public_id)}?{urlencode({'tab': tab, 'offset': offset})}"
    return person.post(address, data, content_type="application/octet-stream")


def test_a_piece_answers_how_far_the_console_is(editor, harbor):
    public_id = handing(editor, b"a film")
    assert piece(editor, public_id, b"a fi").json() == {"offset": 4, "state": "receiving"}
    refused = piece(editor, public_id, b"a fi")
    assert (refused.status_code, refused.json()["reason"]) == (409, "offset")
    assert opened(editor, public_id).json() == {"offset": 4}
    assert piece(editor, public_id, b"lm", offset=4).json() == {"offset": 6, "state": "waiting"}


def test_only_the_person_who_chose_the_file_hands_it_over(editor, admin, viewer, harbor):
    public_id = handing(editor, b"a film")
    assert piece(viewer, public_id, b"x").status_code == 403
    assert piece(admin, public_id, b"x").status_code == 404
    assert Client().post(url("piece_add", editor, public_id), b"x", content_type="text/plain").status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor.user)
    strict.slug = editor.slug
    assert piece(strict, public_id, b"x").status_code == 403
    assert Upload.objects.get().handed == 0


@pytest.mark.parametrize(
    ("data", "query"), [(b"x" * (8 * MIB + 1), {}), (b"x", {"offset": "-1"}), (b"x", {"tab": "!"})]
)
def test_what_is_no_piece_is_refused(editor, harbor, data, query):
    public_id = handing(editor, b"a film")
    answer = piece(editor, public_id, data, **query)
    assert answer.status_code in {413, 422}
    assert answer.json()["error"]


def test_an_upload_that_goes_straight_to_storage_takes_no_piece(editor, harbor):
    assert piece(editor, created(editor).json()["id"], b"x").status_code == 413


def test_a_handed_file_cannot_be_called_sent_by_its_tab(editor, harbor):
    public_id = handing(editor, b"a film")
    said = editor.post(url("upload_progress", editor, public_id), {"tab": TAB, "said": "sent"})
    assert said.status_code == 422
    assert Upload.objects.get().state == "receiving"


def test_the_choice_is_not_offered_where_it_is_switched_off(editor, harbor, settings):
    page = editor.get(url("upload_list", editor)).content.decode()
    assert "Through the console" in page
    assert "20.0 GB" in page
    settings.HANDED_MAX_BYTES = 0
    assert "Through the console" not in editor.get(url("upload_list", editor)).content.decode()
    assert Upload.objects.get(public_id=created(editor, road="console").json()["id"]).origin == "browser"


# with the web process ---------------------------------------------------------------------------
class Line:
    """One person's connection to a running console."""

    def __init__(self, edge, person):
        self.address, self.person = urlsplit(edge.url), person
        signed_in = f"{settings.SESSION_COOKIE_NAME}={person.cookies[settings.SESSION_COOKIE_NAME].value}"
        token = "a" * 32
        self.headers = {"Cookie": f"{signed_in}; {settings.CSRF_COOKIE_NAME}={token}", "X-CSRFToken": token}
        self.headers["Content-Type"] = "application/octet-stream"

    def path(self, public_id, offset):
        return f"{url('piece_add', self.person, public_id)}?{urlencode({'tab': TAB, 'offset': offset})}"

    def hands(self, public_id, data, offset):
        line = http.client.HTTPConnection(self.address.netloc, timeout=60)
        line.request("POST", self.path(public_id, offset), body=data, headers=self.headers)
        answer = line.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        line.close()

    def hands_partly(self, public_id, data, promised, *, cut):
        head = (
            f"POST {self.path(public_id, 0)} HTTP/1.1\r\nHost: {self.address.netloc}\r\nContent-Length: {promised}\r\n"
        )
        head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        line = socket.create_connection((self.address.hostname, self.address.port), 20)
        line.sendall(head.encode() + b"\r\n" + data)
        if cut:
            line.close()
        return line


@pytest.fixture
def console(transactional_db, tmp_path, request):
    edge = EdgeProcess(tmp_path, getattr(request, "param", "fastpix_console.asgi:application"))
    yield edge
    edge.process.stop()


@pytest.mark.slow
def test_the_web_process_holds_no_more_of_a_large_file_than_of_a_small_one(console, far, harbor, editor):
    data = os.urandom(96 * MIB)
    line = Line(console, editor)
    small = handing(editor, data[: 8 * MIB])
    line.hands(small, data[: 8 * MIB], 0)
    before = console.resident()
    public_id = handing(editor, data, fingerprint="b" * 64)
    most = 0.0
    for offset in range(0, len(data), 8 * MIB):
        line.hands(public_id, data[offset : offset + 8 * MIB], offset)
        most = max(most, console.resident())
    assert most - before < 24
    upload = Upload.objects.get(public_id=public_id)
    assert upload.state == "waiting"
    transfers.work(upload.pk, "a", seconds=60)
    upload.refresh_from_db()
    assert far.stored(upload.remote_id) == hashlib.sha256(data).hexdigest()


def _until(true, seconds=15):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("console", ["tests.media_app.impatient:application"], indirect=True)
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "silent"])
def test_a_line_that_breaks_in_a_piece_loses_nothing_that_came(console, far, harbor, editor, cut):
    data = os.urandom(4 * MIB)
    line, public_id = Line(console, editor), handing(editor, data)
    held = line.hands_partly(public_id, data[:MIB], len(data), cut=cut)
    _until(lambda: Upload.objects.get().handed)
    there = Upload.objects.get().handed
    assert 0 < there <= MIB
    line.hands(public_id, data[there:], there)
    held.close()
    upload = Upload.objects.get()
    assert upload.state == "waiting"
    assert (Path(settings.HANDED_DIR) / upload.public_id.hex).read_bytes() == data


@pytest.mark.slow
def test_slow_lines_leave_threads_to_the_pages(console, far, harbor, editor):
    """Four pieces at once, however slow; a fifth is asked to come again, and pages answer meanwhile."""
    line = Line(console, editor)
    ids = [handing(editor, b"x" * MIB, filename=f"{number}.mp4") for number in range(5)]
    held = [line.hands_partly(public_id, b"x" * 300_000, MIB, cut=False) for public_id in ids[:4]]
    _until(lambda: all(_on_disk(public_id) for public_id in ids[:4]))
    fifth = line.hands_partly(ids[4], b"x" * MIB, MIB, cut=False)
    assert fifth.recv(65536).startswith(b"HTTP/1.1 503 ")
    page = http.client.HTTPConnection(line.address.netloc, timeout=20)
    page.request("GET", "/readyz")
    assert page.getresponse().status in {200, 503}
    for one in [*held, fifth, page]:
        one.close()


def _on_disk(public_id):
    return (Path(settings.HANDED_DIR) / UUID(public_id).hex).stat().st_size
