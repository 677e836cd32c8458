"""Every spelling of an instant."""

from datetime import UTC, datetime

import pytest

from fastpix_api import times


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-20T09:06:49.998127440Z", datetime(2026, 5, 20, 9, 6, 49, 998127, UTC)),
        ("2026-05-20T12:50:15.662960Z", datetime(2026, 5, 20, 12, 50, 15, 662960, UTC)),
        ("2026-05-20T12:50:15Z", datetime(2026, 5, 20, 12, 50, 15, 0, UTC)),
        ("2026-05-20T12:50:15.5+02:00", datetime(2026, 5, 20, 10, 50, 15, 500000, UTC)),
        ("2026-05-20T12:50:15-0530", datetime(2026, 5, 20, 18, 20, 15, 0, UTC)),
        ("2026-05-20 09:55:36.02", datetime(2026, 5, 20, 9, 55, 36, 20000, UTC)),
        (" 2026-05-20T09:55:36 ", datetime(2026, 5, 20, 9, 55, 36, 0, UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, instant: datetime) -> None:
    """RELIABILITY 11: nanoseconds, Z, offsets."""
    assert times.parse(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        5,
        "yesterday",
        "2026-05-20",
        "2026-13-20T00:00:00Z",
        "2026-05-20T25:00:00Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-05-20T00:00:00Zjunk",
        "\uff12026-05-20T00:00:00Z",
        "2026-05-20T00:00:00.Z",
    ],
)
def test_anything_else_is_none(text: object) -> None:
    assert times.parse(text) is None


@pytest.mark.parametrize("text", [None, "", "x", "Wed, 99 Foo 2026 00:00:00 GMT", "9" * 400])
def test_a_header_that_is_no_date_is_none(text: str | None) -> None:
    assert times.http_date(text) is None
    assert times.http_date("Wed, 20 May 2026 12:50:15 GMT") == datetime(2026, 5, 20, 12, 50, 15, tzinfo=UTC)
