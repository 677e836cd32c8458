import re

import pytest

from media_app.models import Media
from media_app.services import ai_results as results

CHAPTERS = [
    {"chapter": "1", "startTime": "00:00:00", "endTime": "00:00:52", "title": "Opening", "summary": "Hello."},
    {"chapter": "2", "startTime": "00:00:53", "endTime": "00:03:03", "title": "Walk-through", "summary": ""},
]
CUE = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})")


def media(status="ready", **found):
    return Media(duration_ms=183_500, extra={name: {"status": status, "data": data} for name, data in found.items()})


@pytest.mark.parametrize("data", [CHAPTERS, {"chapters": CHAPTERS}])
def test_chapters_are_read_from_a_list_and_from_a_map(data):
    first, second = results.chapters(media(chapters=data))
    assert (first.start, first.title, first.summary) == (0, "Opening", "Hello.")
    assert (second.start, second.end) == (53_000, 183_000)


def test_a_chapter_without_a_time_is_left_out_and_the_others_are_put_in_order():
    told = [{"title": "no time"}, {"startTime": "1:10", "title": "late"}, {"startTime": 3, "title": "early"}]
    assert [one.title for one in results.chapters(media(chapters=told))] == ["early", "late"]


def test_the_webvtt_has_a_cue_for_each_chapter_and_ends_with_the_media():
    text = results.webvtt(results.chapters(media(chapters=CHAPTERS)), 183_500)
    assert text.startswith("WEBVTT\n\n")
    assert re.findall(r"^.*-->.*$", text, re.M) == [
        "00:00:00.000 --> 00:00:53.000",
        "00:00:53.000 --> 00:03:03.500",
    ]
    assert "\nOpening\n" in text


def test_no_cue_ends_before_it_begins_whatever_fastpix_said():
    told = [
        {"startTime": "00:00:05", "title": "a"},
        {"startTime": "00:00:05", "title": "b"},
        {"startTime": "00:09:00", "endTime": "00:00:01", "title": "after the end"},
    ]
    text = results.webvtt(results.chapters(media(chapters=told)), 183_500)
    cues = [[int(one) for one in cue] for cue in CUE.findall(text)]
    assert cues
    assert all(cue[:4] < cue[4:] for cue in cues)


def test_a_title_cannot_break_the_webvtt():
    told = [{"startTime": 0, "title": "a --> b\n\n00:01 <b>&"}]
    text = results.webvtt(results.chapters(media(chapters=told)), 10_000)
    assert text.count("-->") == 1
    assert text.rstrip().endswith("a --&gt; b 00:01 &lt;b&gt;&amp;")


def test_entities_stand_in_the_order_of_how_often_they_are_named():
    told = {"namedEntities": [{"entity": "Lisbon", "category": "LOCATION", "count": 2}, {"entity": "Ana", "count": 9}]}
    assert [(one.name, one.category, one.count) for one in results.entities(media(namedEntities=told))] == [
        ("Ana", "", 9),
        ("Lisbon", "Location", 2),
    ]


@pytest.mark.parametrize(
    "data",
    [
        [{"category": "Violence", "score": 0.08}, {"category": "Self-Harm", "score": 0.61}],
        {"moderation": [{"category": "Violence", "score": 0.08}, {"category": "Self-Harm", "score": 0.61}]},
        {"Violence": 0.08, "Self-Harm": 0.61, "checked": True},
    ],
)
def test_scores_say_in_words_what_a_person_should_look_at(data):
    told = [(one.category, str(one.word), one.flagged) for one in results.scores(media(moderation=data))]
    assert told == [("Self-Harm", "Likely", True), ("Violence", "Very unlikely", False)]


def test_a_summary_is_text_also_inside_a_map():
    assert results.summary(media(summary=" A tour. ")) == "A tour."
    assert results.summary(media(summary={"summary": "A tour."})) == "A tour."
    assert results.summary(media(summary=["?"])) == ""


@pytest.mark.parametrize("junk", [None, 7, "text", [], {"chapters": "none"}, [None, "x", {"startTime": {}}]])
def test_what_cannot_be_read_is_no_result_and_no_error(junk):
    row = media(summary=junk, chapters=junk, namedEntities=junk, moderation=junk)
    assert (results.chapters(row), results.entities(row), results.scores(row)) == ([], [], [])


@pytest.mark.parametrize(
    ("status", "data", "done"),
    [
        ("ready", None, True),
        ("Available", "x", True),
        ("preparing", None, False),
        ("failed", "x", False),
        ("?", "x", True),
    ],
)
def test_both_words_for_ready_mean_ready(status, data, done):
    assert results.is_done(media(status, summary=data), "summary") is done
