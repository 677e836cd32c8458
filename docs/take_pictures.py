"""Take the README's pictures from a running product: `make up` in one terminal, then `make pictures` in another.

CONSOLE_URL, CONSOLE_ADMIN_EMAIL and CONSOLE_ADMIN_PASSWORD say where and as whom. Uploads a few made films first, so
that the library has something to show.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.flows import acts

PICTURES = Path(__file__).parent / "pictures"
URL = os.environ.get("CONSOLE_URL", "http://127.0.0.1:8000")
WHO = (os.environ.get("CONSOLE_ADMIN_EMAIL", ""), os.environ.get("CONSOLE_ADMIN_PASSWORD", ""))
_SIZE = "size=640x360:rate=24"
FILMS = {
    "Town hall, November": f"gradients={_SIZE}:c0=#1b2a6b:c1=#c86b98:nb_colors=2:speed=0.02:seed=7",
    "Night market, camera 2": f"life={_SIZE}:mold=12:ratio=0.08:death_color=#29124a:life_color=#ffcf6b:seed=3",
    "Coral recovery interview": f"mandelbrot={_SIZE}:start_scale=0.6:end_scale=0.02:inner=mincol",
    "Harbour tour, spring cut": f"gradients={_SIZE}:c0=#0b4f6c:c1=#f2c14e:c2=#20bf55:nb_colors=3:speed=0.03:seed=2",
}


def fill(browser: Browser) -> None:
    """Upload the films that are not there yet, and wait until they are ready."""
    page = browser.new_context().new_page()
    acts.sign_in(page, URL, *WHO)
    with tempfile.TemporaryDirectory() as folder:
        for number, (title, picture) in enumerate(FILMS.items()):
            page.goto(f"{URL}/w/sandbox/media/?q={title.split(',')[0]}")
            if not acts.row(page, title).count():
                film = acts.film(Path(folder) / f"{title}.mp4", seconds=6 + 3 * number, picture=picture)
                acts.upload(page, URL, film)
                page.goto(f"{URL}/w/sandbox/media/?q={title.split(',')[0]}")
            acts.says(acts.row(page, title), acts.READY, within=180_000)
    page.context.close()


def take(
    browser: Browser, name: str, *, size: tuple[int, int], theme: Literal["light", "dark"], media: bool = False
) -> None:
    """One picture of the library, or of the newest media while it plays."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, device_scale_factor=1
    )
    page = context.new_page()
    acts.sign_in(page, URL, *WHO)
    if media:
        acts.row(page, next(reversed(FILMS))).get_by_role("link").first.click()
        acts.plays(page)
        page.evaluate("() => document.querySelector('[data-player] video').pause()")
    page.wait_for_timeout(1500)
    page.screenshot(path=str(PICTURES / f"{name}.png"))
    context.close()


def main() -> None:
    """Fill the library, then take every picture the README shows."""
    if not all(WHO):
        sys.exit(
            "set CONSOLE_ADMIN_EMAIL and CONSOLE_ADMIN_PASSWORD to somebody who may sign in, as `make up` was given"
        )
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        fill(browser)
        take(browser, "library-light", size=(1440, 900), theme="light")
        take(browser, "media-dark", size=(1440, 900), theme="dark", media=True)
        take(browser, "library-phone", size=(390, 844), theme="light")
        browser.close()


if __name__ == "__main__":
    main()
