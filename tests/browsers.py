"""A real Chromium whose every page is listened to: an error on its console, or what the CSP refused, fails the test."""

from contextlib import suppress

from playwright.sync_api import Error, sync_playwright

from tests.requirement import CHROMIUM

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP refused ${event.blockedURI || "inline code"} (${event.effectiveDirective})`));"""


class Chromium:
    """Opens contexts as playwright's browser does; `complaints()` is what their pages said since last asked.

    A test that provokes an error says so first: `page.expected_errors.append("502")` lets that text pass.
    """

    def __init__(self):
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        self._heard = []

    def new_context(self, **options):
        """A fresh profile, listened to. Options as for playwright's Browser.new_context."""
        context = self._browser.new_context(**options)
        context.add_init_script(LISTEN)
        context.on("page", self._listen)
        return context

    def complaints(self):
        """What was complained about and not expected; forgets it."""
        heard, self._heard = self._heard, []
        return [
            f"{address}: {text}"
            for page, address, text in heard
            if not any(word in text for word in page.expected_errors)
        ]

    def close(self):
        self._browser.close()
        self._playwright.stop()

    def _listen(self, page):
        page.expected_errors = []
        page.on("console", lambda message: self._hear(page, message))
        page.on("pageerror", lambda error: self._heard.append((page, page.url, f"uncaught: {error}")))

    def _hear(self, page, message):
        if message.type != "error":
            return
        source = message.location.get("url", "")
        if source == page.url and message.text.startswith("Failed to load resource"):
            return  # the page itself answered 403 or 404: the test looks at that answer
        self._heard.append((page, page.url, f"{message.text} ({source})"))


def close_quietly(context):
    """Close a context that the test may have closed already."""
    with suppress(Error):
        context.close()
