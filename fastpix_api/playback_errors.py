"""Playback errors: what viewers' players stumbled over."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.data_query import Span, asked
from fastpix_api.road import Call


class PlaybackErrors:
    """The errors that views of the last 30 days at most ended with."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(self, *, timespan: Span = "24:hours", filters: Sequence[str] = (), limit: int = 10) -> Answer:
        """Errors of a span: data {errors, topErrors}, `limit` counts the top ones (FastPix's default is 1).

        An error is {id, code, message, description, count, percentage, notes, lastSeen}; a top one has
        uniqueViewersEffectedPercentage, and neither id nor description. Recorded: ids repeat, percentages are fractions
        of 1, code is text, lastSeen is UTC with a space and without a zone, descriptions can hold signed addresses.
        Raises Invalid, Refused ("Invalid timespan value"), Unreachable, Unauthorized, Forbidden, RateLimited, Broken.
        """
        return self._call("GET", "/data/errors", query=asked(timespan, filters, limit=limit), expect=dict)
