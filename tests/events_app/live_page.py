"""The edge beside pages that hold nothing but live.js, for a browser."""

import asyncio
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastpix_console.settings")
django.setup()

from events_app.edge import Edge  # noqa: E402 - Django first
from events_app.push_stream import Push  # noqa: E402

STATIC = Path(__file__).parents[2] / "static"
SCRIPTS = {
    "/live.js": STATIC / "js/live.js",
    "/regions.js": STATIC / "js/regions.js",
    "/htmx.js": next((STATIC / "vendor").glob("htmx-*")) / "htmx.min.js",
}
NOTE = """for (const name of ["media", "media:1", "uploads", "refresh"]) {
  document.body.addEventListener(`live:${name}`, () => {
    document.body.dataset.heard = `${document.body.dataset.heard || ""} ${name}`.trim();
  });
}"""
PAGE = """<!doctype html><html lang="en"><head><title>{slug}</title><link rel="icon" href="data:,">
<script type="module" src="/note.js"></script>{bare}<script type="module" src="/live.js"></script></head>
<body data-workspace="{slug}">{region}</body></html>"""
FETCHING = """<meta name="htmx-config" content='{"includeIndicatorStyles":false}'>
<script src="/htmx.js" defer></script><script type="module" src="/regions.js"></script>
<button data-hx-get="/region/600" data-hx-target="#region" data-hx-swap="outerHTML">Filter</button>"""
# Tells how often /bump was asked when it was asked for itself, and takes as many ms to arrive as its address says
REGION = """<div id="region" data-hx-get="/region/{ms}" data-hx-swap="outerHTML"
data-hx-trigger="live:media from:body">{bumps} in {ms}</div>"""
WITHOUT_LOCKS = '<script src="/without-locks.js"></script>'

push = Push(heartbeat=1.0, unread=float(os.environ.get("UNREAD_SECONDS", "30")))
bumps: list[None] = []


async def pages(scope, receive, send):
    path = scope["path"]
    kind, body = "text/javascript", ""
    if path in SCRIPTS:
        body = SCRIPTS[path].read_text()
    elif path == "/note.js":
        body = NOTE
    elif path == "/without-locks.js":
        body = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"
    elif path == "/bump":
        bumps.append(None)
    elif path.startswith("/region/"):
        kind, ms = "text/html", int(path.rpartition("/")[2])
        body = REGION.format(ms=ms, bumps=len(bumps))
        await asyncio.sleep(ms / 1000)
    elif path == "/streams":
        kind, body = "text/plain", str(len(push.feed.listeners))
    else:
        kind = "text/html; charset=utf-8"
        bare = WITHOUT_LOCKS if path.endswith("/bare") else ""
        region = FETCHING + REGION.format(ms=path.rpartition("/")[2], bumps=0) if "/region/" in path else ""
        body = PAGE.format(slug=path.split("/")[1], bare=bare, region=region)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-security-policy", b"default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


application = Edge(pages, push=push)
