import pytest

from fastpix_api import Invalid, Refused
from media_app.services import media_settings
from media_app.services.media_settings import Asked
from tests.media_app.asked import BESIDE, FILM, SAID


def test_an_import_says_the_same_with_the_film_in_its_own_input():
    order = media_settings.order(SAID, "https://cdn.example.com/film.mp4")
    video, *beside = order.pop("inputs")
    assert video == {
        "type": "video", "url": "https://cdn.example.com/film.mp4", "startTime": 0, "endTime": 90, **FILM
    }  # fmt: skip
    assert beside == BESIDE
    assert order.pop("access_policy") == "drm"
    moved = {"inputs", "startTime", "endTime", "accessPolicy"}
    assert order == {name: value for name, value in SAID.items() if name not in moved}


def test_the_title_is_the_one_given_or_the_files_name_and_never_too_long():
    asked = Asked({"accessPolicy": "public"})
    assert asked.of("harbour at dawn.mp4")["title"] == "harbour at dawn"
    assert asked.of("harbour.mp4", "Dawn")["title"] == "Dawn"
    assert len(asked.of("x" * 300)["title"]) == 255


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pushMediaSettings.drmConfigurationId", "DRM configuration ID"),
        ("inputs[0].introUrl", "Intro"),
        ("subtitles.languageCode", "Generate subtitles"),
        ("accessRestrictions.domains.allow", "Domains"),
        ("summary.summaryLength", "Words in the summary"),
        ("inputs[2].url", "Files by URL"),
        ("somethingNew", "somethingNew"),
    ],
)
def test_a_refused_field_is_named_as_the_form_names_it(path, name):
    assert media_settings.label(path) == name


def test_a_refusal_names_each_field_and_the_next_step():
    told = media_settings.refusal(Invalid(fields=[{"field": "title", "message": "size must be between 0 and 255"}]))
    assert told.startswith("FastPix refused a setting. Title: size must be between 0 and 255. Cancel this,")
    assert "trial plan limits" in media_settings.refusal(Refused(status=400, said="trial plan limits reached"))
    many = [{"field": f"f{n}", "message": "m" * 90} for n in range(40)]
    assert len(media_settings.refusal(Invalid(fields=many))) <= 500
