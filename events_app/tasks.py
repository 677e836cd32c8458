"""The events worker's tasks; they never call FastPix."""

from datetime import datetime
from typing import Final

from celery import shared_task

from events_app import backlog, replay, retention
from workspace_app.models import Workspace

# A ring that no worker has heard by then says nothing that a later one or the sweep does not. Without an end they would
# pile up behind a backlog, and everything else of the queue, signs of life too, behind them.
RINGS_FOR: Final = 15


@shared_task(name="events_app.project_waiting", expires=RINGS_FOR)
def project_waiting(workspace_id: int | None = None) -> None:
    """Project the events that wait; queues itself again while there are more, so that others get their turn."""
    if workspace_id is None:
        backlog.requeue_once()
    if backlog.project(workspace_id):
        project_waiting.apply_async((workspace_id,))


@shared_task(name="events_app.prune_events")
def prune_events() -> None:
    """Delete events older than their workspaces keep them; queues itself again while there are more."""
    if retention.prune():
        prune_events.apply_async()


@shared_task(name="events_app.replay_failed")
def replay_failed(workspace_id: int, newest: int, since: str) -> None:
    """Go on putting back what failed before `since`, up to the event `newest`; queues itself again until all are."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace and replay.go_on(workspace, newest, datetime.fromisoformat(since)):
        replay_failed.apply_async((workspace_id, newest, since))
