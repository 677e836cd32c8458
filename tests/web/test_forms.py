from types import SimpleNamespace

import pytest
from django import forms

from web.forms import refuse, snake


class Settings(forms.Form):
    title = forms.CharField()
    max_resolution = forms.CharField()
    address = forms.CharField()


def form():
    made = Settings({"title": "a", "max_resolution": "1080p", "address": "https://example.com/a.mp4"})
    assert made.is_valid()
    return made


def refusal(*fields):
    told = [{"field": field, "message": message} for field, message in fields]
    return SimpleNamespace(fields=told, sentence="FastPix did not accept this.")


def test_a_refused_field_gets_fastpixs_words_beside_it():
    settings = form()
    refuse(settings, refusal(("title", "size must be between 1 and 255")))
    assert settings.errors == {"title": ["size must be between 1 and 255"]}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("inputs[0].maxResolution", "max_resolution"),
        ("maxResolution", "max_resolution"),
        ("inputs[12]", "inputs"),
        ("", ""),
    ],
)
def test_fastpixs_paths_are_read(path, name):
    assert snake(path) == name


def test_a_map_leads_to_a_field_of_another_name():
    settings = form()
    refuse(settings, refusal(("inputs[0].url", "not reachable")), **{"inputs[0].url": "address"})
    assert list(settings.errors) == ["address"]


def test_what_has_no_field_stands_above_the_form():
    settings = form()
    refuse(settings, refusal(("drmConfigurationId", "unknown")))
    assert settings.non_field_errors() == ["drmConfigurationId: unknown"]


def test_a_refusal_without_fields_says_its_sentence():
    settings = form()
    refuse(settings, refusal())
    assert settings.non_field_errors() == ["FastPix did not accept this."]
