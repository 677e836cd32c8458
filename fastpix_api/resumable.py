"""Sending a file to storage in pieces that survive cut lines, killed workers and restarts.

The address is a resumable session of Google Cloud Storage (documented there, and as FastPix's own browser uploader uses
it): chunks are PUT with Content-Range; storage answers 308 with the Range it holds, 200 or 201 when it holds all.
A 308 without Range means that nothing is held. Whenever it is unclear what arrived, storage is asked, never assumed.
"""

import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

import requests
from requests import exceptions as said
from urllib3.exceptions import HTTPError

from fastpix_api.answer import Received
from fastpix_api.connections import session_for
from fastpix_api.errors import (
    Broken,
    EmptyFile,
    FastPixError,
    RateLimited,
    Refused,
    SessionGone,
    SourceChanged,
    Unreachable,
)
from fastpix_api.road import LONGEST_WAIT
from fastpix_api.slices import LONGEST_CHUNK, Slice
from fastpix_api.transport import over_at

QUANTUM: Final = 256 * 1024  # every chunk but the last is a multiple of this (documented)
LARGEST_CHUNK: Final = 64 * 1024 * 1024  # bytes
FIRST_CHUNK: Final = 8 * 1024 * 1024
CHUNK_SECONDS: Final = 10.0  # what one chunk may take: so long a pause or a stop waits
TRIES: Final = 6  # failures in a row, without a byte of progress between them
TIMEOUT: Final = (10.0, 60.0)  # seconds to connect or to hand over one block, and to wait for storage's answer
BLOCK: Final = 512 * 1024  # bytes handed to the socket at once; urllib3's 16 KiB halve the speed
_HELD: Final = re.compile(r"bytes=0-([0-9]{1,15})")
_DONE: Final = frozenset((200, 201, 204, 206))


@dataclass(frozen=True)
class Progress:
    """`offset`: bytes storage confirmed; `done`: it holds the whole file; `chunk_size`: what to go on with."""

    offset: int
    done: bool
    chunk_size: int = FIRST_CHUNK


