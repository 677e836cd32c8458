import random
from dataclasses import replace
from datetime import timedelta

import pytest

from events_app.rules import Action, Said, decide, stamps_after
from tests.events_app.lives import Life, Row, at


def event(seconds, data=None, **fields):
    moment = None if seconds is None else at(seconds)
    values = {"heard_at": at(seconds or 0), "by": "webhook", **fields}
    return Said("event", {"status": "Ready"} if data is None else data, at=moment, **values)


def answer(kind, seconds, version=1, **fields):
    values = {"heard_at": at(seconds), "by": "poll", "read_version": version, **fields}
    return Said(kind, {"status": "Ready"}, at=at(seconds), **values)


def row(**seconds):
    flags = {name: seconds.pop(name) for name in ("unsettled", "gone", "version") if name in seconds}
    return Row({}, **{name: at(value) for name, value in seconds.items()}, **flags)


@pytest.mark.parametrize("undated", [0.0, 0.1])
def test_ten_thousand_hostile_lives_end_equal_to_fastpix(undated):
    rng = random.Random(20260520)
    lives = [Life(rng, undated=undated) for _ in range(5000)]
    wrong = [number for number, life in enumerate(lives) if not life.play()]
    assert wrong == []
    assert sum(life.gets for life in lives) < 1.2 * sum(life.events for life in lives)


def test_a_plainly_newer_event_applies():
    verdict = decide(row(event_at=0, answered_at=0, settled_at=0), event(2.1))
    assert (verdict.action, verdict.mark) == (Action.APPLY, False)


@pytest.mark.parametrize("seconds", [-1.9, 0.5, 2.0])
def test_an_event_close_to_an_answer_changes_nothing_and_marks(seconds):
    verdict = decide(row(answered_at=0, settled_at=0), event(seconds))
    assert (verdict.action, verdict.mark, verdict.late) == (Action.RECORD, True, False)


def test_an_event_close_to_the_last_one_applies_and_marks():
    verdict = decide(row(event_at=0), event(0.9))
    assert (verdict.action, verdict.mark) == (Action.APPLY, True)
    assert not decide(row(event_at=0), event(1.0)).mark


def test_an_event_out_of_order_changes_nothing_and_marks():
    assert decide(row(event_at=5), event(4)).mark
    assert decide(row(event_at=5), event(4)).action is Action.RECORD


def test_an_event_contained_in_a_whole_answer_is_late():
    verdict = decide(row(event_at=0, answered_at=10, settled_at=10), event(7.9))
    assert (verdict.action, verdict.mark, verdict.late) == (Action.RECORD, False, True)


def test_an_event_contained_in_a_partial_answer_only_is_not_late():
    verdict = decide(row(event_at=0, answered_at=10), event(7))
    assert (verdict.mark, verdict.late) == (True, False)


def test_an_undated_event_marks_and_is_looked_at_first():
    assert decide(row(answered_at=10, settled_at=10), event(None)).mark


def test_an_event_from_the_future_marks():
    ahead = event(301, heard_at=at(0))
    assert decide(row(event_at=-9), ahead).mark
    assert decide(row(event_at=-9), replace(ahead, at=at(300))).action is Action.APPLY


def test_an_event_about_a_part_of_the_object_marks():
    verdict = decide(row(event_at=0), event(50, data={}))
    assert (verdict.action, verdict.mark) == (Action.RECORD, True)


def test_a_whole_answer_that_crossed_with_a_change_is_asked_again():
    verdict = decide(row(version=7), answer("whole", 5, version=6))
    assert (verdict.action, verdict.mark, verdict.again) == (Action.RECORD, True, True)


def test_a_partial_answer_that_crossed_with_a_change_marks():
    assert decide(row(version=7), answer("partial", 5, version=6)).mark
    assert decide(row(version=7), answer("partial", 5, version=7)).action is Action.APPLY


@pytest.mark.parametrize("kind", ["whole", "partial", "listed"])
def test_an_answer_inserts_a_missing_row(kind):
    assert decide(None, answer(kind, 5, version=3)).action is Action.INSERT


def test_a_first_event_without_the_entity_or_a_time_inserts_unsettled():
    assert decide(None, event(1)) == decide(None, event(1, entity=True))
    for first in (event(1, entity=False), event(None), event(400, heard_at=at(0))):
        assert (decide(None, first).action, decide(None, first).mark) == (Action.INSERT, True)


def test_a_first_event_that_deletes_inserts_a_tombstone():
    assert decide(None, event(1, gone=True)).action is Action.BURY


@pytest.mark.parametrize("said", [event(99), event(None), answer("partial", 99), answer("listed", 99)])
def test_a_tombstone_only_records(said):
    verdict = decide(row(gone=True), said)
    assert (verdict.action, verdict.mark) == (Action.RECORD, False)


def test_only_a_get_sent_after_the_tombstone_revives():
    buried = row(gone=True, version=4)
    assert decide(buried, answer("whole", 9, version=3)).action is Action.RECORD
    assert not decide(buried, answer("whole", 9, version=3)).mark
    assert decide(buried, answer("whole", 9, version=4)).action is Action.APPLY


def test_our_own_delete_buries_whatever_the_version():
    assert decide(row(version=9), answer("deleted", 5, version=2)).action is Action.BURY


def test_a_missing_object_is_buried_only_when_nothing_crossed():
    assert decide(row(version=9), answer("missing", 5, version=9)).action is Action.BURY
    assert decide(row(version=9), answer("missing", 5, version=8)).again
    assert decide(None, answer("missing", 5)).action is Action.RECORD


def test_a_list_item_never_writes_a_row():
    assert decide(row(), answer("listed", 5)).action is Action.COMPARE


def test_marking_a_waiting_row_does_not_shorten_its_backing_off():
    waiting = row(unsettled=True, event_at=5)
    said = event(4)
    assert "ask_at" not in stamps_after(waiting, said, decide(waiting, said))
    calm = row(event_at=5)
    assert stamps_after(calm, said, decide(calm, said))["ask_at"] == said.heard_at


def test_a_whole_answer_settles_and_an_older_date_never_turns_the_clock_back():
    marked = row(unsettled=True, answered_at=10, settled_at=10)
    said = answer("whole", 8)
    stamps = stamps_after(marked, said, decide(marked, said))
    assert (stamps["unsettled"], stamps["ask_at"], stamps["settled_at"]) == (False, None, at(10))


def test_a_plainly_newer_event_leaves_a_marked_row_marked():
    marked = row(unsettled=True, event_at=0)
    said = event(9)
    stamps = stamps_after(marked, said, decide(marked, said))
    assert (stamps["unsettled"], stamps["event_at"]) == (True, at(9))
    assert said.at - at(0) > timedelta(seconds=1)
