"""Every setting of the upload form, on both roads, is what FastPix's document allows."""

import re

import pytest

from fastpix_api import FastPix
from media_app.media_forms import MediaSettingsForm
from media_app.services import media_settings
from media_app.setting_fields import SUBTITLE_CODES
from tests.contract import shared
from tests.contract.plug import Plug
from tests.contract.test_requests import BASE, check, document
from tests.media_app.asked import SAID

pytestmark = shared.needed


def _client(plug: Plug) -> FastPix:
    return FastPix("token", "secret", base_url=BASE, transport=plug)


@pytest.mark.parametrize("road", ["upload", "import"])
def test_all_settings_at_once_are_allowed(road: str) -> None:
    plug = Plug({"success": True, "data": {}})
    if road == "upload":
        _client(plug).uploads.create(cors_origin="https://console.example.com", settings=SAID)
    else:
        _client(plug).media.create(**media_settings.order(SAID, "https://cdn.example.com/a.mp4"))
    check(plug)


def test_no_setting_of_the_document_is_missing_in_the_form() -> None:
    """Only what the console fills itself, or what no upload form can know, is not in the form."""
    body = document("openapi.yaml").spec / "paths" / "/on-demand/upload" / "post" / "requestBody" / "content"
    pushed = body / "application/json" / "schema" / "properties" / "pushMediaSettings" / "properties"
    assert set(pushed.keys()) - set(SAID) == {"title"}


def test_the_choices_are_those_of_the_document() -> None:
    body = document("openapi.yaml").spec / "paths" / "/on-demand/upload" / "post" / "requestBody" / "content"
    pushed = body / "application/json" / "schema" / "properties" / "pushMediaSettings" / "properties"
    fields = MediaSettingsForm.base_fields
    for key, name in (
        ("accessPolicy", "access_policy"),
        ("maxResolution", "max_resolution"),
        ("mediaQuality", "media_quality"),
        ("mp4Support", "mp4_support"),
    ):
        offered = {value for value, _label in fields[name].choices if value}  # type: ignore[attr-defined]
        assert offered == set((pushed / key / "enum").read_value()), key
    codes = (pushed / "subtitles" / "properties" / "languageCode" / "enum").read_value()
    assert set(media_settings.GENERATED) == set(codes)
    said = (shared.FASTPIX / "openapi.yaml").read_text()
    of_files = said.partition("\n    LanguageCode:\n")[2].partition("enum:\n")[2]
    listed = re.match(r"(?:\s+- [a-z]{2}-[A-Z]{2}\n)+", of_files)
    assert listed
    assert set(re.findall(r"[a-z]{2}-[A-Z]{2}", listed[0])) == SUBTITLE_CODES
