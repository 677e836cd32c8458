"""Telling every open page that something changed: topic words over Redis, after the commit, to the edge."""

import logging
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from workspace_app.models import Workspace

log = logging.getLogger(__name__)

CHANNEL: Final = "fp:push"


def ring(workspace: Workspace, *topics: str) -> None:
    """Tell the pages of a workspace, once the transaction is committed, that these topics changed.

    A topic is the plural noun of an area ("media"), with an id where one object changed ("media:<id>"). Words only:
    pages fetch what changed themselves, so rights are checked there. Never raises: without Redis pages poll.
    """
    if topics:
        words = "\n".join((workspace.slug, *dict.fromkeys(topics)))
        transaction.on_commit(lambda: _publish(words), robust=True)


@lru_cache(maxsize=1)
def _redis() -> "Redis":
    # One retry, at once: it is for the connection that a restarted Redis left behind
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
        client_name="push-ring",
    )


def _publish(words: str) -> None:
    try:
        _redis().publish(CHANNEL, words)
    except RedisError as error:
        log.warning("Open pages could not be told about a change, they poll meanwhile: %s", error)
