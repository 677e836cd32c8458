"""Dimensions: what views can be filtered and grouped by."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.data_query import Span, asked
from fastpix_api.road import Call, part


class Dimensions:
    """The dimensions of Video Data. All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(self) -> Answer:
        """The dimensions' ids: a list of words, 56 when it was recorded; without paging."""
        return self._call("GET", "/data/dimensions", expect=list[str])

    def values(self, dimension: str, *, timespan: Span = "24:hours", filters: Sequence[str] = ()) -> Answer:
        """What a dimension was in the views of a span: [{value, uniqueCount, count}]; see `data_query.asked`.

        Raises Invalid, Refused ("Invalid timespan value").
        """
        query = asked(timespan, filters)
        return self._call("GET", f"/data/dimensions/{part(dimension)}", query=query, expect=list)
