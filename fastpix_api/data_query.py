"""What every question about views has in common: a span of time and filters."""

from collections.abc import Sequence
from typing import Any

Span = str | tuple[int, int]


def asked(span: Span, filters: Sequence[str], **others: Any) -> list[tuple[str, Any]]:
    """The query of a data operation, `others` first; what is None is not sent.

    `span`: 60:minutes, 6:hours, 24:hours, 3:days, 7:days, 30:days, or two epoch seconds, which repeat the key as it
    stands (observed: an index in the brackets is refused). `filters`: "dimension:value", "!dimension:value" excludes.
    """
    spans = [span] if isinstance(span, str) else list(span)
    query = [*others.items(), *(("timespan[]", one) for one in spans)]
    return query + [("filterby[]", one) for one in filters]
