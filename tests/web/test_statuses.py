import pytest

from web.statuses import LOOKS, look


@pytest.mark.parametrize("word", ["In queue", "in_queue", "IN-QUEUE", " in  queue "])
def test_spellings_of_one_word_look_the_same(word):
    assert look(word) is LOOKS["in queue"]


def test_a_word_nobody_knows_is_shown_as_it_came():
    shown = look("Reticulating")
    assert (shown.label, shown.tone, shown.icon) == ("Reticulating", "off", "help-circle")


def test_only_trouble_is_red():
    red = {word for word, shown in LOOKS.items() if shown.tone == "bad"}
    assert red == {"failed", "stopped", "not sent", "disconnected"}
