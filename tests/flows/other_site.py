"""A page of somebody else's, under any name that ends with .localhost, which plays an HLS address with hls.js."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

from tests.stack import ROOT

HLS = ROOT / "static" / "vendor" / "hls-1.7.4" / "hls.min.js"
PAGE = b"""<!doctype html><html lang="en"><head><title>another site</title><link rel="icon" href="data:,">
<script src="/hls.js"></script></head><body><video muted></video><p id="said"></p><script>
const said = document.getElementById("said"), video = document.querySelector("video");
const hls = new Hls({ enableWorker: false });
hls.on(Hls.Events.ERROR, (_, { fatal, response }) => {
  if (fatal) { hls.destroy(); said.textContent = `refused ${response?.code}`; }
});
video.addEventListener("timeupdate", () => { if (video.currentTime > 0.5) said.textContent = "plays"; });
hls.loadSource(new URLSearchParams(location.search).get("src"));
hls.attachMedia(video);
video.play().catch(() => {});
</script></body></html>"""


class Handler(BaseHTTPRequestHandler):
    """The page and its script."""

    def do_GET(self):
        script = self.path == "/hls.js"
        body = HLS.read_bytes() if script else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@contextmanager
def other_site():
    """`address(name, src)` while the block runs: the page of `<name>.localhost` that plays `src`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield lambda name, src: f"http://{name}.localhost:{server.server_port}/?src={quote(src, safe='')}"
    finally:
        server.shutdown()
        server.server_close()
