"""The events worker's tasks; they never call FastPix."""

from celery import shared_task

from events_app import backlog


@shared_task(name="events_app.project_waiting")
def project_waiting(workspace_id: int | None = None) -> None:
    """Project the events that wait; queues itself again while there are more, so that others get their turn."""
    if workspace_id is None:
        backlog.requeue_once()
    if backlog.project(workspace_id):
        project_waiting.apply_async((workspace_id,))
