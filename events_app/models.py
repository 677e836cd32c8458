"""What FastPix told us, and the columns every mirrored row carries."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from workspace_app.models import Workspace


class WebhookEvent(models.Model):
    """One event of FastPix, kept byte for byte. The row is the queue; the broker is only the alarm clock.

    received ─▶ projected | unhandled (no projection for its type) | failed (error kept, can be replayed)

    late, conflicting and `times` (how often it came, `last_received_at` when the last repeat did) are flags beside the
    state. Bodies that can carry stream keys or
    upload addresses (live, upload and unknown types) are stored encrypted.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        PROJECTED = "projected"
        UNHANDLED = "unhandled"
        FAILED = "failed"

    # no index of its own: event_newest begins with it
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events", db_index=False)
    event_id = models.CharField(max_length=80)
    type = models.CharField(max_length=120)
    object_id = models.CharField(max_length=80, blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    body = models.BinaryField()
    encrypted = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=1)
    last_received_at = models.DateTimeField(null=True)
    conflicting = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    error = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "event_id"], name="one_row_an_event")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="event_newest"),
            # For finding what waits to be projected, oldest first.
            models.Index(fields=["workspace", "id"], name="event_waiting", condition=Q(state="received")),
            models.Index(fields=["workspace", "object_id", "-id"], name="event_of_object"),
            # For the list's filters; the two with a condition hold few rows and cost the intake nothing.
            models.Index(fields=["workspace", "type", "-id"], name="event_of_type"),
            models.Index(
                fields=["workspace", "state", "-id"],
                name="event_left",
                condition=Q(state="failed") | Q(state="unhandled"),
            ),
            models.Index(
                fields=["workspace", "-id"],
                name="event_flagged",
                condition=Q(times__gt=1) | Q(late=True) | Q(conflicting=True),
            ),
        ]


class Mirrored(models.Model):
    """Columns of every row that copies an object of FastPix (docs/architecture.md, "The mirror").

    `version` rises with every write and every marking; a write says which version it read. `event_at` is the createdAt
    of the last event applied; `answered_at` the Date of FastPix's last answer about it, `settled_at` of the last whole
    one. `unsettled` rows are asked about, first at `ask_at`. `known_by` and `known_at` say how and when the state was
    learned. `sort_key` is FastPix's createdAt in microseconds.
    """

    class KnownBy(models.TextChoices):
        WEBHOOK = "webhook"
        POLL = "poll"
        CALL = "call"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=64)
    version = models.PositiveBigIntegerField(default=1)
    sort_key = models.BigIntegerField(default=0)
    event_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    unsettled = models.BooleanField(default=False)
    ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    gone = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True)
    known_by = models.CharField(max_length=8, choices=KnownBy, default=KnownBy.CALL)
    known_at = models.DateTimeField(null=True)
    known_event_id = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True
