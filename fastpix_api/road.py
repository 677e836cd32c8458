"""The one road to FastPix: every operation is a `call` on it."""

import enum
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

import requests
from requests import exceptions as said
from requests.adapters import BaseAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from fastpix_api.answer import Answer, Received, judge
from fastpix_api.connections import open_session, session_for
from fastpix_api.errors import Broken, FastPixError, RateLimited, Unreachable
from fastpix_api.transport import over_at

TIMEOUT: Final = (3.05, 15.0)  # seconds to connect, and between two reads
LARGEST_ANSWER: Final = 10 * 1024 * 1024  # bytes
LONGEST_WAIT: Final = 30.0  # seconds between two tries, whatever Retry-After asks for
_IDEMPOTENT: Final = frozenset(("GET", "HEAD", "PUT", "DELETE"))
_TROUBLES: Final[tuple[tuple[tuple[type[Exception], ...], Callable[[], FastPixError]], ...]] = (
    ((said.ContentDecodingError,), lambda: Broken("FastPix sent an answer that cannot be unpacked.")),
    ((said.InvalidURL, said.InvalidSchema, said.MissingSchema), lambda: Broken("The API address is not one.")),
    ((said.SSLError,), lambda: Unreachable("FastPix's certificate is not accepted here.", perhaps_done=False)),
    ((said.ConnectTimeout,), lambda: Unreachable("FastPix cannot be reached from this server.", perhaps_done=False)),
    ((said.ChunkedEncodingError,), lambda: Unreachable("FastPix broke off in the middle of its answer.")),
    ((said.Timeout, TimeoutError), lambda: Unreachable("FastPix did not answer in time.")),
)

Query = Iterable[tuple[str, Any]] | Mapping[str, Any]


@dataclass(frozen=True)
class _Limits:
    tries: int
    exchange: float  # seconds for one try, headers and body
    budget: float  # seconds for all tries and the waits between them


class Patience(enum.Enum):
    """How long a caller can wait: a PAGE one try and 8 s in all, a WORKER up to 4 tries within 2 minutes."""

    PAGE = _Limits(tries=1, exchange=8.0, budget=8.0)
    WORKER = _Limits(tries=4, exchange=30.0, budget=120.0)


class Call(Protocol):
    """What a resource needs of the road."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        expect: type | None = None,
        again: bool = True,
    ) -> Answer: ...


def named(text: str) -> str:
    """An id as it is. An empty one or a dotted one would name something else: ValueError."""
    if str(text) in {"", ".", ".."}:
        raise ValueError(f"{text!r} is not an id")
    return str(text)


def part(text: str) -> str:
    """An id as one part of a path, quoted. Raises ValueError as `named` does."""
    return quote(named(text), safe="")


class Road:
    """Sends requests with one workspace's credentials. Safe to share between threads: each has its own connections."""

    def __init__(
        self,
        token_id: str,
        secret_key: str,
        *,
        base_url: str,
        patience: Patience,
        transport: BaseAdapter | None,
        sleep: Callable[[float], None],
    ) -> None:
        # as bytes: requests would put text into latin-1, and a pasted secret may hold anything
        self._auth = HTTPBasicAuth(token_id.strip().encode(), secret_key.strip().encode())
        self._base_url = base_url.rstrip("/")
        self._limits = patience.value
        self._sleep = sleep
        self._transport = transport

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        expect: type | None = None,
        again: bool = True,
    ) -> Answer:
        """One operation, tried as often as patience and method allow. Raises FastPixError.

        Only GET, HEAD, PUT and DELETE are sent again, after silence, 408, 429 and 5xx, and not where `again` is False.
        FastPix ignores Idempotency-Key on uploads (observed 2026-09), so a second POST could create a second object.
        """
        end = time.monotonic() + self._limits.budget
        tries = self._limits.tries if again and method in _IDEMPOTENT else 1
        for attempt in range(1, tries + 1):
            try:
                return judge(self._send(method, path, query=query, json=json, headers=headers, end=end), expect=expect)
            except (Unreachable, RateLimited) as trouble:
                wait = _wait(trouble, attempt)
                if attempt == tries or time.monotonic() + wait >= end:
                    raise
            self._sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def _send(
        self, method: str, path: str, *, query: Query, json: Any, headers: Mapping[str, str] | None, end: float
    ) -> Received:
        session = self._session()
        pairs = list(query.items()) if isinstance(query, Mapping) else list(query)
        trouble: FastPixError
        limit = over_at.set(min(end, time.monotonic() + self._limits.exchange))
        try:
            with session.request(
                method,
                self._base_url + path,
                params=[(name, value) for name, value in pairs if value is not None],
                json=json,
                headers={"Accept": "application/json", **(headers or {})},
                auth=self._auth,
                timeout=(TIMEOUT[0], min(TIMEOUT[1], self._limits.exchange)),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Received(response.status_code, response.headers, _body(response))
        except (requests.RequestException, HTTPError, OSError) as cause:
            trouble = _named(cause)
        finally:
            over_at.reset(limit)
        # raised out here: the cause carries the request with its Authorization header, and must not hang on
        raise trouble

    def _session(self) -> requests.Session:
        if self._transport is not None:
            return open_session(self._transport, trust_environment=False)
        return session_for(self._base_url)


def _body(response: requests.Response) -> bytes:
    """The body, given up as Broken as soon as it passes the size we accept."""
    blocks, size = [], 0
    for block in response.iter_content(64 * 1024):
        size += len(block)
        if size > LARGEST_ANSWER:
            raise Broken("FastPix sent an answer of more than 10 MB.", status=response.status_code)
        blocks.append(block)
    return b"".join(blocks)


def _named(cause: Exception) -> FastPixError:
    """The error of our tree for one of requests'. Its text is left behind: it can repeat addresses."""
    for kinds, error in _TROUBLES:
        if isinstance(cause, kinds):
            return error()
    if "NewConnectionError" in repr(cause):
        return Unreachable("FastPix cannot be reached from this server.", perhaps_done=False)
    # while a body is read, requests dresses silence up as a ConnectionError
    silent = "timed out" in str(cause)
    return Unreachable("FastPix did not answer in time." if silent else "FastPix broke off the connection.")


def _wait(trouble: Unreachable | RateLimited, attempt: int) -> float:
    """Seconds before the next try: what FastPix asks for, else 0.5, 1, 2 … s with jitter; never more than 30."""
    if trouble.retry_after is not None:
        return min(trouble.retry_after, LONGEST_WAIT)
    return random.uniform(0.5, 1.0) * min(2.0 ** (attempt - 1), LONGEST_WAIT)  # noqa: S311 - jitter, not a secret
