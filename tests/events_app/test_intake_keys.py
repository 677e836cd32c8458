"""The webhook secrets in memory: how old they get, who waits for them, and how often the database is asked."""

import asyncio
import threading
import time

import pytest

from events_app.database_thread import DatabaseThread
from events_app.intake_keys import FRESH, Keys, KeysUnknown
from tests.events_app.edge_client import OTHER_SECRET, SECRET, event, make_workspace
from workspace_app.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


class CountingThread(DatabaseThread):
    """A real one that counts what it was asked to do, and does nothing while `hold` is cleared."""

    def __init__(self):
        super().__init__("keys")
        self.loads, self.hold = 0, threading.Event()
        self.hold.set()

    async def run(self, work):
        self.loads += 1

        def held():
            self.hold.wait(20)
            return work()

        return await super().run(held)


@pytest.fixture
def thread(transactional_db):
    make_workspace()
    counting = CountingThread()
    yield counting
    counting.hold.set()
    counting.close()


def change(secret):
    workspace = Workspace.objects.get()
    workspace.webhook_secret = secret
    workspace.save()


async def secret_of(keys):
    return (await keys.of("harbor")).current


def test_many_requests_share_one_load(thread):
    keys = Keys(thread)

    async def story():
        return [await secret_of(keys) for _ in range(50)], await asyncio.gather(*[secret_of(keys) for _ in range(50)])

    assert asyncio.run(story()) == ([SECRET] * 50, [SECRET] * 50)
    assert thread.loads == 1


def test_no_key_is_used_that_is_older_than_a_second(thread):
    keys = Keys(thread)

    async def story():
        before = await secret_of(keys)
        await asyncio.to_thread(change, OTHER_SECRET)
        await asyncio.sleep(FRESH)
        return before, await secret_of(keys)

    assert asyncio.run(story()) == (SECRET, OTHER_SECRET)


def test_who_is_about_to_be_refused_is_judged_by_keys_read_since(thread):
    keys = Keys(thread)

    async def story():
        before = await secret_of(keys)
        await asyncio.to_thread(change, OTHER_SECRET)
        return before, (await keys.since("harbor", time.monotonic())).current

    assert asyncio.run(story()) == (SECRET, OTHER_SECRET)


def test_a_flood_of_refusals_makes_the_database_work_ten_times_a_second_at_most(thread):
    keys = Keys(thread)

    async def story():
        started = time.monotonic()
        for _ in range(5):
            await asyncio.gather(*[keys.since("nobody", time.monotonic()) for _ in range(100)])
        return time.monotonic() - started

    took = asyncio.run(story())
    assert 5 <= thread.loads <= took / 0.1 + 1


def test_a_database_that_says_nothing_stops_neither_the_loop_nor_who_waits_for_it(thread):
    keys = Keys(thread)

    async def story():
        await keys.of("harbor")
        thread.hold.clear()
        await asyncio.sleep(FRESH)
        waiting = asyncio.ensure_future(keys.of("harbor"))
        steps = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            steps += 1
        with pytest.raises(KeysUnknown):
            await waiting
        thread.hold.set()
        await asyncio.sleep(0.5)
        return steps, await secret_of(keys)

    steps, secret = asyncio.run(story())
    assert steps > 50
    assert secret == SECRET


def test_only_a_refusal_reads_the_keys_again(edge, transactional_db):
    make_workspace()
    counting = CountingThread()
    edge.edge._intake._keys._thread = counting
    assert [edge.post(event(f"e-{number}")).status for number in range(20)] == [200] * 20
    well = counting.loads
    assert edge.post(event("x"), secret=OTHER_SECRET).status == 401
    assert counting.loads > well
    counting.close()
