"""The pins: hashed, alike in all three files, and without a word about where they were fetched from."""

import re

import pytest

from tests.stack import ROOT

FILES = ("console", "up", "test")


def pins(name):
    """Package → version of one file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_a_hash_and_no_registry_is_named(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", text)
    assert len(blocks) == len(pins(name))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_a_package_has_one_version_everywhere():
    console, up, test = (pins(name) for name in FILES)
    assert console.items() <= up.items() <= test.items()


@pytest.mark.parametrize("name", FILES)
def test_what_is_asked_for_is_what_is_pinned(name):
    asked = re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / "requirements" / f"{name}.in").read_text(), re.MULTILINE
    )
    assert asked
    for package, version in asked:
        assert pins(name)[package] == version
