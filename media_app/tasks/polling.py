"""Tasks of the calls worker: asking FastPix about media."""

from celery import shared_task

from media_app import importing, reconcile, sweeping
from workspace_app.models import Workspace


@shared_task(name="media_app.ask_unsettled")
def ask_unsettled() -> None:
    """Ask about the rows that are marked, of every workspace."""
    reconcile.ask_unsettled()


@shared_task(name="media_app.poll_open")
def poll_open(workspace_id: int | None = None) -> None:
    """Ask about what is not final, of one workspace or of every one."""
    reconcile.poll_open(None if workspace_id is None else Workspace.objects.get(pk=workspace_id))


@shared_task(name="media_app.sweep_final")
def sweep_final() -> None:
    """A slice of the rolling look at what is final, in every workspace."""
    sweeping.sweep_all()


@shared_task(name="media_app.import_existing")
def import_existing(workspace_id: int) -> None:
    """Go on with an ordered import for a while, then queue itself again until all is here."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    wait = importing.import_existing(workspace) if workspace else None
    if wait is not None:
        # a little later than the row says, or the turn would not be due
        import_existing.apply_async((workspace_id,), countdown=wait + 1 if wait else 0)


@shared_task(name="media_app.resume_imports")
def resume_imports() -> None:
    """Go on with imports whose worker died or whose message was lost."""
    for workspace_id in importing.overdue():
        import_existing.delay(workspace_id)
