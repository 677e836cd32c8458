"""The tasks of the media area, for Celery to find."""

from media_app.tasks.polling import ask_unsettled, import_existing, poll_open, resume_imports, sweep_final
from media_app.tasks.transfers import clear_handed, import_url, settle_left, sweep_transfers, transfer, work_bulk

__all__ = [
    "ask_unsettled",
    "clear_handed",
    "import_existing",
    "import_url",
    "poll_open",
    "resume_imports",
    "settle_left",
    "sweep_final",
    "sweep_transfers",
    "transfer",
    "work_bulk",
]
