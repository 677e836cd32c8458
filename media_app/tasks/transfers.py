"""Doors for the workers that bring bytes, orders and bulk jobs to FastPix."""

import logging
import uuid

from celery import shared_task
from kombu.exceptions import OperationalError

from media_app.services import bulk_turns, handed_files, left_uploads, transfers, url_imports

log = logging.getLogger(__name__)


@shared_task(name="media_app.transfer")
def transfer(upload_id: int) -> None:
    """One turn (20 s at most) on one file of the import folder, or handed to the console."""
    if transfers.work(upload_id, f"turn-{uuid.uuid4()}"):
        transfer.delay(upload_id)
    else:
        wake()


@shared_task(name="media_app.import_url")
def import_url(upload_id: int) -> None:
    """Give one import order to FastPix."""
    url_imports.work(upload_id, f"order-{uuid.uuid4()}")


@shared_task(name="media_app.work_bulk")
def work_bulk(job_id: int, ticket: str) -> None:
    """One turn (20 s at most) on one bulk job; `ticket` names the place that waits for it."""
    if following := bulk_turns.work(job_id, ticket):
        work_bulk.delay(job_id, following)
    else:
        wake()


@shared_task(name="media_app.sweep_transfers")
def sweep_transfers() -> None:
    """Pick up what no worker holds: new rows whose ring got lost, rows of dead workers, rows due for another try.

    It never calls out, and runs beside projections so that a full transfers queue cannot hold it up.
    """
    wake()


@shared_task(name="media_app.settle_left")
def settle_left() -> None:
    """Ask FastPix about uploads that a tab left, in case their last byte arrived."""
    left_uploads.settle()


@shared_task(name="media_app.clear_handed")
def clear_handed() -> None:
    """Give up handed files nobody went on with, and remove what lies about."""
    handed_files.clear()


def wake() -> None:
    """Ring a worker for everything that may start now. Without a broker nothing is lost: the sweep rings again."""
    try:
        transfers.admit(transfer.delay)
        url_imports.admit(import_url.delay)
        bulk_turns.admit(work_bulk.delay)
    except OperationalError:
        log.warning("no broker: uploads and bulk jobs wait for the next sweep")
