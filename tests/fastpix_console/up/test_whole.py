"""`make up` as a person runs it, on the embedded defaults, on a machine that has no Redis, ffmpeg or ffprobe."""

import os
import re
import shutil
import signal
import sqlite3
import stat
import time
from pathlib import Path

import pytest
import requests

from fastpix_console.up import leftovers
from tests.requirement import postgres_answers
from tests.stack import Process, Stack, clean_environment, postgres_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHILDREN = {"web", "events", "calls", "transfers", "beat", "sandbox", "valkey"}
# what a bare Debian has and a start may use
COREUTILS = ("env", "sh", "make", "cat", "cut", "sha256sum", "rm", "touch", "uname", "id", "python3")


@pytest.fixture(scope="module")
def bare_path(tmp_path_factory):
    """A PATH on which there is next to nothing."""
    folder = tmp_path_factory.mktemp("bin")
    for name in COREUTILS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return str(folder)


@pytest.fixture(scope="module")
def bare(tmp_path_factory, bare_path):
    """A running console with a bare PATH."""
    stack = Stack(tmp_path_factory.mktemp("bare machine"), PATH=bare_path)
    yield stack.start()
    stack.stop()


def processes(run):
    """Pids of everything that carries the mark of a run."""
    word = f"{leftovers.MARK}={run}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def sign_in(stack):
    """Sign in over plain HTTP; returns the session."""
    session = requests.Session()
    session.get(f"{stack.url}/accounts/login/", timeout=10).raise_for_status()
    form = {"login": stack.admin[0], "password": stack.admin[1], "csrfmiddlewaretoken": session.cookies["csrf"]}
    answer = session.post(f"{stack.url}/accounts/login/", data=form, headers={"Referer": stack.url}, timeout=10)
    assert "sessionid" in session.cookies or "session" in session.cookies, answer.text[:2000]
    return session


def until(condition, *, seconds=30):
    """Wait until `condition()` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def test_it_needs_nothing_installed_and_says_where_it_is_and_how_to_sign_in(bare):
    assert set(bare.children) == CHILDREN
    assert f"FastPix Console is ready: {bare.url}/" in bare.log
    assert f"Sign in as {bare.admin[0]}" in bare.log
    assert f"FastPix on this machine: {bare.sandbox_url}/" in bare.log
    assert "\x1b[" not in bare.log
    assert sign_in(bare).get(f"{bare.url}/w/sandbox/media/", timeout=10).status_code == 200


def test_what_only_we_may_read_only_we_can_read(bare):
    for name in (
        "keys.json",
        "sandbox-credentials.json",
        "console.sqlite3",
        "valkey/valkey.conf",
        "valkey/address.json",
    ):
        assert stat.S_IMODE((bare.data_dir / name).stat().st_mode) == 0o600, name
    for name in ("", "run", "valkey"):
        assert stat.S_IMODE((bare.data_dir / name).stat().st_mode) == 0o700, name


def test_no_secret_is_on_a_command_line_and_the_sandbox_gets_none_of_ours(bare):
    kept = (bare.data_dir / "sandbox-credentials.json").read_text() + (
        bare.data_dir / "valkey/address.json"
    ).read_text()
    words = [word for word in re.findall(r'"([\w+/=-]{20,})"', kept) if word]
    assert len(words) >= 4
    for pid in processes(bare.run):
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not [word for word in words if word in line]
        assert bare.admin[1] not in line
    environment = Path(f"/proc/{bare.children['sandbox']}/environ").read_text()
    assert bare.admin[1] not in environment
    assert "redis://" not in environment


def test_a_second_instance_on_the_same_data_is_refused(bare, tmp_path):
    second = Process(["make", "-s", "up"], tmp_path / "log", bare.environment | {"PATH": os.environ["PATH"]})
    assert second.popen.wait(timeout=30) != 0
    assert f"error: already running on this data (pid {bare.process.popen.pid}); stop it first" in second.log


@pytest.mark.parametrize("name", ["events", "valkey", "web"])
def test_a_killed_child_comes_back_and_the_console_is_ready_again(bare, name):
    before = bare.children[name]
    bare.kill(name)
    until(lambda: bare.children.get(name, before) != before)
    bare.process.wait_for(f"{bare.url}/readyz", seconds=60)


def test_it_stops_within_12_s_leaves_nothing_and_starts_again_in_seconds_with_its_data(bare):
    run, session = bare.run, sign_in(bare)
    with requests.get(f"{bare.url}/push/", cookies=session.cookies, stream=True, timeout=10):  # an open event stream
        started = time.monotonic()
        os.killpg(bare.process.popen.pid, signal.SIGINT)
        assert bare.process.popen.wait(timeout=15) == 0
        assert time.monotonic() - started < 12
    assert processes(run) == []
    started = time.monotonic()
    bare.start()
    assert time.monotonic() - started < 30
    page = requests.get(f"{bare.url}/w/sandbox/media/", cookies=session.cookies, timeout=10, allow_redirects=False)
    assert page.status_code == 200


def test_after_its_supervisor_was_killed_the_next_start_clears_up_and_runs(bare):
    run = bare.run
    bare.process.popen.kill()
    bare.process.popen.wait()
    bare.start()
    assert bare.run != run
    assert processes(run) == []
    started = time.monotonic()
    assert bare.stop(signal.SIGTERM) == 0
    assert time.monotonic() - started < 12


def test_the_first_visit_is_the_set_up_page_behind_a_one_time_link(tmp_path, bare_path):
    variables = {"CONSOLE_ADMIN_EMAIL": None, "CONSOLE_ADMIN_PASSWORD": None, "SANDBOX": "0", "PATH": bare_path}
    stack = Stack(tmp_path, **variables)
    stack.start()
    try:
        link = re.search(rf"first administrator: ({re.escape(stack.url)}/setup/\S+)", stack.log)
        assert link
        assert requests.get(link[1], timeout=10).status_code == 200
        assert set(stack.children) == CHILDREN - {"sandbox"}
    finally:
        stack.stop()


def test_a_postgresql_and_a_redis_of_ours_are_used_when_named(tmp_path, require):
    if not postgres_answers():
        require.missing("postgres")
    redis_url = os.environ["REDIS_URL"].removesuffix("/0") + "/7"
    with postgres_database() as database_url:
        stack = Stack(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_url, SANDBOX="0")
        stack.start()
        try:
            assert set(stack.children) == CHILDREN - {"sandbox", "valkey"}
            assert not (stack.data_dir / "console.sqlite3").exists()
            assert not (stack.data_dir / "valkey").exists()
        finally:
            stack.stop()


def test_make_up_is_stopped_by_a_signal_to_its_whole_group(tmp_path, bare_path):
    stack = Stack(tmp_path, SANDBOX="0")
    environment = clean_environment(**stack.environment | {"PATH": bare_path})
    made = Process(["make", "-s", "up"], tmp_path / "log", environment)
    made.wait_for(f"{stack.url}/healthz", seconds=120)
    run = stack.run
    os.killpg(made.popen.pid, signal.SIGINT)
    made.popen.wait(timeout=12)
    until(lambda: processes(run) == [], seconds=1)
    with sqlite3.connect(stack.data_dir / "console.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
