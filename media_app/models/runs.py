"""Long walks through a workspace's library at FastPix: how far they came, and who is walking."""

from django.db import models

from workspace_app.models import Workspace


class Run(models.Model):
    """The place of a walk, a page of FastPix's list at a time; one row a workspace and kind.

    `reached` is the sort key up to which the list was read. `leased_by` and `leased_until` (the database's clock) keep
    it to one worker at a time; every write repeats `leased_by`. It is due at `next_try_at`, or at once.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="%(class)s")
    reached = models.BigIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class ImportRun(Run):
    """Bringing in what a workspace holds; the last import of each workspace stays as its row.

    idle ─▶ everything ─▶ done ─▶ newest ─▶ done
                 └────────────┴──────┴─▶ refused (FastPix showed another workspace) ─▶ as ordered next
    `everything` walks oldest first, `newest` newest first until a page brings nothing new. `whole_at`: when everything
    was here for the first time, and with it the reason why the next import need only look for what is new. `read`: how
    many of FastPix's list lie behind us.
    """

    class State(models.TextChoices):
        IDLE = "idle"
        EVERYTHING = "everything"
        NEWEST = "newest"
        DONE = "done"
        REFUSED = "refused"

    RUNNING = (State.EVERYTHING, State.NEWEST)

    state = models.CharField(max_length=10, choices=State, default=State.IDLE)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    whole_at = models.DateTimeField(null=True)

    @property
    def running(self) -> bool:
        """Whether there is more to bring in."""
        return self.state in self.RUNNING


class SweepRun(Run):
    """The rolling look at media that are final, for what no event told; it starts again when it is through.

    `page` is to be read next.
    """

    page = models.PositiveIntegerField(default=1)
