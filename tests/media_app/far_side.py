"""A FastPix and its storage on one real socket, as browsers see them: CORS and faults on demand.

Only what bringing bytes in needs. Bytes are kept, so that a test compares sha256 and not hopes.
"""

import hashlib
import json
import re
import socket
import threading
import time
import uuid
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GRAIN = 256 * 1024
EXPOSED = "Range, Location"


class FarSide:
    """What FastPix and storage hold. `faults`: what happens to the coming chunks, one word each; "ok" lets one pass.

    A number: read the chunk, keep nothing, answer that status. drop: keep half, cut the line. lost: keep all, cut the
    line. half: keep half, answer the true Range. nothing: keep nothing, 308 without Range. gone: forget the session.
    secret: keep all, answer without CORS headers.
    """

    def __init__(self):
        self.faults = deque()
        self.seconds_a_chunk = 0.0
        self.uploads = {}  # uploadId -> body of the create call, with "browser"
        self.sessions = {}  # upload_id -> {"upload", "held", "total", "complete"}
        self.media = {}  # media id -> its JSON
        self.calls = []  # (method, path without query, status)
        self.orders = []  # bodies of the calls that create a media
        # what the coming API calls answer: a status ("429:<Retry-After>"), {field: words} that refuses these fields;
        # "lost": do it, cut the line
        self.api = deque()
        self.mute = False  # no CORS headers at all from now on
        self.changed = []  # (method, media id) of each change that was really made to a media
        self.bodies = []  # what each PATCH of a media asked for
        self.answering = threading.Event()  # while it is clear, changes are made but their answers held back
        self.answering.set()
        self.address = ""

    def stored(self, upload_id):
        """sha256 of the complete object of an upload, None while there is none."""
        for session in self.sessions.values():
            if session["upload"] == upload_id and session["complete"]:
                return hashlib.sha256(session["held"]).hexdigest()
        return None

    @property
    def complete(self):
        """sha256 of every complete object."""
        return [hashlib.sha256(s["held"]).hexdigest() for s in self.sessions.values() if s["complete"]]

    def give_upload(self, asked, *, started, signed=""):
        """Make an upload address as a call asks for it: a `started` session, or one to be started; its id."""
        upload_id = str(uuid.uuid4())
        date = f"X-Goog-Date={signed}&" if signed else ""
        url = f"{self.address}/bucket/{upload_id}?{date}X-Goog-Signature=canary-{upload_id}"
        if started:
            url += f"&upload_id={self.open(upload_id)}"
        self.uploads[upload_id] = asked | {"browser": not started, "url": url}
        return upload_id

    def open(self, upload_id):
        """A session at storage; its name."""
        name = uuid.uuid4().hex
        self.sessions[name] = {"upload": upload_id, "held": bytearray(), "total": None, "complete": False}
        return name

    def count(self, method, beginning):
        """How many requests of that kind came."""
        return sum(1 for m, path, _ in self.calls if m == method and path.startswith(beginning))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    @property
    def far(self):
        return self.server.far

    def answer(self, status, body=b"", cors=True, **headers):
        self.far.calls.append((self.command, self.path.partition("?")[0], status))
        self.send_response(status)
        origin = self.headers.get("Origin")
        if origin and cors and not self.far.mute:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Expose-Headers", EXPOSED)
            self.send_header("Access-Control-Allow-Methods", "PUT, POST, DELETE")
            self.send_header("Access-Control-Allow-Headers", "Content-Type, Content-Range, x-goog-resumable")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say(self, status, data=None, headers=None, **more):
        body = {"success": status < 300, **({"data": data} if data is not None else {}), **more}
        self.answer(status, json.dumps(body).encode(), Content_Type="application/json", **(headers or {}))

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_OPTIONS(self):
        self.answer(204)

    def do_GET(self):
        self.api(b"")

    def do_DELETE(self):
        body = self.body()
        if self.path.startswith("/v1/"):
            return self.api(body)
        self.far.sessions.pop(self.path.partition("upload_id=")[2], None)
        return self.answer(499)

    def do_PATCH(self):
        self.api(self.body())

    def do_POST(self):
        body = self.body()
        if self.path.startswith("/v1/"):
            return self.api(body)
        return self.start()

    def do_PUT(self):
        if self.path.startswith("/v1/"):
            return self.api(self.body())
        return self.put()

    # FastPix ---------------------------------------------------------------------------------
    def api(self, body):
        said = self.far.api.popleft() if self.far.api else "ok"
        if isinstance(said, dict):
            wrong = [{"field": field, "message": words} for field, words in said.items()]
            return self.say(422, error={"code": 422, "message": "payload validation failed", "fields": wrong})
        said, _, patience = str(said).partition(":")
        if said.isdigit():
            headers = {"Retry_After": patience} if patience else {}
            return self.say(int(said), headers=headers, error={"code": int(said), "message": "as the test says"})
        path = self.path.removeprefix("/v1").partition("?")[0]
        if self.command == "POST" and path == "/on-demand/upload":
            status, data = 201, self.create_upload(json.loads(body))
        elif self.command == "PUT" and path.endswith("/cancel"):
            status, data = 200, {"uploadId": path.split("/")[3], "status": "cancelled"}
        elif self.command == "POST" and path == "/on-demand":
            status, data = 201, self.create_media(json.loads(body))
        elif path == "/on-demand/uploads":
            status, data = 200, [self.waiting(upload_id, asked) for upload_id, asked in self.far.uploads.items()]
        elif path == "/on-demand":
            status, data = 200, sorted(self.far.media.values(), key=lambda m: m["createdAt"], reverse=True)
        else:
            data = self.one(path.rpartition("/")[2], body)
            status = 200 if data else 404
        if said == "lost":
            return self.connection.shutdown(socket.SHUT_RDWR)
        if status == 404:
            return self.say(404, error={"code": 404, "message": "media workspace relation not found"})
        return self.say(status, data, **({"pagination": {"totalRecords": 0}} if isinstance(data, list) else {}))

    def one(self, media_id, body):
        media = self.far.media.get(media_id)
        if media is None or self.command == "GET":
            return media
        if self.command == "PATCH":
            self.far.bodies.append(json.loads(body))
            media |= self.far.bodies[-1]
        else:
            del self.far.media[media_id]
        self.far.changed.append((self.command, media_id))
        self.far.answering.wait(60)
        return media

    def create_upload(self, asked):
        upload_id = self.far.give_upload(asked, started=self.headers.get("X-Client-Type") != "web-browser")
        return self.waiting(upload_id, self.far.uploads[upload_id])

    def waiting(self, upload_id, asked):
        kept = {name: asked[name] for name in ("url", "corsOrigin", "pushMediaSettings")}
        return {"uploadId": upload_id, "timeout": 14400, "status": "waiting", "trial": False} | kept

    def create_media(self, asked):
        self.far.orders.append(asked)
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
        media = {"id": str(uuid.uuid4()), "status": "Created", "createdAt": now, "updatedAt": now, "trial": False}
        media |= {name: asked[name] for name in ("title", "metadata", "maxResolution", "mediaQuality") if name in asked}
        media |= {"inputs": asked["inputs"], "playbackIds": []}
        self.far.media[media["id"]] = media
        return media

    # storage -----------------------------------------------------------------------------------
    def start(self):
        if self.headers.get("x-goog-resumable") != "start" or "upload_id=" in self.path:
            return self.answer(405)
        name = self.far.open(self.path.partition("?")[0].rpartition("/")[2])
        return self.answer(201, Location=f"{self.far.address}{self.path}&upload_id={name}")

    def put(self):
        session = self.far.sessions.get(self.path.partition("upload_id=")[2])
        length = int(self.headers.get("Content-Length") or 0)
        if session is None:
            self.rfile.read(length)
            return self.answer(410)
        if self.headers["Content-Range"].startswith("bytes */"):
            self.rfile.read(length)
            return self.state(session)
        return self.chunk(session, length)

    def chunk(self, session, length):
        first, last, total = (int(n) for n in re.findall(r"\d+", self.headers["Content-Range"]))
        fault = self.far.faults.popleft() if self.far.faults else "ok"
        time.sleep(self.far.seconds_a_chunk)
        data = self.rfile.read(length)
        held = session["held"]
        if first > len(held) or len(data) != last - first + 1 or (last + 1 < total and len(data) % GRAIN):
            return self.answer(400)
        if fault.isdigit():
            return self.answer(int(fault))
        if fault == "gone":
            self.far.sessions.pop(self.path.partition("upload_id=")[2])
            return self.answer(410)
        kept = {"drop": length // 2, "half": length // 2, "nothing": 0}.get(fault, length)
        end = last + 1 if kept == length else (first + kept) // GRAIN * GRAIN
        held.extend(data[len(held) - first : max(0, end - first)])
        session["complete"] = len(held) == total
        if fault in {"drop", "lost"}:
            return self.connection.shutdown(socket.SHUT_RDWR)
        if fault == "nothing":
            return self.answer(308)
        if fault == "secret":
            self.far.mute = True
        return self.state(session)

    def state(self, session):
        if session["complete"]:
            return self.answer(200, b"{}")
        held = len(session["held"])
        return self.answer(308, **({"Range": f"bytes=0-{held - 1}"} if held else {}))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextmanager
def far_side():
    """A far side that runs while the block does."""
    far = FarSide()
    server = Server(("127.0.0.1", 0), Handler)
    server.far = far
    far.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield far
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connect(workspace, far, settings):
    """Let a workspace talk to the far side, as it would to the sandbox of this machine."""
    settings.SANDBOX_URL = far.address
    workspace.api_url, workspace.upload_url, workspace.sandbox = f"{far.address}/v1", far.address, True
    workspace.save()
    return workspace
