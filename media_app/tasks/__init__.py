"""The tasks of the media area, for Celery to find."""

from media_app.tasks.transfers import import_url, sweep_transfers, transfer

__all__ = ["import_url", "sweep_transfers", "transfer"]
