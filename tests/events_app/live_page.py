"""The edge beside pages that hold nothing but live.js, for a browser."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastpix_console.settings")
django.setup()

from events_app.edge import Edge  # noqa: E402 - Django first
from events_app.push_stream import Push  # noqa: E402

SCRIPTS = {"/live.js": Path(__file__).parents[2] / "static/js/live.js"}
NOTE = """for (const name of ["media", "media:1", "uploads", "refresh"]) {
  document.body.addEventListener(`live:${name}`, () => {
    document.body.dataset.heard = `${document.body.dataset.heard || ""} ${name}`.trim();
  });
}"""
PAGE = """<!doctype html><html lang="en"><head><title>{slug}</title><link rel="icon" href="data:,">
<script type="module" src="/note.js"></script>{bare}<script type="module" src="/live.js"></script></head>
<body data-workspace="{slug}"></body></html>"""
WITHOUT_LOCKS = '<script src="/without-locks.js"></script>'

push = Push(heartbeat=1.0)


async def pages(scope, receive, send):
    path = scope["path"]
    kind, body = "text/javascript", ""
    if path in SCRIPTS:
        body = SCRIPTS[path].read_text()
    elif path == "/note.js":
        body = NOTE
    elif path == "/without-locks.js":
        body = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"
    elif path == "/streams":
        kind, body = "text/plain", str(len(push.feed.listeners))
    else:
        kind = "text/html; charset=utf-8"
        bare = WITHOUT_LOCKS if path.endswith("/bare") else ""
        body = PAGE.format(slug=path.split("/")[1], bare=bare)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-security-policy", b"default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


application = Edge(pages, push=push)
