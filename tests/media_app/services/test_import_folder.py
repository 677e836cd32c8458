import os

import pytest

from media_app.services import import_folder as service
from media_app.services.import_folder import FileProblem


def test_a_missing_folder_is_none_and_an_empty_one_is_empty(import_folder, settings):
    assert service.listing() == []
    settings.IMPORT_DIR = import_folder / "nowhere"
    assert service.listing() is None


def test_media_files_are_listed_with_their_sizes_and_nothing_else_is(import_folder, tmp_path):
    (import_folder / "deep").mkdir()
    (import_folder / "deep" / "b.mov").write_bytes(b"12345")
    (import_folder / "a.mp4").write_bytes(b"123")
    (import_folder / ".hidden.mp4").write_bytes(b"1")
    (import_folder / "readme.txt").write_bytes(b"1")
    (tmp_path / "secret.mp4").write_bytes(b"1")
    (import_folder / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (import_folder / "up").symlink_to(tmp_path)
    os.mkfifo(import_folder / "pipe.mp4")
    assert [(file.path, file.size) for file in service.listing()] == [("a.mp4", 3), ("deep/b.mov", 5)]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.mp4",
        "/etc/passwd",
        "up/secret.mp4",
        "link.mp4",
        "",
        ".",
        "deep/../../secret.mp4",
        "a\0.mp4",
        "pipe.mp4",
        "deep",
    ],
)
def test_nothing_outside_the_folder_and_nothing_but_a_file_is_opened(import_folder, tmp_path, path):
    (tmp_path / "secret.mp4").write_bytes(b"1")
    (import_folder / "deep").mkdir()
    (import_folder / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (import_folder / "up").symlink_to(tmp_path)
    os.mkfifo(import_folder / "pipe.mp4")
    with pytest.raises(FileProblem):
        service.open_file(path)


def test_a_file_that_is_written_to_has_another_fingerprint(import_folder):
    (import_folder / "a.mp4").write_bytes(b"123")
    file, found = service.open_file("a.mp4")
    with file:
        assert service.fingerprint_of(file) == found.fingerprint
        with (import_folder / "a.mp4").open("ab") as more:
            more.write(b"4")
        assert service.fingerprint_of(file) != found.fingerprint


def test_a_name_that_turns_itself_round_is_shown_straight(import_folder):
    (import_folder / "exe\u202e4pm.mp4").write_bytes(b"1")
    [found] = service.listing()
    assert found.shown == "exe4pm.mp4"
    service.open_file(found.path)[0].close()
