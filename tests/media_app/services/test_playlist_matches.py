"""What the preview of a smart playlist counts."""

from datetime import UTC, date, datetime

from media_app.services.playlist_matches import Rule, Span, matching
from tests.media_app.shelf import put


def at(day, hour=12, updated=None, **fields):
    """Columns of a media created at that hour of a day in January 2026."""
    created = datetime(2026, 1, day, hour, tzinfo=UTC)
    return {"created_at": created, "sort_key": int(created.timestamp() * 1_000_000), "updated_at": updated} | fields


def rule(first, last, *, newest_first=False, updated=None, most=1000):
    return Rule(newest_first, Span(date(2026, 1, first), date(2026, 1, last)), updated, most)


def titles(workspace, *args, **options):
    return [media.title for media in matching(workspace, rule(*args, **options)).shown]


def test_both_days_belong_to_the_span_and_the_order_is_asked_for(workspace):
    for day in (9, 10, 11, 12):
        put(workspace, f"day {day}", **at(day))
    put(workspace, "last moment", **at(11, 23))
    put(workspace, "first moment", **at(10, 0))
    assert titles(workspace, 10, 11) == ["first moment", "day 10", "day 11", "last moment"]
    assert titles(workspace, 10, 11, newest_first=True) == ["last moment", "day 11", "day 10", "first moment"]


def test_only_what_is_ready_and_there_counts(workspace):
    put(workspace, "ready", **at(10))
    put(workspace, "failed", **at(10), status="failed")
    put(workspace, "deleted", **at(10), gone=True)
    assert titles(workspace, 10, 10) == ["ready"]


def test_a_second_span_narrows_it(workspace):
    put(workspace, "touched", **at(10, updated=datetime(2026, 2, 2, tzinfo=UTC)))
    put(workspace, "untouched", **at(10))
    assert titles(workspace, 1, 31, updated=Span(date(2026, 2, 1), date(2026, 2, 2))) == ["touched"]


def test_more_than_it_may_hold_is_said(workspace):
    for hour in range(8):
        put(workspace, f"film {hour}", **at(10, hour))
    found = matching(workspace, rule(10, 10, most=3))
    assert ([one.title for one in found.shown], found.number, found.capped) == (["film 0", "film 1", "film 2"], 3, True)
    found = matching(workspace, rule(10, 10))
    assert (len(found.shown), found.number, found.capped) == (5, 8, False)
