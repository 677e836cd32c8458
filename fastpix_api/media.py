"""Media: what was uploaded or pulled, and is played."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Media:
    """The operations under /on-demand on a media itself.

    Lists: `limit` 1 to 50, `offset` is a page number starting at 1, not a row (recorded); `order_by` "asc" or "desc" by
    creation. All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken; those by id also NotFound, or Invalid
    where FastPix cannot read the id (`Invalid.names_unknown_id`).
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, *, inputs: Sequence[Mapping[str, Any]], access_policy: str = "public", **settings: Any) -> Answer:
        """Have FastPix pull a file from a URL; answers 201 with the media, status `Created`.

        `inputs`: the video, {"type": "video", "url": …, startTime and endTime in seconds, introUrl, outroUrl,
        expungeSegments ["4-6"], segments}, and beside it watermark {url, placement, width, height, opacity}, audio
        {swapTrackUrl, imposeTracks}, subtitle {url, languageName, languageCode}. The url "fp_mediaId://<media id>" cuts
        a clip out of a media of the workspace; without times it copies it whole (documented).
        `access_policy`: public, private or drm, which needs drmConfigurationId. `settings` in FastPix's own spelling:
        title and creatorId (255 characters), metadata (10 entries of 255), maxResolution 480p to 2160p (1080p),
        mediaQuality standard, pro or premium, mp4Support, sourceAccess, optimizeAudio, chapters, namedEntities,
        subtitles {languageName, languageCode}, summary {generate, summaryLength}, moderation {type},
        accessRestrictions {domains, userAgents}.
        Raises Invalid, Refused (trial limits). Never sent twice: a lost answer may have created the media.
        """
        body = {"inputs": [dict(one) for one in inputs], "accessPolicy": access_policy, **settings}
        return self._call("POST", "/on-demand", json=body, expect=dict)

    def list(self, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of the workspace's media. Documented: neither search nor a filter by status exists."""
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", "/on-demand", query=query, expect=list)

    def get(self, media_id: str) -> Answer:
        """One media, whole: fields never set are absent. A finished upload's uploadId is the media's id (recorded)."""
        return self._call("GET", f"/on-demand/{part(media_id)}", expect=dict)

    def update(
        self,
        media_id: str,
        *,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
        creator_id: str | None = None,
    ) -> Answer:
        """Change title, metadata, creatorId: what is None stays, nothing else can be changed here (documented).

        Answers with the media. Title and creatorId take 255 characters. Recorded: metadata, at most 10 entries of 255
        characters, is replaced as a whole, not merged. Raises Invalid.
        """
        told: dict[str, Any] = {"title": title, "metadata": metadata, "creatorId": creator_id}
        changes = {field: value for field, value in told.items() if value is not None}
        return self._call("PATCH", f"/on-demand/{part(media_id)}", json=changes, expect=dict)

    def delete(self, media_id: str) -> Answer:
        """Delete a media for good; answers without data (recorded)."""
        return self._call("DELETE", f"/on-demand/{part(media_id)}")

    def update_source_access(self, media_id: str, *, source_access: bool) -> Answer:
        """Keep the original file downloadable, or not; answers with the media."""
        body = {"sourceAccess": source_access}
        return self._call("PATCH", f"/on-demand/{part(media_id)}/source-access", json=body, expect=dict)

    def update_mp4_support(self, media_id: str, *, mp4_support: str) -> Answer:
        """Ask for downloadable renditions: none, capped_4k, audioOnly or "audioOnly,capped_4k".

        Raises Refused where that is the value already (documented, status 400).
        """
        body = {"mp4Support": mp4_support}
        return self._call("PATCH", f"/on-demand/{part(media_id)}/update-mp4Support", json=body, expect=dict)

    def input_info(self, media_id: str) -> Answer:
        """Where the file came from. For uploads it holds the signed storage address (recorded): never show it."""
        return self._call("GET", f"/on-demand/{part(media_id)}/input-info", expect=dict)

    def clips(self, media_id: str, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of the media cut out of this one."""
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", f"/on-demand/{part(media_id)}/media-clips", query=query, expect=list)

    def live_clips(self, stream_id: str, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of the media cut out of a live stream. Recorded: the id is 32 hex digits, not a UUID."""
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", f"/on-demand/{part(stream_id)}/live-clips", query=query, expect=list)
