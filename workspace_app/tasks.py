"""A sign of life from each queue's workers, for /readyz. Which queue a task goes to: settings.CELERY_TASK_ROUTES."""

import time

from celery import shared_task
from django.core.cache import cache

LASTS = 300  # seconds a sign of life is kept; /readyz judges its age


def _beat(queue: str) -> None:
    cache.set(f"heartbeat:{queue}", int(time.time()), LASTS)


@shared_task(name="workspace_app.beat_events")
def beat_events() -> None:
    """Workers of queue `events` take tasks."""
    _beat("events")


@shared_task(name="workspace_app.beat_calls")
def beat_calls() -> None:
    """Workers of queue `calls` take tasks."""
    _beat("calls")


@shared_task(name="workspace_app.beat_transfers")
def beat_transfers() -> None:
    """Workers of queue `transfers` take tasks."""
    _beat("transfers")
