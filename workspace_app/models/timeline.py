"""What happened to each object, append-only: every action, event and repair."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from workspace_app.models.workspace import Workspace


class TimelineEntry(models.Model):
    """One line of one object's history. Never updated, never deleted by the product.

    `area` and `object_id` name the object ("media", FastPix's id; "workspace", the slug). `source` says who made it
    happen: person, webhook, poll, call (the answer to our own API call). `details` is small JSON for the sentence.
    """

    class Source(models.TextChoices):
        PERSON = "person"
        WEBHOOK = "webhook"
        POLL = "poll"
        CALL = "call"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="timeline")
    area = models.CharField(max_length=20)
    object_id = models.CharField(max_length=64)
    verb = models.CharField(max_length=60)
    source = models.CharField(max_length=8, choices=Source)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)
    event_id = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        indexes = [models.Index(fields=["workspace", "area", "object_id", "-occurred_at"], name="timeline_of_object")]
