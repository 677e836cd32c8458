"""Taking turns on a walk through a library: one worker at a time, and a dead one's walk goes on."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.utils import timezone

from media_app.models import ImportRun, SweepRun
from media_app.services import leases
from workspace_app.models import Workspace

Walk = TypeVar("Walk", ImportRun, SweepRun)

# A call may take 8 s, and a page is written after it; each page renews.
HELD: Final = 45.0


@contextmanager
def turn(runs: type[Walk], workspace: Workspace) -> Iterator[Walk | None]:
    """Hold the walk of a workspace; None where it does not exist, is not due or another worker has it."""
    holder = f"turn-{uuid.uuid4()}"
    free = runs._default_manager.filter(leases.free(), leases.due(), workspace=workspace)
    if not free.update(leased_by=holder, leased_until=leases.until(HELD)):
        yield None
        return
    run = runs._default_manager.get(workspace=workspace)
    run.workspace = workspace
    try:
        yield run if run.leased_by == holder else None
    finally:
        runs._default_manager.filter(pk=run.pk, leased_by=holder).update(leased_by="", leased_until=None)


def keep(run: ImportRun | SweepRun, **values: Any) -> bool:
    """Write where the walk stands and hold it on; False when the lease ran out and another worker took it."""
    for name, value in values.items():
        setattr(run, name, value)
    mine = type(run)._default_manager.filter(pk=run.pk, leased_by=run.leased_by)
    return bool(mine.update(**values, leased_until=leases.until(HELD)))


def later(seconds: float) -> datetime:
    """The moment `seconds` from now."""
    return timezone.now() + timedelta(seconds=seconds)
