"""What FastPix answered, unwrapped, and the one judgement of what an answer is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, get_args, get_origin

from fastpix_api import times
from fastpix_api.errors import (
    Broken,
    Conflict,
    FastPixError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unreachable,
)

_REFUSALS: Final[dict[int, type[Refused]]] = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict}
# these two are true whoever says them: a gateway in front of FastPix answers them with a page of its own
_TRUE_IN_ANY_DRESS: Final = frozenset((401, 429))


@dataclass(frozen=True)
class Answer:
    """A 2xx of FastPix.

    `data` is the plain JSON FastPix sent under "data" (None where it sent none), `pagination` {totalRecords,
    currentOffset, offsetCount} of lists, `rest` what else stood beside them ("metadata", "timespan" of the data
    operations). `answered_at` is the Date header in UTC, our clock where there is none. Data may hold keys and upload
    addresses, so it is left out of the repr.
    """

    data: Any = field(repr=False)
    pagination: dict[str, Any] | None
    answered_at: datetime
    status: int
    request_id: str
    rest: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Received:
    """An HTTP answer as it came, before anyone judged it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str:
        """The id under which FastPix, or Cloudflare in front of it, can find the exchange; "" when neither told."""
        told = self.headers.get("x-request-id") or self.headers.get("cf-ray") or ""
        return "".join(letter for letter in told if letter.isprintable())[:100]

    @property
    def answered_at(self) -> datetime:
        return times.http_date(self.headers.get("Date")) or datetime.now(UTC)

    @property
    def retry_after(self) -> float | None:
        """Seconds asked for by Retry-After; a date is measured against the answer's own clock."""
        return times.retry_after(self.headers.get("Retry-After"), now=self.answered_at)

    def json(self) -> Any:
        """The body's JSON; None when it is not JSON (FastPix never answers a bare null)."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def known(self, said: str = "") -> dict[str, Any]:
        """What every error may tell about this answer."""
        return {"status": self.status, "said": said, "request_id": self.request_id, "answered_at": self.answered_at}


def judge(received: Received, *, expect: type | None) -> Answer:
    """The answer inside, or the error it means.

    `expect`: list (of objects), list[str], dict, str, or None where the operation promises no data.
    Raises FastPixError.
    """
    status = received.status
    if 300 <= status < 400:
        raise Broken("FastPix answered with a redirect, which is never followed.", **received.known())
    payload = received.json() if received.body else None
    if status >= 500 or status == 408:
        raise Unreachable(retry_after=received.retry_after, **received.known(_words(payload)))
    if status >= 400:
        raise _refusal(received, payload)
    if not received.body and status == 204:
        return Answer(None, None, received.answered_at, status, received.request_id)
    return _unwrap(received, payload, expect)


def _unwrap(received: Received, payload: object, expect: type | None) -> Answer:
    if not isinstance(payload, dict):
        raise Broken(**received.known())
    if payload.get("success") is not True:
        raise Broken("FastPix said neither yes nor no.", **received.known(_words(payload)))
    data, pagination = payload.get("data"), payload.get("pagination")
    kind = get_origin(expect) or expect
    if kind is not None and not isinstance(data, kind):
        raise Broken("FastPix sent another kind of data than it promises.", **received.known())
    (inside,) = get_args(expect) or (dict,)
    if kind is list and not all(isinstance(item, inside) for item in data or ()):
        raise Broken("FastPix sent a list of something else than it promises.", **received.known())
    if pagination is not None and not isinstance(pagination, dict):
        raise Broken("FastPix sent page numbers that cannot be read.", **received.known())
    rest = {name: value for name, value in payload.items() if name not in {"success", "data", "pagination"}}
    return Answer(data, pagination, received.answered_at, received.status, received.request_id, rest)


def _refusal(received: Received, payload: object) -> FastPixError:
    status, known = received.status, received.known(_words(payload))
    if status == 429:
        return RateLimited(retry_after=received.retry_after, **known)
    if received.body and not isinstance(payload, dict) and status not in _TRUE_IN_ANY_DRESS:
        return Broken("Something other than FastPix answered at the API's address.", **known)
    fields = _fields(payload)
    if status == 422 or (status == 400 and fields):
        return Invalid(fields=fields, **known)
    return _REFUSALS.get(status, Refused)(**known)


def _error(payload: object) -> dict[str, Any]:
    error = payload.get("error") if isinstance(payload, dict) else None
    return error if isinstance(error, dict) else {}


def _words(payload: object) -> str:
    """message and description; the description alone often lacks the subject, the message the reason."""
    error = _error(payload)
    words = [error.get(name) for name in ("message", "description")]
    said = [word.strip() for word in words if isinstance(word, str) and word.strip()]
    return ". ".join(word.rstrip(".") for word in dict.fromkeys(said))


def _fields(payload: object) -> list[dict[str, str]]:
    fields = _error(payload).get("fields")
    named = fields if isinstance(fields, list) else []
    return [{str(name): str(value) for name, value in one.items()} for one in named if isinstance(one, dict)]
