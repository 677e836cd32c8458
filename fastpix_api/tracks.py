"""Tracks: the audio and subtitles of a media beside those of its file."""

from collections.abc import Mapping
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Tracks:
    """A media's added tracks; FastPix lists them inside the media itself (`media.get`, under "tracks").

    A track is {id, type, url, languageCode, languageName}; language codes are BCP 47, "und" for the audio of the file
    itself (recorded). All raise NotFound, Invalid, Unreachable, Unauthorized, Forbidden, RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def add(self, media_id: str, *, kind: str, url: str, language_code: str, language_name: str) -> Answer:
        """Have FastPix fetch an audio or subtitle file; answers 201 with the track, before it has been fetched.

        `kind`: audio or subtitle (SRT, VTT). Raises Refused where the media has that language name already (documented,
        status 400). Never sent twice: a lost answer may have added the track.
        """
        track = {"url": url, "type": kind, "languageCode": language_code, "languageName": language_name}
        return self._call("POST", _tracks(media_id), json={"tracks": track}, expect=dict)

    def update(self, media_id: str, track_id: str, *, url: str, language_code: str, language_name: str) -> Answer:
        """Replace a track's file and names; the id stays. Documented: all three are needed. Raises as `add` does."""
        body = {"url": url, "languageCode": language_code, "languageName": language_name}
        return self._call("PATCH", f"{_tracks(media_id)}/{part(track_id)}", json=body, expect=dict)

    def delete(self, media_id: str, track_id: str) -> Answer:
        """Remove a track for good; answers without data (recorded)."""
        return self._call("DELETE", f"{_tracks(media_id)}/{part(track_id)}")

    def generate_subtitles(
        self,
        media_id: str,
        audio_track_id: str,
        *,
        language_code: str,
        language_name: str,
        metadata: Mapping[str, str] | None = None,
    ) -> Answer:
        """Have the speech of an audio track written down; answers with the new subtitle track, without a url.

        It is the audio track's id that is needed; `language_code` one of the documented ones, with a region, such as
        en-US; `metadata` at most 10 entries of 255 characters. Recorded: the new track shows `preparing` in the media.
        """
        body: dict[str, Any] = {"languageCode": language_code, "languageName": language_name}
        body |= {} if metadata is None else {"metadata": dict(metadata)}
        path = f"{_tracks(media_id)}/{part(audio_track_id)}/generate-subtitles"
        return self._call("POST", path, json=body, expect=dict)


def _tracks(media_id: str) -> str:
    return f"/on-demand/{part(media_id)}/tracks"
