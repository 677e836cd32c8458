"""Views: each single watching of a video, and who is watching now."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.data_query import Span, asked
from fastpix_api.road import Call, part


class Views:
    """The views of the last 30 days at most.

    `timespan` and `filters` as in `data_query.asked`; `rest["timespan"]` is [from, to] in epoch seconds, for the two
    about now in milliseconds. All raise Invalid, Refused ("Invalid timespan value"), Unreachable, Unauthorized,
    Forbidden, RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(
        self,
        *,
        timespan: Span = "24:hours",
        filters: Sequence[str] = (),
        viewer_id: str | None = None,
        error_code: str | None = None,
        limit: int = 10,
        offset: int = 1,
        order_by: str | None = None,
        sort_order: str | None = None,
    ) -> Answer:
        """One page of the views that ended in the span.

        A view is {viewId, operatingSystem, application, viewStartTime, viewEndTime, videoTitle, errorCode,
        errorMessage, errorId, country, viewWatchTime in ms, QoeScore of 1}; the times are UTC without zone (recorded).
        `limit` 1 to 50 (observed: 100 is Invalid), `offset` a page number from 1; `order_by`: view_end is FastPix's
        default, `sort_order` asc (its default) or desc.
        """
        page = {"limit": limit, "offset": offset, "orderBy": order_by, "sortOrder": sort_order}
        query = asked(timespan, filters, viewerId=viewer_id, errorCode=error_code, **page)
        return self._call("GET", "/data/viewlist", query=query, expect=list)

    def get(self, view_id: str) -> Answer:
        """One view with some hundred fields and its events [{pt, vt, e, d}]: playhead and clock in ms, name, details.

        It names a person: the whole IP address, coordinates, user agent (recorded); show and keep no more than is
        needed. videoId and viewerId are what the player was told, not UUIDs (recorded). Raises NotFound.
        """
        return self._call("GET", f"/data/viewlist/{part(view_id)}", expect=dict)

    def top_content(self, *, timespan: Span = "24:hours", filters: Sequence[str] = (), limit: int = 10) -> Answer:
        """The most watched: [{videoTitle, views, uniqueViews}]. Recorded: "null" stands for views without a title."""
        query = asked(timespan, filters, limit=limit)
        return self._call("GET", "/data/viewlist/top-content", query=query, expect=list)

    def now_over_time(self) -> Answer:
        """Who watches now, over the last 30 minutes: [{intervalTime, numberOfViews, metricValue null}].

        Published with older SDKs and not in the document: an account may answer NotFound, Invalid or Refused (405).
        """
        return self._call("GET", "/data/viewlist/current-views/getTimeseriesViews", expect=list)

    def now_by(self, dimension: str, *, limit: int = 10) -> Answer:
        """Who watches now, by country, region, asn_id, cdn, video_title, media_id, fp_playback_id, …

        [{dimension_name: the value, concurrent_viewers, metricValue}]. Provenance as for `now_over_time`.
        """
        query = {"dimension": dimension, "limit": limit}
        return self._call("GET", "/data/viewlist/current-views/filter", query=query, expect=list)