class UploadSession:
    """One upload to one address. The address is a bearer secret: it is in no repr and no error.

    `size` is the file's length in bytes; 0 raises EmptyFile. `http` replaces the network session, `sleep` the waiting
    after failures. Not for two threads at once.
    """

    def __init__(
        self,
        url: str,
        size: int,
        *,
        http: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if size <= 0:
            raise EmptyFile
        self.url = url
        self.size = size
        self._http = http or session_for(url, blocksize=BLOCK)
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"UploadSession(size={self.size})"

    def start(self, content_type: str = "application/octet-stream") -> str:
        """Open the session of a signed address (the browser form); returns, and goes on with, the session's address.

        An address that carries upload_id= is a session already and is returned as it is. Raises SessionGone, Refused,
        Unreachable, Broken. Not repeated by itself: a second start would make a second session.
        """
        if "upload_id=" not in self.url:
            headers = {"x-goog-resumable": "start", "Content-Type": content_type}
            received = self._send("POST", headers)
            location = received.headers.get("Location", "")
            if received.status not in _DONE or not location.startswith(("https://", "http://")):
                raise _trouble(received)
            self.url = location
        return self.url

    def offset(self) -> int:
        """How many bytes storage holds; the file's size when it holds all. Raises as `send`, after one try."""
        return self._ask().offset

    def send(
        self,
        file: BinaryIO,
        *,
        from_offset: int,
        until: Callable[[], bool] = lambda: False,
        chunk_size: int = FIRST_CHUNK,
        confirmed: Callable[[int], None] = lambda _offset: None,
    ) -> Progress:
        """Send the file from `from_offset` on, until storage holds all of it or `until()` says to stop.

        `until` is asked between chunks and during waits; a chunk aims at 10 s. `chunk_size` is the first one's, later
        ones follow the measured speed, always multiples of 256 KiB, at most 64 MiB. `confirmed(offset)` is called after
        every chunk with what storage says it holds. The file is read in blocks: memory does not grow with it.
        Raises SessionGone (404, 410), Unreachable (6 failures in a row without progress), RateLimited, Refused, Broken,
        SourceChanged (the file is shorter than it was).
        """
        self._check_length(file)
        progress, unsure = Progress(from_offset, done=False, chunk_size=_fitting(chunk_size)), from_offset >= self.size
        failures, furthest = 0, from_offset
        while not progress.done and not until():
            try:
                progress = self._ask(progress.chunk_size) if unsure else self._put(file, progress)
            except (Unreachable, RateLimited) as trouble:
                failures += 1
                if failures >= TRIES:
                    raise
                unsure, progress = True, replace(progress, chunk_size=_fitting(progress.chunk_size // 2))
                self._pause(failures, trouble.retry_after, until)
                continue
            unsure = False
            if progress.offset > furthest:
                failures, furthest = 0, progress.offset
                confirmed(progress.offset)
        return progress

    def cancel(self) -> None:
        """Tell storage to forget the session; it answers 499. One that is gone already is no error."""
        received = self._send("DELETE", {})
        if received.status not in _DONE | {404, 410, 499}:
            raise _trouble(received)

    def _put(self, file: BinaryIO, progress: Progress) -> Progress:
        start = progress.offset
        end = min(start + progress.chunk_size, self.size)
        began = time.monotonic()
        piece = Slice(file, start, end, block=max(16 * 1024, min(BLOCK, progress.chunk_size // 16)))
        received = self._send("PUT", {"Content-Range": f"bytes {start}-{end - 1}/{self.size}"}, piece)
        chunk_size = _next_size(progress.chunk_size, end - start, time.monotonic() - began)
        if received.status in _DONE:
            if end < self.size:
                raise Unreachable("Storage called the file complete too early.", status=received.status)
            return Progress(self.size, done=True, chunk_size=chunk_size)
        held = self._held(received)
        if not start < held <= end:
            raise Unreachable("Storage did not keep what it was sent.", status=received.status)
        return Progress(held, done=False, chunk_size=chunk_size)

    def _ask(self, chunk_size: int = FIRST_CHUNK) -> Progress:
        received = self._send("PUT", {"Content-Range": f"bytes */{self.size}"})
        if received.status in _DONE:
            return Progress(self.size, done=True, chunk_size=chunk_size)
        held = self._held(received)
        if held >= self.size:
            raise Unreachable("Storage holds the file but has not closed it yet.", status=received.status)
        return Progress(held, done=False, chunk_size=chunk_size)

    def _held(self, received: Received) -> int:
        """Bytes storage holds by a 308's Range. Without one it holds nothing (documented), whatever was sent."""
        if received.status != 308:
            raise _trouble(received)
        told = received.headers.get("Range")
        if told is None:
            return 0
        found = _HELD.fullmatch(told.strip())
        if not found:
            raise Broken("Storage named a range that cannot be read.", status=308)
        return int(found[1]) + 1

    def _send(self, method: str, headers: dict[str, str], piece: Slice | None = None) -> Received:
        limit = over_at.set(time.monotonic() + LONGEST_CHUNK + TIMEOUT[1])
        try:
            request = requests.Request(method, self.url, headers=headers).prepare()
            request.url = self.url  # as it came: the signature covers its spelling
            request.headers["Content-Length"] = str(len(piece) if piece else 0)
            request.body = piece  # type: ignore[assignment]
            surroundings = self._http.merge_environment_settings(self.url, {}, True, None, None)
            with self._http.send(request, timeout=TIMEOUT, allow_redirects=False, **surroundings) as response:
                return Received(response.status_code, response.headers, response.raw.read(4096) or b"")
        except (said.InvalidURL, said.InvalidSchema, said.MissingSchema):
            trouble: FastPixError = Broken("The upload address is not one.")
        except (requests.RequestException, HTTPError, OSError):
            trouble = Unreachable("The line to storage was cut.")
        finally:
            over_at.reset(limit)
        # raised out here: the cause carries the request, and with it the address
        raise trouble

    def _pause(self, failures: int, asked: float | None, until: Callable[[], bool]) -> None:
        """Wait 0.5, 1, 2 … s with jitter, or what storage asks for; at most 30 s, and no longer than `until` allows."""
        wait = min(asked if asked is not None else random.uniform(0.5, 1.0) * 2.0 ** (failures - 1), LONGEST_WAIT)  # noqa: S311
        while wait > 0 and not until():
            self._sleep(min(wait, 1.0))
            wait -= 1.0

    def _check_length(self, file: BinaryIO) -> None:
        if file.seek(0, os.SEEK_END) != self.size:
            raise SourceChanged


def _fitting(size: int) -> int:
    return max(QUANTUM, min(LARGEST_CHUNK, size) // QUANTUM * QUANTUM)


def _next_size(size: int, sent: int, seconds: float) -> int:
    """The next chunk's size for 10 s at the speed just measured; at most doubled: one lucky chunk means little."""
    return _fitting(min(2 * size, int(sent / max(seconds, 0.001) * CHUNK_SECONDS * 0.8)))


def _trouble(received: Received) -> FastPixError:
    status, known = received.status, received.known()
    if status in {404, 410, 499}:
        return SessionGone(**known)
    if status == 429:
        return RateLimited("Storage has had too many requests.", retry_after=received.retry_after, **known)
    if status == 408 or status >= 500:
        what = f"Storage has trouble of its own (status {status})."
        return Unreachable(what, retry_after=received.retry_after, **known)
    if 400 <= status < 500:
        return Refused(f"Storage refused this upload (status {status}).", **known)
    return Broken(f"Storage answered with an unexpected status {status}.", **known)
