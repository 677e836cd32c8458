import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from django.contrib.staticfiles import finders
from django.core.management import call_command

from web.statuses import KNOWN, LOOKS
from web.templatetags.fp import SPRITE

ROOT = Path(__file__).parent.parent.parent
VENDOR = ROOT / "static" / "vendor"
LOCK = json.loads((VENDOR / "vendor.lock.json").read_text())


def test_every_vendored_file_is_the_one_that_was_locked():
    locked = {f"{part['name']}-{part['version']}/{name}": told for part in LOCK for name, told in part["files"].items()}
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir() and folder.name != "__pycache__"]
    held = {f"{file.parent.name}/{file.name}": file for folder in folders for file in folder.iterdir()}
    assert held.keys() == locked.keys()
    assert {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in held.items()} == locked


def test_every_vendored_part_brings_its_licence():
    assert all("LICENSE" in part["files"] and part["licence"] for part in LOCK)


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    drawn = {symbol.get("id") for symbol in ET.parse(finders.find(SPRITE)).getroot()}
    asked = {shown.icon for shown in LOOKS.values()} | {icon for icon, _ in KNOWN.values()}
    for template in (ROOT / "templates").rglob("*.html"):
        asked |= set(re.findall(r"{% icon \"([a-z0-9-]+)\"", template.read_text()))
    asked |= set(re.findall(r"_\(\"[^\"]+\"\), \"([a-z-]+)\"", (ROOT / "web/navigation.py").read_text()))
    assert asked - drawn == set()


def test_the_static_files_can_be_collected_and_named_by_content(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert re.fullmatch(r"console\.[0-9a-f]{12}\.css", named["console.css"])
    assert "vendor/inter-5.3.0/inter." in (tmp_path / named["console.css"]).read_text()


def test_our_own_scripts_and_styles_ask_no_other_host():
    for file in [*(ROOT / "static").glob("*.css"), *(ROOT / "static/js").glob("*.js")]:
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|//(?!www)[a-z0-9-]+\.[a-z]{2,}/", file.read_text()), (
            file.name
        )
