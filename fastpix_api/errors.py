"""What can go wrong between us and FastPix.

* FastPixError
  + Unreachable      no answer, or 408 and 5xx: nobody decided anything; later may be better
  + Refused          FastPix read the request and said no (any other 4xx)
    - Unauthorized   401: Token ID and Secret Key do not match
    - Forbidden      403: the token lacks this permission
    - NotFound       404
    - Conflict       409
    - Invalid        422: says which fields
    - RateLimited    429: may say how long to wait
    - SessionGone    404 or 410 from storage: the upload session is dead, a new one is needed
    - EmptyFile      refused by us before anything is sent: storage would keep an empty object
    - SourceChanged  refused by us: the file is not as long as it was when the upload began
  + Broken           an answer that is not FastPix's: HTML, half a JSON, wrong types, a redirect, too large

None of them keeps a request, a response or a credential, so they may be logged as they are.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

_QUERY = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_LONGEST = 400


def plain(text: object) -> str:
    """FastPix's own words, fit to be shown: one line, at most 400 characters, no signed query strings."""
    words = " ".join(text.split()) if isinstance(text, str) else ""
    words = "".join(letter for letter in words if letter.isprintable())
    return _QUERY.sub(r"\1?…", words)[:_LONGEST]


class FastPixError(Exception):
    """The root: `sentence` says in plain words what happened and what to do next.

    `status` is the HTTP status (0: there was no answer), `request_id` FastPix's name for the exchange ("" when it
    gave none), `said` FastPix's own words, `answered_at` the answer's Date (None: no answer). `perhaps_done` is False
    when FastPix certainly did not do what it was asked: it refused, or was never reached.
    """

    happened = "FastPix answered with status {status}."
    next_step = "Try again in a minute."
    perhaps_done = True

    def __init__(
        self,
        what: str = "",
        *,
        status: int = 0,
        said: str = "",
        request_id: str = "",
        answered_at: datetime | None = None,
    ) -> None:
        self.what = what or self.happened.format(status=status)
        self.status = status
        self.said = plain(said)
        self.request_id = request_id
        self.answered_at = answered_at
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What happened and the next step, for a person."""
        return f"{self.what} {self.next_step}"

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status}, said={self.said!r}, request_id={self.request_id!r})"


class Unreachable(FastPixError):
    """Nobody decided: no connection, silence, a cut line, 408 or 5xx.

    `perhaps_done` is True when the request may have arrived: look before a second create. `retry_after`: seconds a 503
    asks for, None when it does not.
    """

    happened = "FastPix has trouble of its own (status {status})."

    def __init__(
        self, what: str = "", *, perhaps_done: bool = True, retry_after: float | None = None, **known: Any
    ) -> None:
        self.perhaps_done = perhaps_done
        self.retry_after = retry_after
        super().__init__(what, **known)


class Refused(FastPixError):
    """FastPix said no. `quotes`: the sentence repeats its words, where they are the only reason there is."""

    happened = "FastPix refused this (status {status})."
    next_step = "Change what it names, then send it again."
    perhaps_done = False
    quotes = True

    @property
    def reason(self) -> str:
        """FastPix's reason as the sentence repeats it; "" where it adds nothing."""
        return self.said.rstrip(".") if self.quotes else ""

    @property
    def sentence(self) -> str:
        return f"{self.what[:-1]}: {self.reason}. {self.next_step}" if self.reason else super().sentence


class Unauthorized(Refused):
    """401: the token and the secret do not match, or the token was deleted."""

    happened = "FastPix does not accept the Token ID and Secret Key of this workspace."
    next_step = "Store a valid pair in the workspace's settings."
    quotes = False


class Forbidden(Refused):
    """403: the token is known but lacks the permission."""

    happened = "The access token of this workspace may not do this."
    next_step = "Give the token that permission in the FastPix dashboard, or store another one in the settings."
    quotes = False


class NotFound(Refused):
    """404: not in this workspace, or not any more."""

    happened = "FastPix does not have this in the workspace."
    next_step = "It may have been deleted; reload to see what is there now."
    quotes = False


class Conflict(Refused):
    """409: something else already has this place, such as a reference ID."""

    happened = "FastPix already has something in this place."
    next_step = "Choose another value, then send it again."


class Invalid(Refused):
    """422: `fields` is a list of {"field": FastPix's name, "message": its words}, possibly empty."""

    happened = "FastPix did not accept what was sent."
    next_step = "Correct it, then send it again."

    def __init__(self, what: str = "", *, fields: Sequence[Mapping[str, str]] = (), **known: Any) -> None:
        self.fields = [{"field": plain(one.get("field")), "message": plain(one.get("message"))} for one in fields]
        super().__init__(what, **known)

    @property
    def names_unknown_id(self) -> bool:
        """True when every field it complains about is an id: the way FastPix also says "no such object".

        Documented (error codes): an unknown id is often 422 rather than 404.
        """
        return bool(self.fields) and all(one["field"].lower().endswith("id") for one in self.fields)

    @property
    def reason(self) -> str:
        return "; ".join(f"{one['field']} {one['message']}".strip() for one in self.fields) or super().reason


class RateLimited(Refused):
    """429. `retry_after`: seconds FastPix asks us to wait as it said them (not capped), None when it did not."""

    happened = "FastPix has had too many requests from this workspace."

    def __init__(self, what: str = "", *, retry_after: float | None = None, **known: Any) -> None:
        self.retry_after = retry_after
        super().__init__(what, **known)

    @property
    def sentence(self) -> str:
        seconds = self.retry_after or 60.0
        wait = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
        return f"{self.what} Try again in {wait if self.retry_after else 'a minute'}."


class SessionGone(Refused):
    """The upload session is dead at storage: expired, cancelled or never there. Its bytes are lost."""

    happened = "Storage no longer knows this upload."
    next_step = "Start the upload again; it gets a new address."


class EmptyFile(Refused):
    """A file of 0 bytes: storage would take it and FastPix could never play it."""

    happened = "The file is empty, so there is nothing to upload."
    next_step = "Choose another file."


class SourceChanged(Refused):
    """The file has another length than the upload was begun with, so what storage holds may not fit to it."""

    happened = "The file changed while it was being uploaded."
    next_step = "Upload it again once it no longer changes."


class Broken(FastPixError):
    """An answer nobody at FastPix meant: `what` names the fault."""

    happened = "FastPix sent an answer that cannot be read."
    next_step = "Nothing here was changed by it. Try again; if it stays, check the API address in the settings."
