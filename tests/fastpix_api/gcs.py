"""A small Google Cloud Storage for tests: resumable sessions on real sockets, with faults on demand.

Keeps what the real one keeps: chunks but the last are multiples of 256 KiB, a gap is refused, what arrived of a broken
chunk is kept rounded down to 256 KiB, a 308 names what is held and has no Range while nothing is.
"""

import hashlib
import re
import socket
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.fastpix_api.sockets import Connection, answer, serving

QUANTUM: Final = 256 * 1024


class Storage:
    """One bucket. `faults`: what happens to the coming chunks, one word each; "ok" lets one pass.

    A number: read the chunk, keep nothing, answer that status. drop: keep half, cut the line. lost: keep all, cut the
    line. half: keep half, answer with the true Range. nothing: keep nothing and answer 308 without Range.
    """

    def __init__(self) -> None:
        self.address = ""
        self.held: dict[str, bytearray] = {}
        self.complete: dict[str, bool] = {}
        self.gone: set[str] = set()
        self.faults: deque[str] = deque()
        self.asked = 0
        self.chunks: list[tuple[int, int]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.retry_after: str | None = None

    def open(self) -> str:
        """A started session's address."""
        name = uuid.uuid4().hex
        self.held[name], self.complete[name] = bytearray(), False
        return f"{self.address}/bucket/file?sig=a@b/c;d&upload_id={name}"

    def sha256(self, url: str) -> str:
        return hashlib.sha256(self.held[_name(url)]).hexdigest()

    def behave(self, connection: Connection, _: int) -> None:
        self.headers.append(dict(connection.headers))
        self.paths.append(connection.path)
        name = _name(connection.path)
        if connection.command == "POST":
            return self._start(connection)
        if name in self.gone or name not in self.held:
            return answer(connection, 410 if name in self.gone else 404, b"")
        if connection.command == "DELETE":
            self.gone.add(name)
            return answer(connection, 499, b"")
        return self._put(connection, name, connection.body)

    def _put(self, connection: Connection, name: str, body: bytes) -> None:
        query = re.fullmatch(r"bytes \*/(\d+)", connection.headers["Content-Range"])
        if query:
            self.asked += 1
            return self._say(connection, name)
        first, last, total = (int(n) for n in re.findall(r"\d+", connection.headers["Content-Range"]))
        fault = self.faults.popleft() if self.faults else "ok"
        self.chunks.append((first, last - first + 1))
        held = self.held[name]
        if first > len(held) or len(body) != last - first + 1 or (last + 1 < total and len(body) % QUANTUM):
            return answer(connection, 400, b"")
        if fault.isdigit():
            return answer(
                connection, int(fault), b"", **({"Retry_After": self.retry_after} if self.retry_after else {})
            )
        kept = {"drop": len(body) // 2, "half": len(body) // 2, "nothing": 0}.get(fault, len(body))
        end = last + 1 if kept == len(body) else (first + kept) // QUANTUM * QUANTUM
        held.extend(body[len(held) - first : max(0, end - first)])
        self.complete[name] = len(held) == total
        if fault in {"drop", "lost"}:
            return connection.connection.shutdown(socket.SHUT_RDWR)
        if fault == "nothing":
            return answer(connection, 308, b"")
        return self._say(connection, name)

    def _start(self, connection: Connection) -> None:
        if connection.headers.get("x-goog-resumable") != "start" or "upload_id=" in connection.path:
            return answer(connection, 405, b"")
        if self.faults:
            return answer(connection, int(self.faults.popleft()), b"")
        return answer(connection, 201, b"", Location=self.open())

    def _say(self, connection: Connection, name: str) -> None:
        if self.complete[name]:
            return answer(connection, 200, b"{}")
        held = len(self.held[name])
        return answer(connection, 308, b"", **({"Range": f"bytes=0-{held - 1}"} if held else {}))


def _name(address: str) -> str:
    return address.partition("upload_id=")[2]


@contextmanager
def storage() -> Iterator[Storage]:
    """A storage that runs while the block does."""
    bucket = Storage()
    with serving(bucket.behave) as (address, _):
        bucket.address = address
        yield bucket
