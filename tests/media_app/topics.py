"""What open pages were told, heard on the channel itself."""

import warnings

import pytest
from celery import current_app
from django.conf import settings
from redis import Redis

from events_app.push import CHANNEL


@pytest.fixture
def heard_topics():
    """What open pages were told so far: lists of workspace slug and topics."""
    redis = Redis.from_url(settings.REDIS_URL)
    feed = redis.pubsub()
    feed.subscribe(CHANNEL)
    feed.get_message(timeout=2)

    def heard():
        messages = []
        while message := feed.get_message(timeout=0.3):
            if message["type"] == "message":
                messages.append(message["data"].decode().split("\n"))
        return messages

    yield heard
    feed.close()
    redis.close()


@pytest.fixture(scope="session", autouse=True)
def _tasks_are_known():
    """Celery registers tasks on first use, and warns about each `queue=` meanwhile: not in the middle of a test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        current_app.finalize()
