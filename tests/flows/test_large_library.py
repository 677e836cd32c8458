"""A large library comes in while a worker dies and FastPix's list moves: the whole product, its sandbox, no browser."""

import sqlite3
import time
from contextlib import closing

import pytest
import requests

from fastpix_api import FastPix
from tests.fastpix_console.up.test_whole import sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
MANY = 3000


@pytest.fixture
def console(tmp_path):
    """The product with a library of its own, which nobody has told it of."""
    alone = Stack(tmp_path, SANDBOX_TOKEN_ID="sandbox", SANDBOX_SECRET_KEY="sandbox").start()
    seed(alone, MANY)
    yield alone
    alone.stop()


def seed(console, count):
    requests.post(f"{console.sandbox_url}/_sandbox/seed", json={"media": count}, timeout=60).raise_for_status()


def rows(console, query):
    with closing(sqlite3.connect(f"file:{console.data_dir}/console.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def order_import(console, person):
    form = {"csrfmiddlewaretoken": person.cookies["csrf"]}
    address = f"{console.url}/w/sandbox/media/import-existing/"
    answer = person.post(address, data=form, headers={"Referer": console.url}, timeout=20)
    assert answer.status_code == 200, answer.text[:500]


def until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def state(console):
    return rows(console, "SELECT state FROM media_app_importrun")[0][0]


def listed(fastpix):
    found, page = set(), 1
    while items := fastpix.media.list(limit=50, offset=page).data:
        found |= {item["id"] for item in items}
        page += 1
    return found


def held(console):
    return {name for (name,) in rows(console, "SELECT remote_id FROM media_app_media WHERE NOT gone")}


def test_the_import_of_a_killed_worker_is_finished_by_the_next_and_misses_nothing(console):
    """RELIABILITY 37: SIGKILL to the whole calls worker in the middle of an import, while media come and go."""
    person, fastpix = sign_in(console), FastPix("sandbox", "sandbox", base_url=f"{console.sandbox_url}/v1")
    order_import(console, person)
    until(lambda: rows(console, "SELECT read FROM media_app_importrun WHERE read >= 300"), 60)
    console.kill("calls")
    assert state(console) == "everything", "it was killed too late to prove anything"
    # as many go as come, so the list's total tells nothing of what moved
    for item in fastpix.media.list(limit=20, order_by="asc").data:
        fastpix.media.delete(item["id"])
    seed(console, 20)
    until(lambda: state(console) == "done", 240)

    until(lambda: held(console) == listed(fastpix), 60)
    assert len(listed(fastpix)) == MANY

    seed(console, 3)
    order_import(console, person)
    until(lambda: state(console) == "done", 60)
    assert held(console) == listed(fastpix)
    assert rows(console, "SELECT read <= 150 FROM media_app_importrun") == [(1,)], "it only looked at the newest"
