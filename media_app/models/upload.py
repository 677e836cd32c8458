"""Uploads: our own rows, because FastPix's uploadId changes with every new session."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workspace_app.models import Workspace
from workspace_app.secrets_at_rest import EncryptedTextField


class Upload(models.Model):
    """One file on its way to FastPix.

    receiving ▶ waiting ▶ sending ⇄ paused
                             ├─▶ sent (all bytes at storage; the media row tells the rest)
                             ├─▶ stopped (an error a person can retry) ▶ sending
                             └─▶ cancelled
    `offset` is what storage confirmed. `session_url` is a bearer secret: fetched by an authorised POST, never in a
    page.
    Origin browser: the page sends the bytes; its tab holds the lease. Origin server: a worker sends `path` (inside
    IMPORT_DIR); `fingerprint` says which file that was. Origin handed: a page hands the bytes to the console first
    (receiving, where it can pause, stop and be cancelled too), which keeps them until a worker has sent them; `handed`
    counts them, `copy_fingerprint` says which file our copy was when it was whole. Origin url: a worker asks FastPix
    to fetch `source_url`, which can carry a signature and is a secret too; sent means that FastPix took the order.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Being handed over")
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Uploading")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        STOPPED = "stopped", _("Stopped")
        CANCELLED = "cancelled", _("Cancelled")

    class Origin(models.TextChoices):
        BROWSER = "browser", _("This computer")
        SERVER = "server", _("Import folder")
        HANDED = "handed", _("The console")
        URL = "url", _("URL")

    OPEN = (State.RECEIVING, State.WAITING, State.SENDING, State.PAUSED, State.STOPPED)

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="uploads")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    origin = models.CharField(max_length=8, choices=Origin)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    filename = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=120, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=1000, blank=True)
    handed = models.PositiveBigIntegerField(default=0)
    copy_fingerprint = models.CharField(max_length=64, blank=True)
    # pushMediaSettings, under FastPix's names
    push_settings = models.JSONField(default=dict)
    # the name of the preset they came from, as it was then
    preset = models.CharField(max_length=80, blank=True)
    source_url = EncryptedTextField(blank=True)
    remote_id = models.CharField(max_length=64, blank=True)
    session_url = EncryptedTextField(blank=True)
    session_expires_at = models.DateTimeField(null=True)
    offset = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="upload_newest"),
            # For finding transfers nobody works on.
            models.Index(
                fields=["origin", "leased_until"], name="upload_open", condition=Q(state__in=["waiting", "sending"])
            ),
            # For telling the media of an upload, and the upload of a media.
            models.Index(fields=["workspace", "remote_id"], name="upload_of_media"),
        ]
