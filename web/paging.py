"""Keyset paging: a page is found by where the last one ended, so page 4,000 costs what page 1 costs.

Lists that FastPix keeps come by number instead: it offers nothing else.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
BIGGEST: Final = 2**63 - 1
LAST_NUMBER: Final = 100_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, newest first; `newer` and `older` are opaque cursors for `after` and `before`, or None at the ends."""

    items: Sequence[Row]
    newer: str | None
    older: str | None


@dataclass(frozen=True)
class Numbered(Generic[Item]):
    """Page `number`, from 1, of at most `size` items. `pages` and `total` are None where FastPix does not say."""

    items: Sequence[Item]
    number: int
    size: int
    pages: int | None = None
    total: int | None = None

    @property
    def newer(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        """The page after this one; a full page without a count may have one."""
        more = self.number < self.pages if self.pages is not None else len(self.items) == self.size
        return self.number + 1 if more else None

    @property
    def first_row(self) -> int:
        """The place of this page's first item, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The place of this page's last item."""
        return self.first_row + len(self.items) - 1


def page_number(text: str | None) -> int:
    """The page an address asks for; the first for anything that is no page."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(number, 1), LAST_NUMBER)


def numbered(items: Sequence[Item], number: int, size: int, told: Mapping[str, Any] | None) -> Numbered[Item]:
    """A page as FastPix's `pagination` describes it: {totalRecords, offsetCount}; what is no count is not told."""
    said = told or {}
    return Numbered(items, number, size, _count(said.get("offsetCount")), _count(said.get("totalRecords")))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def keyset(
    queryset: QuerySet[Row],
    *,
    before: str | None = None,
    after: str | None = None,
    size: int = 50,
    key: str = "sort_key",
) -> Page[Row]:
    """One page of `queryset` by `key` (a whole number, newest is highest), ties by pk.

    `before` and `after` are cursors of an earlier page; one that cannot be read counts as none. `key="pk"` pages tables
    that have no other order. No count is made.
    """
    if start := _read(after):
        rows = list(_beyond(queryset, key, start, newer=True)[: size + 1])
        if len(rows) > size:
            rows = rows[size - 1 :: -1]
            return Page(rows, newer=_cursor(rows[0], key), older=_cursor(rows[-1], key))
        # fewer than a page is newer: show the first page whole
    elif end := _read(before):
        rows = list(_beyond(queryset, key, end, newer=False)[: size + 1])
        shown = rows[:size]
        newer = _cursor(shown[0], key) if shown else None
        return Page(shown, newer=newer, older=_cursor(shown[-1], key) if len(rows) > size else None)
    rows = list(queryset.order_by(*_order(key, newest=True))[: size + 1])
    return Page(rows[:size], newer=None, older=_cursor(rows[size - 1], key) if len(rows) > size else None)


def _beyond(queryset: QuerySet[Row], key: str, start: tuple[int, int], *, newer: bool) -> QuerySet[Row]:
    """Rows past `start`. Written as `key <= x AND (key < x OR pk < y)`: the plain OR form cannot use the index."""
    value, pk = start
    way = "gt" if newer else "lt"
    if key == "pk":
        return queryset.filter(**{f"pk__{way}": pk}).order_by(*_order(key, newest=not newer))
    near = queryset.filter(**{f"{key}__{way}e": value})
    return near.filter(Q(**{f"{key}__{way}": value}) | Q(**{f"pk__{way}": pk})).order_by(*_order(key, newest=not newer))


def _order(key: str, *, newest: bool) -> list[str]:
    sign = "-" if newest else ""
    return [f"{sign}pk"] if key == "pk" else [f"{sign}{key}", f"{sign}pk"]


def _cursor(row: Any, key: str) -> str:
    place = f"{getattr(row, key)}:{row.pk}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[int, int] | None:
    """The place a cursor names; None for nothing and for nonsense (cursors come back from outside)."""
    if not cursor or len(cursor) > 64:
        return None
    try:
        value, _, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
        place = int(value), int(pk)
    except (binascii.Error, ValueError):
        return None
    return place if all(abs(part) <= BIGGEST for part in place) else None
