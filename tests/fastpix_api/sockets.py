"""A FastPix made of plain sockets, for what only real ones do: silence, drips, cut lines, redirects."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = b'{"success": true, "data": []}'


class Connection(BaseHTTPRequestHandler):
    """One connection; `body` is what the current request carried."""

    protocol_version = "HTTP/1.1"
    body = b""


class Seen:
    """What arrived: one (method, path, headers) per request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []


@contextmanager
def serving(behave: Callable[[Connection, int], None]) -> Iterator[tuple[str, Seen]]:
    """A server on loopback that lets `behave(connection, nth request)` answer; yields its address."""
    seen = Seen()

    class Behaving(Connection):
        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def answer(self) -> None:
            self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.requests.append((self.command, self.path, dict(self.headers)))
            behave(self, len(seen.requests))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *args: Any) -> None:
            """Silent: a test's output is its verdict."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Behaving)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Double:
    """A FastPix that says what a test wants: a payload with its status, or what `behave` does."""

    def __init__(self) -> None:
        self.url, self.seen = "", Seen()
        self.says({"success": True, "data": []})

    def says(self, payload: Any, status: int = 200, **headers: str) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.does(lambda connection, _: answer(connection, status, body, **headers))

    def does(self, act: Callable[[Connection, int], None]) -> None:
        self._act = act

    def behave(self, connection: Connection, nth: int) -> None:
        self._act(connection, nth)

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked for, in order."""
        return [path for _, path, _ in self.seen.requests]


@contextmanager
def double() -> Iterator[Double]:
    """A double that listens while the block runs; `.url` is its API address."""
    told = Double()
    with serving(told.behave) as (address, seen):
        told.url, told.seen = f"{address}/v1", seen
        yield told


def answer(connection: Connection, status: int = 200, body: bytes = GOOD, **headers: str) -> None:
    """One whole answer."""
    connection.send_response(status)
    for name, value in headers.items():
        connection.send_header(name.replace("_", "-"), value)
    connection.send_header("Content-Length", str(len(body)))
    connection.end_headers()
    connection.wfile.write(body)
