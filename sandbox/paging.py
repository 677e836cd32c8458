"""Pages as FastPix counts them: limit 1 to 50, offset is the page's number from 1 (recorded, deviations of lists)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from sandbox import errors
from sandbox.store import Store


@dataclass(frozen=True)
class Page:
    """One page of a list: how many, which, in which direction of creation."""

    limit: int
    number: int
    direction: str

    def rows(
        self, store: Store, source: str, values: Sequence[object] = ()
    ) -> tuple[list[sqlite3.Row], dict[str, int]]:
        """The page's rows of `source` (a table whose `seq` grows with creation, and a condition), and its pagination.

        `source` is always written in the code, never by a caller.
        """
        order = f"ORDER BY seq {self.direction} LIMIT {self.limit} OFFSET {(self.number - 1) * self.limit}"
        # the numbers first, from their index: what stands before the page is skipped without reading it
        chosen = f"SELECT * FROM {source.partition(' ')[0]} WHERE seq IN (SELECT seq FROM {source} {order})"  # noqa: S608
        found = store.all(f"{chosen} ORDER BY seq {self.direction}", values)
        total = store.count(f"SELECT count(*) FROM {source}", values)  # noqa: S608 - see the docstring
        return found, self.pagination(total)

    def pagination(self, total: int) -> dict[str, int]:
        """offsetCount is the number of pages, 0 when there is nothing (recorded)."""
        return {"totalRecords": total, "currentOffset": self.number, "offsetCount": -(-total // self.limit)}


def asked(request: Request, *, ordered: bool = True) -> Page:
    """The page a request asks for. 422 by field when limit, offset or orderBy is out of range."""
    problems: list[errors.Problem] = []
    numbers = {}
    for name, default, highest in (("limit", 10, 50), ("offset", 1, 1_000_000)):
        text = request.query_params.get(name, str(default))
        valid = text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= highest
        numbers[name] = int(text) if valid else default
        if not valid:
            problems.append({"field": name, "message": f"must be between 1 and {highest}"})
    order = request.query_params.get("orderBy", "desc") if ordered else "desc"
    if order not in {"asc", "desc"}:
        problems.append({"field": "orderBy", "message": "must be asc or desc"})
    if problems:
        raise errors.invalid(problems)
    return Page(numbers["limit"], numbers["offset"], "ASC" if order == "asc" else "DESC")
