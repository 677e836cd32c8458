"""The real sandbox as a process, a receiver for its webhooks, and real files to feed it."""

import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import imageio_ffmpeg
import requests

from tests.sandbox import document

ROOT = Path(__file__).parents[2]
KEYS = ("sandbox", "sandbox")
GRAIN = 256 * 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(check, *, seconds=30, what="it"):
    """The first true value of `check()`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def run_ffmpeg(*arguments):
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments],
        check=True,
    )


def make_video(path, *, seconds=3, size="640x360", sound=True):
    """A real MP4 with a moving picture and, if wanted, a tone."""
    tone = ["-f", "lavfi", "-i", f"sine=duration={seconds}", "-c:a", "aac"] if sound else []
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds}"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    run_ffmpeg(*picture, *tone[:4], *coded, *tone[4:], str(path))
    return path


class Box:
    """A running sandbox; every answer of its API is held against FastPix's document."""

    def __init__(self, folder, **environment):
        self.folder, self.environment = Path(folder), {name: str(value) for name, value in environment.items()}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX")}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sandbox"],
                cwd=ROOT,
                env=clean | {"SANDBOX_PORT": str(self.port), "DATA_DIR": str(self.folder)} | self.environment,
                stdout=log,
                stderr=log,
            )
        until(self._answers, seconds=20, what="the sandbox's start")
        return self

    def _answers(self):
        assert self.process.poll() is None, self.log
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.ConnectionError:
            return False

    def stop(self, word=signal.SIGTERM):
        """End it; the exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(word)
        return self.process.wait(10)

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def call(self, method, path, *, auth=KEYS, check=True, **more):
        answer = requests.request(method, f"{self.url}/v1{path}", auth=auth, timeout=20, **more)
        if check:
            document.check(answer)
        return answer

    def data(self, method, path, *, status=200, **more):
        answer = self.call(method, path, **more)
        assert answer.status_code == status, answer.text
        return answer.json().get("data")

    def refused(self, method, path, *, status, **more):
        """The error of a refusal."""
        answer = self.call(method, path, **more)
        assert answer.status_code == status, answer.text
        document.check_refusal(answer.json(), status)
        return answer.json()["error"]

    def switch(self, **positions):
        answer = requests.post(f"{self.url}/_sandbox/switches", json=positions, timeout=5)
        assert answer.status_code == 200, answer.text

    def control(self, name, **body):
        """What a control of the sandbox answers."""
        answer = requests.post(f"{self.url}/_sandbox/{name}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connect(self, url, secret=""):
        answer = requests.post(f"{self.url}/_sandbox/webhook", json={"url": url, "secret": secret}, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self):
        return requests.get(f"{self.url}/_sandbox/state", timeout=5).json()

    def new_upload(self, *, origin="*", headers=None, **settings):
        body = {"corsOrigin": origin, "pushMediaSettings": {"accessPolicy": "public"} | settings}
        return self.data("POST", "/on-demand/upload", status=201, json=body, headers=headers)

    def upload(self, content, **settings):
        """Send bytes in one PUT; the media's id."""
        made = self.new_upload(**settings)
        assert requests.put(made["url"], data=content, timeout=60).status_code == 200
        return made["uploadId"]

    def import_url(self, url, **settings):
        body = {"inputs": [{"type": "video", "url": url}], "accessPolicy": "public"} | settings
        return self.data("POST", "/on-demand", status=201, json=body)["id"]

    def settled(self, media_id, *, seconds=60):
        """The media once it is Ready or Failed."""

        def final():
            media = self.data("GET", f"/on-demand/{media_id}")
            return media if media["status"] in {"Ready", "Failed"} else None

        return until(final, seconds=seconds, what=f"the end of {media_id}")

    def ready(self, content, **settings):
        media = self.settled(self.upload(content, **settings))
        assert media["status"] == "Ready"
        return media

    def stream(self, path, **more):
        return requests.get(f"{self.url}/stream/{path}", timeout=10, **more)

    def image(self, path, **more):
        return requests.get(f"{self.url}/images/{path}", timeout=20, **more)


class Shelf:
    """Files that can be fetched: `files` by path; any other path is 404."""

    def __init__(self):
        self.files, self.asked = {}, []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                shelf.asked.append(self.path)
                status, headers, body = shelf.files.get(self.path, (404, {}, b"nothing"))
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, body, *, status=200, **headers):
        """Its address from now on."""
        self.files[path] = (status, headers, body if isinstance(body, bytes) else body.encode())
        return f"{self.url}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Receiver:
    """A webhook endpoint that keeps what it got; `answers` are given first, then `status`."""

    def __init__(self):
        self.got, self.answers, self.status = [], [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers), body))
                status = receiver.answers.pop(0) if receiver.answers else receiver.status
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/box/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def probes(self):
        return [headers for headers, body in self.got if body == b"{}"]

    @property
    def events(self):
        return [json.loads(body) for _, body in self.got if body != b"{}"]

    def of(self, object_id):
        return [event["type"] for event in self.events if event["object"]["id"] == object_id]

    def signed(self, secret):
        """Whether every event carries the right signature."""
        key = base64.b64decode(secret)
        for headers, body in self.got:
            expected = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
            if body != b"{}" and headers.get("FastPix-Signature") != expected:
                return False
        return True
