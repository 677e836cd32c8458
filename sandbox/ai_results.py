"""What in-video AI was asked of media, and what it found, as kept in the store.

A feature of a media: (no row) → preparing → ready; switching it off takes the row away.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.store import Store

FEATURES = ("summary", "chapters", "namedEntities", "moderation")


@dataclass(frozen=True)
class Result:
    """One feature of one media; `asked` is what the request said of it, `data` what FastPix shows once it is ready."""

    feature: str
    asked: dict[str, Any]
    status: str
    data: Any


def ask(store: Store, media_id: str, asked: Mapping[str, Mapping[str, Any]]) -> None:
    """Note what is wanted, by feature, in place of what was wanted before."""
    for feature, wanted in asked.items():
        store.run(
            "INSERT OR REPLACE INTO ai (media_id, feature, asked, status) VALUES (?, ?, ?, 'preparing')",
            [media_id, feature, json.dumps(wanted)],
        )


def finish(store: Store, media_id: str, feature: str, data: object) -> None:
    """Keep a result."""
    store.run(
        "UPDATE ai SET status = 'ready', data = ? WHERE media_id = ? AND feature = ?",
        [json.dumps(data), media_id, feature],
    )


def drop(store: Store, media_id: str, feature: str) -> None:
    """Forget a feature of a media."""
    store.run("DELETE FROM ai WHERE media_id = ? AND feature = ?", [media_id, feature])


def one(store: Store, media_id: str, feature: str) -> Result | None:
    """The feature of a media, if it was asked for."""
    row = store.one("SELECT * FROM ai WHERE media_id = ? AND feature = ?", [media_id, feature])
    return _result_of(row) if row else None


def preparing(store: Store, media_id: str) -> list[str]:
    """The features of a media that are asked for and not there."""
    rows = store.all("SELECT feature FROM ai WHERE media_id = ? AND status = 'preparing'", [media_id])
    return [row["feature"] for row in rows]


def described(store: Store, media_id: str) -> dict[str, Any]:
    """{feature: {status, data}} as the entity shows it; what was not asked for is left out, as is data until ready."""
    rows = store.all("SELECT * FROM ai WHERE media_id = ?", [media_id])
    found = {row["feature"]: _result_of(row) for row in rows}
    return {name: _record(found[name]) for name in FEATURES if name in found}


def _record(result: Result) -> dict[str, Any]:
    return {"status": result.status} | ({"data": result.data} if result.status == "ready" else {})


def _result_of(row: sqlite3.Row) -> Result:
    data = json.loads(row["data"]) if row["data"] else None
    return Result(row["feature"], json.loads(row["asked"]), row["status"], data)
