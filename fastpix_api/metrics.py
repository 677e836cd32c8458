"""Video Data: numbers over views."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.data_query import Span, asked
from fastpix_api.road import Call, part


class Metrics:
    """Metrics over the views of a span within the last 30 days.

    Audience metrics count the views that began in the span, quality metrics those that ended in it (documented).
    `metric`: views, unique_viewers, playing_time, …; `measurement`: avg (FastPix's default), count, sum, median, 95th;
    `timespan` and `filters` as in `data_query.asked`. Times are ms, scores and percentages fractions of 1, a group
    without a name is the text "null" (recorded). `rest["timespan"]` is [from, to] in epoch seconds, in milliseconds
    where said (recorded). All raise Invalid, Refused ("Invalid timespan value"), Unreachable, Unauthorized, Forbidden,
    RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def overall(
        self,
        metric: str,
        *,
        measurement: str | None = None,
        timespan: Span = "24:hours",
        filters: Sequence[str] = (),
    ) -> Answer:
        """One number: data {value, totalWatchTime, totalViews, totalPlayTime, uniqueViews, globalValue}.

        `globalValue` leaves the filters out.
        """
        query = asked(timespan, filters, measurement=measurement)
        return self._call("GET", f"/data/metrics/{part(metric)}/overall", query=query, expect=dict)

    def breakdown(
        self,
        metric: str,
        *,
        group_by: str,
        measurement: str | None = None,
        timespan: Span = "24:hours",
        filters: Sequence[str] = (),
        limit: int = 10,
        offset: int = 1,
        order_by: str | None = None,
        sort_order: str | None = None,
    ) -> Answer:
        """One page of a dimension's values: [{field, value, views, totalWatchTime, totalPlayingTime}].

        `group_by`: a dimension; `limit` 1 to 50, `offset` a page number from 1; `order_by`: views is FastPix's default;
        `sort_order` asc (FastPix's default) or desc. Recorded: totalPlayingTime does not add up to the overall's
        totalPlayTime.
        """
        page = {"limit": limit, "offset": offset, "orderBy": order_by, "sortOrder": sort_order}
        query = asked(timespan, filters, groupBy=group_by, measurement=measurement, **page)
        return self._call("GET", f"/data/metrics/{part(metric)}/breakdown", query=query, expect=list)

    def timeseries(
        self,
        metric: str,
        *,
        group_by: str = "minute",
        measurement: str | None = None,
        timespan: Span = "24:hours",
        filters: Sequence[str] = (),
        sort_order: str | None = None,
    ) -> Answer:
        """The metric over time: [{intervalTime, metricValue, numberOfViews}]; empty intervals are absent (recorded).

        `group_by`: minute, ten_minutes, hour or day; `rest["metadata"]["granularity"]` says which it was (recorded).
        `sort_order` asc (FastPix's default) or desc. Recorded: `rest["timespan"]` is in milliseconds.
        """
        query = asked(timespan, filters, groupBy=group_by, sortOrder=sort_order, measurement=measurement)
        return self._call("GET", f"/data/metrics/{part(metric)}/timeseries", query=query, expect=list)

    def comparison(
        self,
        *,
        dimension: str,
        value: str,
        timespan: Span = "24:hours",
        filters: Sequence[str] = (),
    ) -> Answer:
        """All metrics of the views in which `dimension` is `value`, as a tree.

        A node is {value, type, name, metric, measurement or null, items: nodes or null}, `type` number, milliseconds,
        percentage (a fraction) or mbps (bits per second in fact). Recorded: the lowest long means that there is no
        number, and some metrics here are unknown to the other three operations.
        """
        query = asked(timespan, filters, dimension=dimension, value=value)
        return self._call("GET", "/data/metrics/comparison", query=query, expect=list)
