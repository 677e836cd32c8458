from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.template import engines
from django.utils import timezone

from tests.web.pages import WORKSPACE

HOSTILE = "</span><img src=x onerror=alert(1)>"


def drawn(source, **content):
    return engines["django"].from_string(source).render(content)


def test_an_icon_is_decoration_from_the_sprite():
    use = '<use href="/static/vendor/icons-3.51.0/icons.svg#movie"></use>'
    assert drawn('{% icon "movie" "icon-xl" %}') == f'<svg class="icon icon-xl" aria-hidden="true">{use}</svg>'


def test_a_status_is_icon_and_word_and_spins_only_while_working():
    assert "spin" in drawn("{% status word %}", word="Processing")
    ready = drawn('{% status word "st-pill" %}', word="ready")
    assert "spin" not in ready
    assert "st st-ok st-pill" in ready
    assert ">Ready</span>" in ready


def test_a_status_from_outside_stays_text():
    assert HOSTILE not in drawn("{% status word %}", word=HOSTILE)


def test_a_time_carries_the_moment_and_the_zone():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        html = drawn("{% when at %}", at=timezone.now() - timedelta(minutes=12))
        exact = drawn('{% when at "moment" %}', at=datetime(2026, 11, 21, 13, 2, tzinfo=UTC))
    assert "data-ago>12 min ago</time>" in html
    assert "Europe/Berlin (UTC+1)" in html
    assert ">21 Nov 2026, 14:02</time>" in exact
    assert 'datetime="2026-11-21T13:02:00.000+00:00"' in exact
    assert "data-ago" not in exact


def row(**fields):
    facts = {"known_by": "webhook", "known_at": timezone.now(), "unsettled": False, "known_event_id": "e1"}
    return SimpleNamespace(**facts | fields)


def test_how_a_state_is_known_is_said_with_its_age():
    html = drawn("{% known row %}", row=row(known_by="poll", known_at=timezone.now() - timedelta(seconds=90)))
    assert "#refresh" in html
    assert "poll, <time" in html
    assert "1 min ago" in html


def test_an_unsettled_state_is_shown_as_assumed():
    html = drawn("{% known row %}", row=row(unsettled=True))
    assert "known-assumed" in html
    assert "assumed, <time" in html
    assert "Last told by: webhook" in html


def test_outside_a_workspace_nothing_links_to_the_event():
    assert "<a" not in drawn("{% known row %}", row=row())


def test_a_state_no_call_has_told_yet_has_no_age():
    assert "None" not in drawn("{% known row %}", row=row(known_at=None), workspace=WORKSPACE)


def test_long_ids_show_their_ends():
    assert drawn("{{ id|short_id }}", id="2bf68fd8-fe56-46a2-b421-15ad76c016d9") == "2bf6…16d9"
    assert drawn("{{ id|short_id }}", id="short") == "short"


def test_thousands_are_separated():
    assert drawn("{{ n|number }}", n=1284) == "1,284"
    assert drawn("{{ n|number }}", n=None) == "\N{EN DASH}"
