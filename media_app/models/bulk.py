"""Bulk jobs: one order of a person about many media, carried out by a worker, item by item."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workspace_app.models import Workspace


class BulkJob(models.Model):
    """What a person ordered for many media.

    waiting ▶ running ─▶ done ─────────┬─▶ waiting (a person has the failed ones tried again)
       └─────────┴─▶ stopping ─▶ cancelled ┘
    Cancelled by a person, it begins nothing more, but what was begun is settled first (stopping).
    While FastPix is away or wants to be left alone it stays where it is: `trouble` says why, `next_try_at` when it goes
    on. Who works on it is in `leased_by`, until `leased_until` by the database's clock; every write of a worker repeats
    its name. `change` is what an edit does: {"put": {key: value}, "remove": [key], "creator": text}.
    """

    class Kind(models.TextChoices):
        DELETE = "delete", _("Delete")
        EDIT = "edit", _("Edit metadata")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        STOPPING = "stopping", _("Stopping")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.WAITING, State.RUNNING, State.STOPPING)

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="bulk_jobs")
    # made with the form that orders it, so that a form sent twice is one order
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    change = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    trouble = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by_name = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=Now())
    cancelled_by_name = models.CharField(max_length=254, blank=True)
    finished_at = models.DateTimeField(null=True)

    items: "models.QuerySet[BulkItem]"

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="bulk_job_newest"),
            # For finding jobs nobody works on.
            models.Index(
                fields=["leased_until"], name="bulk_job_open", condition=Q(state__in=["waiting", "running", "stopping"])
            ),
        ]


class BulkItem(models.Model):
    """One media of a job, and what became of it.

    waiting ⇄ doing ─▶ done | skipped (FastPix no longer had it) | failed ─▶ waiting (tried again)
       └─▶ cancelled
    `doing` is written before FastPix is asked to change anything: whoever finds an item so, after a crash or a lost
    answer, looks first whether FastPix did it. It goes back to waiting only where FastPix certainly did not.
    `result` is the sentence for a person; `intent` what an edit was about to change, {field: [before, after]}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DOING = "doing", _("Under way")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.WAITING, State.DOING)

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=64)
    title = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    result = models.CharField(max_length=500, blank=True)
    intent = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "remote_id"], name="one_item_a_media")]
        indexes = [models.Index(fields=["job", "state", "tries", "id"], name="bulk_item_next")]
