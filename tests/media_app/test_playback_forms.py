import json

import pytest

from media_app.playback_forms import PlaybackIdForm, RulesForm
from media_app.services.restrictions import Rules


def rules_form(kind="domains", **fields):
    return RulesForm({"default_policy": "deny", "allow": "", "deny": "", "began": ""} | fields, kind=kind)


def test_domains_are_named_as_browsers_name_them_each_once():
    form = rules_form(allow=" Example.COM \n\nexample.com.\n*.münchen.example\r\n10.0.0.1")
    assert form.is_valid(), form.errors
    assert form.rules().allow == ("example.com", "*.xn--mnchen-3ya.example", "10.0.0.1")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("localhost", "without a dot"),
        ("https://example.com", "Only the domain"),
        ("example.com:8000", "Only the domain"),
        ("example.com/page", "Only the domain"),
        ("exa mple.com", "Not a domain"),
        ("-example.com", "Not a domain"),
        ("*example.com", "Not a domain"),
        ("example..com", "Not a domain"),
        ("a" * 64 + ".com", "Not a domain"),
    ],
)
def test_what_fastpix_would_refuse_is_told_by_its_line(entry, problem):
    form = rules_form(allow=f"good.example\n{entry}")
    assert not form.is_valid()
    (told,) = form.errors["allow"]
    assert told.startswith("Line 2: ")
    assert problem in told


def test_user_agents_stay_as_they_are_typed():
    form = rules_form("userAgents", allow="Firefox/1 (X11; Linux)\nfirefox")
    assert form.is_valid()
    assert form.rules().allow == ("Firefox/1 (X11; Linux)", "firefox")


def test_the_form_carries_what_fastpix_held_when_it_was_opened():
    held = Rules("deny", ("a.example",), ("b.example",))
    opened = RulesForm(kind="domains", held=held)
    assert rules_form(began=opened["began"].value()).is_valid()
    sent = rules_form(began=opened["began"].value())
    assert sent.is_valid()
    assert sent.cleaned_data["began"] == held


@pytest.mark.parametrize("began", ["", "{", "[1]", json.dumps({"allow": 3})])
def test_a_beginning_that_cannot_be_read_is_no_rule(began):
    form = rules_form(began=began)
    assert form.is_valid()
    assert form.cleaned_data["began"] == Rules()


def test_drm_needs_its_configuration():
    assert PlaybackIdForm({"access_policy": "public"}).is_valid()
    refused = PlaybackIdForm({"access_policy": "drm"})
    assert not refused.is_valid()
    assert list(refused.errors) == ["drm_configuration_id"]
