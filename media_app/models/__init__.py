"""The on-demand area's rows."""

from media_app.models.media import Media, PlaybackId, Track
from media_app.models.upload import Upload

__all__ = ["Media", "PlaybackId", "Track", "Upload"]
