import time

import pytest
from django.core.cache import cache

from fastpix_console.celery import app
from workspace_app import tasks


@pytest.mark.parametrize("queue", ["events", "calls", "transfers"])
def test_each_queues_sign_of_life_goes_through_that_queue_and_says_when(queue):
    task = getattr(tasks, f"beat_{queue}")
    assert app.amqp.router.route({}, task.name)["queue"].name == queue
    task.run()
    assert abs(cache.get(f"heartbeat:{queue}") - time.time()) <= 2
