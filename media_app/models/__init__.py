"""The on-demand area's rows."""

from media_app.models.bulk import BulkItem, BulkJob
from media_app.models.media import Media, PlaybackId, Track
from media_app.models.preset import UploadPreset
from media_app.models.runs import ImportRun, SweepRun
from media_app.models.upload import Upload

__all__ = ["BulkItem", "BulkJob", "ImportRun", "Media", "PlaybackId", "SweepRun", "Track", "Upload", "UploadPreset"]
