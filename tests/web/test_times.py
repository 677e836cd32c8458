from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from web import times

NOW = datetime(2026, 11, 21, 13, 2, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (4, "4 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (86_400, "yesterday"),
        (172_800, "2 d ago"),
        (30 * 86_400, "22 Oct 2026"),
        (-30, "in 30 s"),
        (-5 * 60, "in 5 min"),
        (-3 * 3600, "in 3 h"),
        (-86_400, "tomorrow"),
        (-3 * 86_400, "in 3 d"),
    ],
)
def test_an_age_is_said_as_people_say_it(seconds, words):
    assert times.ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_what_never_happened_is_a_dash():
    assert times.ago(None) == times.clock(None) == times.size(None) == times.length(None) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin (UTC+1)"),
        ("Asia/Kolkata", "Asia/Kolkata (UTC+5:30)"),
        ("America/St_Johns", "America/St_Johns (UTC\N{MINUS SIGN}3:30)"),
        ("UTC", "UTC"),
    ],
)
def test_the_exact_moment_names_its_zone(name, zone):
    with timezone.override(ZoneInfo(name)):
        assert times.zone(NOW) == zone
        assert times.exact(NOW).endswith(zone)


def test_the_exact_moment_is_in_the_persons_zone():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert times.exact(NOW) == "2026-11-21 14:02:19, Europe/Berlin (UTC+1)"


@pytest.mark.parametrize(
    ("milliseconds", "clock", "length"),
    [
        (0, "0:00", "0 s"),
        (33_900, "0:33", "33 s"),
        (1_450_000, "24:10", "24 min 10 s"),
        (6_728_000, "1:52:08", "1 h 52 min"),
    ],
)
def test_a_length_is_a_clock_in_lists_and_words_in_sentences(milliseconds, clock, length):
    assert (times.clock(milliseconds), times.length(milliseconds)) == (clock, length)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (8_412_345_678, "8.4 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_a_size_is_in_decimal_units(count, words):
    assert times.size(count) == words


def test_a_delay_is_told_as_finely_as_it_matters():
    told = [times.delay(seconds) for seconds in (None, 0, 0.0352, 0.62, 9.96, 12.4, 252)]
    assert told == ["–", "0 ms", "35 ms", "0.6 s", "10 s", "12 s", "4 min 12 s"]
