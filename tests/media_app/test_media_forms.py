from types import SimpleNamespace

import pytest

from media_app.media_forms import STANDARD, MediaSettingsForm
from tests.media_app.asked import CDN, FORM, SAID


def filled(sandbox=False, **fields):
    return MediaSettingsForm(STANDARD | fields, workspace=SimpleNamespace(sandbox=sandbox))


def test_every_setting_reaches_fastpix_as_it_was_chosen():
    form = filled(**FORM)
    assert form.is_valid(), form.errors
    assert form.settings == SAID


def test_what_nobody_asked_for_is_left_to_fastpix():
    form = filled()
    assert form.is_valid()
    assert form.settings == {"accessPolicy": "public", "maxResolution": "1080p", "mediaQuality": "standard"}
    assert not any(fold.open for fold in form.folds)


def test_what_a_preset_keeps_fills_the_form_the_same_again():
    first = filled(**FORM)
    assert first.is_valid()
    again = MediaSettingsForm(first.told, workspace=SimpleNamespace(sandbox=False))
    assert again.is_valid(), again.errors
    assert (again.settings, again.told) == (SAID, first.told)


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"access_policy": "drm"}, "drm_configuration_id", "DRM needs the configuration"),
        ({"access_policy": "drm", "drm_configuration_id": "nine"}, "drm_configuration_id", "UUIDs"),
        ({"access_policy": "everybody"}, "access_policy", "everybody"),
        ({"max_resolution": "8k"}, "max_resolution", "8k"),
        ({"mp4_support": "none"}, "mp4_support", "none"),
        ({"subtitles": "xx"}, "subtitles", "xx"),
        ({"subtitles_name": "Polski"}, "subtitles_name", "Choose a language"),
        ({"summary_length": "100"}, "summary_length", "Ask for a summary too"),
        ({"summary": "on", "summary_length": "29"}, "summary_length", "30"),
        ({"summary": "on", "summary_length": "251"}, "summary_length", "250"),
        ({"creator_id": "c" * 256}, "creator_id", "256 characters. FastPix keeps 255 and drops the rest."),
        ({"metadata": "no pair"}, "metadata", "Line 1: A key and a value"),
        ({"metadata": "ok=1\n" + "k" * 256 + "=v"}, "metadata", "Line 2: 256 characters. FastPix keeps 255"),
        ({"metadata": "k=" + "v" * 256}, "metadata", "256 characters. FastPix keeps 255"),
        ({"metadata": "a=1\na=2"}, "metadata", "“a” is there twice"),
        ({"metadata": "\n".join(f"k{n}=v" for n in range(10))}, "metadata", "FastPix keeps 10"),
        ({"metadata": "console_upload=x"}, "metadata", "the console's own key"),
        ({"metadata": "a=\x00"}, "metadata", "Null characters"),
        ({"watermark_width": "10%"}, "watermark_url", "Which picture?"),
        ({"watermark_opacity": "0"}, "watermark_url", "Which picture?"),
        ({"watermark_url": "javascript:alert(1)"}, "watermark_url", "https://"),
        ({"watermark_url": f"{CDN}/m.png", "watermark_width": "wide"}, "watermark_width", "% or px"),
        ({"watermark_url": f"{CDN}/m.png", "watermark_opacity": "101"}, "watermark_opacity", "100"),
        ({"intro_url": "http://cdn.example.com/i.mp4"}, "intro_url", "https://"),
        ({"intro_url": "https://me:secret@cdn.example.com/i.mp4"}, "intro_url", "user name"),
        ({"start_time": "90", "end_time": "90"}, "end_time", "after the start"),
        ({"start_time": "-1"}, "start_time", "0"),
        ({"end_time": "43201"}, "end_time", "43200"),
        ({"expunge_segments": "4-6\n9-3"}, "expunge_segments", "Line 2: Two seconds"),
        ({"segments": f"{CDN}/a.mp4"}, "segments", "Say where"),
        ({"segments": f"{CDN}/a.mp4 at=30 then"}, "segments", "After the URL only: at=…"),
        ({"impose_tracks": f"{CDN}/a.mp3 start=9 end=3"}, "impose_tracks", "after the start"),
        ({"impose_tracks": f"{CDN}/a.mp3 end=0"}, "impose_tracks", "after the start"),
        ({"impose_tracks": f"{CDN}/a.mp3"}, "swap_track_url", "over a replaced one only"),
        ({"end_time": "0"}, "end_time", "1"),
        ({"impose_tracks": f"{CDN}/a.mp3 loud=9"}, "impose_tracks", "After the URL only"),
        ({"subtitle_files": f"xx {CDN}/a.vtt English"}, "subtitle_files", "language code"),
        ({"subtitle_files": f"en-US {CDN}/a.vtt"}, "subtitle_files", "the language's name"),
        ({"domains": "localhost"}, "domains", "Line 1: FastPix refuses names without a dot"),
        ({"domains": "https://www.example.com/"}, "domains", "without https://"),
        ({"domains_default": "deny"}, "domains", "nobody could play it"),
        ({"user_agents_default": "deny"}, "user_agents", "nobody could play it"),
        ({"user_agents": "u" * 256}, "user_agents", "256 characters"),
        ({"domains": "a.example.com\n" * 2000}, "domains", "20000"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_before_anything_is_sent(fields, name, words):
    form = filled(**fields)
    assert not form.is_valid()
    assert list(form.errors) == [name]
    assert words in " ".join(form.errors[name])


def test_a_part_of_the_form_with_something_in_it_or_wrong_is_open():
    form = filled(domains="localhost", creator_id="me")
    form.is_valid()
    assert [fold.open for fold in form.folds] == [True, False, False, False, False, True]


def test_the_sandbox_may_fetch_from_this_machine():
    assert filled(sandbox=True, intro_url="http://127.0.0.1:9/i.mp4").is_valid()


def test_a_drm_configuration_is_left_out_where_nothing_is_encrypted():
    form = filled(drm_configuration_id=FORM["drm_configuration_id"])
    assert form.is_valid()
    assert "drmConfigurationId" not in form.settings
