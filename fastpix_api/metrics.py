"""Video Data: numbers over views."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Metrics:
    """Metrics over the views of the last 30 days at most. All raise Unreachable, Unauthorized, Forbidden, Broken."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def overall(
        self,
        metric: str,
        *,
        measurement: str | None = None,
        timespan: str | tuple[int, int] = "24:hours",
        filters: Sequence[str] = (),
    ) -> Answer:
        """One number: data {value, totalWatchTime, totalViews, totalPlayTime, uniqueViews, globalValue}, times in ms.

        `metric`: views, unique_viewers, playing_time, …; `measurement`: avg (FastPix's default), count, sum, median,
        95th; `timespan`: 60:minutes, 6:hours, 24:hours, 3:days, 7:days, 30:days, or two epoch seconds; `filters`:
        "dimension:value", "!dimension:value" excludes. `rest["timespan"]` is [from, to] in epoch seconds (recorded).
        Raises Invalid, Refused ("Invalid timespan value").
        """
        spans = [timespan] if isinstance(timespan, str) else list(timespan)
        query = [("measurement", measurement), *(("timespan[]", one) for one in spans)]
        query += [("filterby[]", one) for one in filters]
        return self._call("GET", f"/data/metrics/{part(metric)}/overall", query=query, expect=dict)
