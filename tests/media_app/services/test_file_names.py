import pytest

from media_app.services import file_names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("holiday.mp4", "holiday.mp4"),
        ("../../etc/passwd.mp4", "passwd.mp4"),
        ("C:\\films\\cut.mov", "cut.mov"),
        ('x"<img src=x onerror=alert(1)>.mp4', 'x"<img src=x onerror=alert(1)>.mp4'),
        ("exe\u202e4pm.gnp", "exe4pm.gnp"),
        ("a\u200bb\x00c\nd.mp4", "abcd.mp4"),
        ("...", "file"),
        ("", "file"),
        ("  two   words .mp4 ", "two words .mp4"),
        ("\ud800.mp4", "mp4"),
    ],
)
def test_only_the_bare_and_visible_part_of_a_name_is_kept(given, kept):
    """RELIABILITY 34: hostile names."""
    assert file_names.clean(given) == kept


def test_a_long_name_keeps_its_extension_within_255_characters():
    name = file_names.clean("é" * 300 + ".mp4")
    assert len(name) == 255
    assert name.endswith("é.mp4")


def test_the_title_is_the_name_without_its_extension():
    assert file_names.title_of("harbour at dawn.final.mp4") == "harbour at dawn.final"
    assert file_names.title_of("no extension") == "no extension"


@pytest.mark.parametrize(
    ("name", "kind", "may"),
    [
        ("a.mp4", "", True),
        ("a.MXF", "application/octet-stream", True),
        ("a", "video/mp4", True),
        ("poster.psd", "image/vnd.adobe.photoshop", False),
        ("notes.txt", "text/plain", False),
        ("a.html", "text/html", False),
    ],
)
def test_what_is_plainly_no_media_is_told_apart(name, kind, may):
    assert file_names.may_be_media(name, kind) is may
