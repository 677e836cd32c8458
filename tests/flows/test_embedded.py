"""The embedded defaults, as a fresh machine has them: SQLite, the private Redis, the wheel's ffmpeg, nothing else."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.flows import acts
from tests.stack import Stack

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]


@pytest.fixture
def bare_path(tmp_path):
    """A PATH on which no server, no database and no ffmpeg can be found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "env", "uname", "ldconfig", "ldd"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


def test_the_first_video_also_plays_on_a_machine_that_has_nothing(browser, bare_path, tmp_path):
    bare = Stack(tmp_path / "bare", PATH=str(bare_path))
    assert shutil.which("ffmpeg", path=str(bare_path)) is None
    try:
        bare.start()
        assert "DATABASE_URL" not in bare.environment
        page = browser.new_context().new_page()
        acts.sign_in(page, bare.url, *bare.admin)
        acts.upload(page, bare.url, acts.film(tmp_path / "first ever.mp4", seconds=3))
        acts.says(page.locator("[data-uploads]"), acts.READY)
        acts.open_media(page, "first ever.mp4")
        acts.plays(page)
        page.context.close()
    finally:
        bare.stop()
    assert (bare.data_dir / "console.sqlite3").exists()
    assert (bare.data_dir / "keys.json").stat().st_mode & 0o777 == 0o600


def test_the_first_visit_makes_the_administrator_and_connects_the_sandbox(browser, tmp_path):
    fresh = Stack(tmp_path / "fresh", CONSOLE_ADMIN_EMAIL=None, CONSOLE_ADMIN_PASSWORD=None)
    try:
        fresh.start(ready=False)
        fresh.process.wait_for(f"{fresh.url}/readyz", seconds=120)
        links = [word for word in fresh.log.split() if "/setup/?token=" in word]
        page = browser.new_context().new_page()
        page.goto(links[0])
        page.get_by_label("E-mail").fill("first@example.com")
        page.get_by_label("Password", exact=True).fill("a long enough pass phrase")
        page.get_by_role("button", name="Create").click()
        page.get_by_role("button", name="Connect the sandbox").click()
        expect(page.get_by_text("No media yet")).to_be_visible()
        page.context.close()
        stranger = browser.new_context().new_page()
        again = stranger.goto(links[0])
        assert again is not None
        assert again.status == 404
        stranger.context.close()
    finally:
        fresh.stop()
