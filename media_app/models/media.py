"""Media, their tracks and playback IDs, as FastPix has them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events_app.models import Mirrored
from workspace_app.models import Workspace


class Media(Mirrored):
    """One media of FastPix. One `version` covers it and its tracks and playback IDs.

    `status` is FastPix's word in lower case with single spaces; words we do not know count as processing:
    created ▶ downloading ▶ downloaded ▶ validating ▶ in queue ▶ processing ▶ ready | failed
    `failed_reason` is told by events only: answers never write it.
    """

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        DOWNLOADING = "downloading", _("Downloading")
        DOWNLOADED = "downloaded", _("Downloaded")
        VALIDATING = "validating", _("Validating")
        IN_QUEUE = "in queue", _("In queue")
        PROCESSING = "processing", _("Processing")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    FINAL = (Status.READY, Status.FAILED)
    title_stands_in = False  # whether `title` is that of the upload, only to be shown (library.name_after_uploads)

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="media")
    title = models.CharField(max_length=255, blank=True)
    creator_id = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20, default=Status.CREATED)
    failed_reason = models.TextField(blank=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    aspect_ratio = models.CharField(max_length=20, blank=True)
    source_resolution = models.CharField(max_length=20, blank=True)
    max_resolution = models.CharField(max_length=20, blank=True)
    media_quality = models.CharField(max_length=20, blank=True)
    source_access = models.BooleanField(default=False)
    is_audio_only = models.BooleanField(default=False)
    trial = models.BooleanField(default=False)
    thumbnail = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict)
    stream_id = models.CharField(max_length=64, blank=True)
    source_media_id = models.CharField(max_length=64, blank=True)
    # everything else FastPix says about it (mp4Support, summary, chapters, generatedSubtitles …), under FastPix's names
    extra = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    # lower-case words that search looks through: title, creator, metadata values, id
    search = models.TextField(blank=True)

    tracks: "models.QuerySet[Track]"
    playback_ids: "models.QuerySet[PlaybackId]"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "remote_id"], name="one_row_a_media")]
        indexes = [
            models.Index(fields=["workspace", "-sort_key", "-id"], name="media_newest", condition=Q(gone=False)),
            models.Index(
                fields=["workspace", "status", "-sort_key", "-id"], name="media_by_status", condition=Q(gone=False)
            ),
            models.Index(
                fields=["workspace", "source_media_id", "-sort_key"],
                name="media_clips",
                condition=~Q(source_media_id="") & Q(gone=False),
            ),
            # For finding what to ask FastPix about.
            models.Index(fields=["ask_at"], name="media_to_ask", condition=Q(unsettled=True, gone=False)),
        ]


class Track(models.Model):
    """A video, audio or subtitle track."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="tracks")
    remote_id = models.CharField(max_length=64)
    type = models.CharField(max_length=12)
    status = models.CharField(max_length=20, blank=True)
    language_code = models.CharField(max_length=40, blank=True)
    language_name = models.CharField(max_length=255, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    frame_rate = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["media", "remote_id"], name="one_row_a_track")]


class PlaybackId(models.Model):
    """An address under which a media plays, and who may play it."""

    class Policy(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        DRM = "drm", _("DRM")

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="playback_ids")
    remote_id = models.CharField(max_length=64)
    access_policy = models.CharField(max_length=12, choices=Policy)
    restrictions = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["media", "remote_id"], name="one_row_a_playback_id")]
