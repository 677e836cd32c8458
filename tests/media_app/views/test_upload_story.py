"""Uploads in a real Chromium, against a storage that does what storage does on bad days."""

import hashlib
import os
import re

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from media_app.models import Media, Upload
from tests.media_app import far_side as the
from tests.people import make_client, make_workspace

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]
MIB = 1024**2
LONG = 30_000


class Person:
    """Somebody at the upload page."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        # what storage and the network do wrong on purpose, and the push road that this server does not have
        page.expected_errors += ["Failed to load resource", "/push/", "CORS policy", "ERR_", "htmx:"]
        page.on("dialog", lambda dialog: dialog.accept())

    def opens(self):
        self.page.goto(self.url)
        return self

    def chooses(self, *files):
        self.page.set_input_files("#files", [str(file) for file in files])
        return self

    def waits(self, true, seconds=20):
        for _ in range(seconds * 10):
            if true():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("it did not come true")

    def row(self, name):
        return self.page.locator("table tbody tr:visible").filter(has_text=name).first

    def sees(self, name, text, timeout=LONG):
        expect(self.row(name)).to_contain_text(text, timeout=timeout, use_inner_text=True)


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


@pytest.fixture
def harbor(workspace, far, settings):
    return the.connect(workspace, far, settings)


@pytest.fixture
def person(harbor, live_server, context, page):
    client = make_client("editor@example.com", harbor, "editor")
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return Person(page, f"{live_server.url}/w/{harbor.slug}/media/uploads/").opens()


@pytest.fixture
def film(tmp_path):
    """A function: a file of so many bytes, and its sha256."""

    def make(size=20 * MIB + 777, name="film.mp4"):
        data = os.urandom(size)
        (tmp_path / name).write_bytes(data)
        return tmp_path / name, hashlib.sha256(data).hexdigest()

    return make


def only(far):
    [stored] = far.complete
    return stored


def test_bad_lines_and_lost_answers_change_no_byte(person, far, film):
    """RELIABILITY 31: 503 twice, a partial 308, a 308 without Range, a lost answer, a cut line."""
    file, sha256 = film()
    far.faults.extend(["503", "503", "half", "nothing", "lost", "drop", "429"])
    person.chooses(file).sees("film.mp4", "Processing", timeout=60_000)
    assert only(far) == sha256
    assert Upload.objects.get().state == "sent"


def test_a_lost_session_is_replaced_and_the_person_told(person, far, film):
    """RELIABILITY 32."""
    file, sha256 = film(40 * MIB)
    far.faults.extend(["ok", "gone"])
    far.seconds_a_chunk = 1.5
    person.chooses(file).sees("film.mp4", "starts again from the first byte")
    far.seconds_a_chunk = 0
    person.sees("film.mp4", "Processing")
    assert only(far) == sha256
    assert len(far.uploads) == 2


def test_after_a_reload_the_same_file_goes_on_where_it_was(person, far, film):
    """RELIABILITY 33: a reload."""
    file, sha256 = film(40 * MIB)
    far.seconds_a_chunk = 1.2
    person.chooses(file)
    expect(person.row("film.mp4").locator("progress")).not_to_have_attribute("value", "0", timeout=LONG)
    [session] = far.sessions.values()
    person.waits(lambda: session["held"])
    person.page.reload()
    person.sees("film.mp4", "Choose the same file again")
    assert "canary-" not in person.page.content()
    kept = len(session["held"])
    far.seconds_a_chunk = 0
    person.chooses(file).sees("film.mp4", "Processing")
    assert kept > 0
    assert len(far.sessions) == len(far.uploads) == 1
    assert only(far) == sha256
    assert Upload.objects.count() == 1


def test_offline_waits_and_goes_on_by_itself(person, far, film, context):
    """RELIABILITY 33: offline."""
    file, sha256 = film(40 * MIB)
    far.seconds_a_chunk = 0.7
    person.chooses(file).sees("film.mp4", "left")
    context.set_offline(True)
    person.sees("film.mp4", "Offline")
    person.page.wait_for_timeout(1500)
    context.set_offline(False)
    person.sees("film.mp4", "Processing")
    assert only(far) == sha256


def test_pause_resume_and_cancel(person, far, film):
    """RELIABILITY 35: a cancel reaches FastPix and storage."""
    file, sha256 = film(40 * MIB)
    far.seconds_a_chunk = 0.7
    person.chooses(file).sees("film.mp4", "left")
    person.page.get_by_role("button", name="Pause film.mp4").click()
    person.sees("film.mp4", "Paused")
    person.page.get_by_role("button", name="Resume film.mp4").click()
    far.seconds_a_chunk = 0
    person.sees("film.mp4", "Processing")
    assert only(far) == sha256
    other, _ = film(40 * MIB, "other.mp4")
    far.seconds_a_chunk = 0.7
    person.chooses(other).sees("other.mp4", "left")
    person.page.get_by_role("button", name="Cancel other.mp4").click()
    person.sees("other.mp4", "Cancelled")
    person.waits(lambda: far.count("DELETE", "/bucket") == 1)
    assert Upload.objects.get(filename="other.mp4").state == "cancelled"


def test_answers_a_browser_may_not_read_are_settled_by_the_console(person, far, film):
    file, sha256 = film(3 * MIB)
    far.faults.extend(["secret"])
    person.chooses(file).sees("film.mp4", "Processing")
    assert only(far) == sha256


def test_what_cannot_be_sent_says_why_and_hostile_names_stay_text(person, far, film, tmp_path):
    """RELIABILITY 34."""
    film(0, "empty.mp4")
    (tmp_path / "notes.txt").write_text("words")
    hostile = tmp_path / '"><img src=x onerror=alert(1)>\u202e4pm.mp4'
    hostile.write_bytes(b"film")
    person.chooses(tmp_path / "empty.mp4", tmp_path / "notes.txt", hostile)
    person.sees("empty.mp4", "The file is empty")
    person.sees("notes.txt", "Not a video or audio file")
    person.sees("onerror", "Processing")
    assert person.page.locator("main img").count() == 0
    assert Upload.objects.get().filename == '"><img src=x onerror=alert(1)>4pm.mp4'


def test_many_files_go_three_at_a_time(person, far, film):
    files = [film(300 * 1024, f"{number}.mp4") for number in range(5)]
    far.seconds_a_chunk = 0.5
    person.chooses(*[file for file, _ in files])
    expect(person.page.locator("[data-upload-summary]")).to_have_text(re.compile("3 running"), timeout=LONG)
    for number in range(5):
        person.sees(f"{number}.mp4", "Processing")
    assert sorted(far.complete) == sorted(sha256 for _, sha256 in files)


DROP = """(name) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["not really a film"], name));
  for (const type of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    const hint = document.querySelector(".drop-hint").checkVisibility();
    if (hint !== (type === "dragover")) throw new Error(`${type}: the hint is ${hint ? "there" : "missing"}`);
  }
}"""


def test_a_file_dropped_on_the_library_is_followed_until_it_is_ready(person, harbor):
    person.url = person.url.replace("uploads/", "")
    person.opens().page.evaluate(DROP, "dropped.mp4")
    tray = person.page.locator(".tray")
    expect(tray).to_contain_text("Processing", timeout=LONG, use_inner_text=True)
    upload = Upload.objects.get()
    Media.objects.create(workspace=harbor, remote_id=upload.remote_id, title="dropped", status="ready")
    person.page.evaluate("document.body.dispatchEvent(new CustomEvent('live:media'))")
    expect(tray).to_contain_text("Ready", timeout=LONG, use_inner_text=True)
    assert "Processing" not in tray.inner_text()
    expect(tray.get_by_role("link", name="Open", exact=True)).to_have_attribute("href", re.compile(upload.remote_id))
    tray.get_by_role("button", name="Clear finished").click()
    expect(tray).to_be_hidden()


def test_the_sessions_address_goes_to_storage_and_nowhere_else(person, far, film):
    """RELIABILITY 36: in no address, header or page of the console, and in no Referer."""
    heard = []

    def hears(request):
        heard.append(request)

    person.page.on("request", hears)
    file, _ = film(3 * MIB)
    person.chooses(file).sees("film.mp4", "Processing")
    to_storage = [request for request in heard if "canary-" in request.url]
    assert to_storage
    assert all(request.url.startswith(far.address) for request in to_storage)
    for request in heard:
        said = {name: value for name, value in request.all_headers().items() if not name.startswith(":")}
        assert "canary-" not in str(said), request.url
        # the tab tells its own console, in a POST's body, which session it started
        assert "canary-" not in (request.post_data or "") or request.url.endswith("/progress/")
    assert "canary-" not in person.page.content()


def test_a_long_name_leaves_the_buttons_within_the_queue(person, far, film):
    """RELIABILITY 34."""
    far.seconds_a_chunk = 2
    file, _ = film(20 * MIB, name=f"{'The annual general meeting, final version ' * 5}.mp4")
    person.chooses(file).sees("annual", "Uploading")
    card = person.page.locator("[data-uploads]").bounding_box()
    button = person.row("annual").get_by_role("button", name="Cancel").bounding_box()
    assert button["x"] + button["width"] <= card["x"] + card["width"]


def test_two_tabs_never_mix_one_file(person, far, film, context):
    """RELIABILITY 35."""
    file, sha256 = film(40 * MIB)
    far.seconds_a_chunk = 4
    person.chooses(file).sees("film.mp4", "left")
    other = Person(context.new_page(), person.url).opens()
    other.chooses(file).sees("film.mp4", "Another tab is sending this file")
    far.seconds_a_chunk = 0
    person.sees("film.mp4", "Processing")
    assert only(far) == sha256
    assert len(far.sessions) == 1
