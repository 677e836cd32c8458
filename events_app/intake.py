"""Webhook intake: POST /webhooks/<slug>/. Verified, stored durably, then answered; never slower than that."""

import asyncio
import hashlib
import json
import re
import time
from contextlib import suppress
from typing import Final

from django.db import Error

from events_app import envelope
from events_app.alarm import Alarm
from events_app.body import MIB, Body, Gone, NoRoom, Receive, Room, Scope, Send, TooLarge, TooSlow
from events_app.database_thread import DatabaseThread
from events_app.intake_keys import Key, Keys, KeysUnknown
from events_app.intake_probes import Probes
from events_app.intake_rejections import Rejections
from events_app.intake_writer import Full, Row, Writer
from events_app.rejections import Cause
from fastpix_api import webhooks
from workspace_app.fastpix import learn
from workspace_app.models import Workspace

LIMIT: Final = MIB  # bytes of one event
SECONDS: Final = 15.0  # for the whole body to arrive
ROOM: Final = 64 * MIB  # for all requests under way
_WRITE_SECONDS: Final = 10.0  # that a request waits for its commit
_LARGE: Final = 64 * 1024  # bytes from which on hashing and parsing would hold the event loop up

_ADDRESS: Final = re.compile(r"/webhooks/([-a-zA-Z0-9_]{1,40})/?")


class Answer:
    """One ready-made response, so that nothing is built while requests wait."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        body = json.dumps({"ok": status == 200, "detail": sentence}).encode()
        told = {"content-type": "application/json", "content-length": str(len(body)), "cache-control": "no-store"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.start = {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        }
        self.body = {"type": "http.response.body", "body": body}


RECEIVED = Answer(200, "Received.")
PROBED = Answer(200, "Received.")
NOT_JSON = Answer(400, "The body is not a JSON object.")
UNSIGNED = Answer(401, "The signature is missing or does not fit the body and the webhook secret.")
ANOTHER = Answer(403, "This event belongs to another FastPix workspace.")
UNKNOWN = Answer(404, "There is no such workspace.")
NOT_ALLOWED = Answer(405, "Send events with POST.", allow="POST")
SLOW = Answer(408, "The body did not arrive in time.", connection="close")
LARGE = Answer(413, "An event has at most 1 MiB.", connection="close")
NO_SECRET = Answer(503, "The webhook secret of this workspace is not known yet.", retry_after="60")
NO_DATABASE = Answer(503, "The event could not be stored. Send it again.", retry_after="5")
BUSY = Answer(503, "Too many events at once. Send it again.", retry_after="2")

# What is counted as refused for good; a 503 asks for the event again.
_CAUSES: Final = {NOT_JSON: Cause.NOT_JSON, UNSIGNED: Cause.UNSIGNED, ANOTHER: Cause.ANOTHER, LARGE: Cause.LARGE}


class Intake:
    """The plain ASGI app. Made once per process; its parts start with the first request."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._reading = DatabaseThread("intake-read")
        self._writing = DatabaseThread("intake-write")
        self._keys = Keys(self._reading)
        self._probes = Probes()
        self._rejections = Rejections()
        self._alarm = Alarm()
        self._writer = Writer(self._writing, self._alarm.ring)
        self._room = Room(ROOM)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body(self._room, limit=LIMIT, seconds=self._seconds)
        try:
            answer = await self._answer(scope, receive, body)
        except Gone:
            return
        except TooLarge:
            answer = LARGE
            await self._count(scope["path"], LARGE, b"", None)
        except TooSlow:
            answer = SLOW
        except (NoRoom, Full):
            answer = BUSY
        except (KeysUnknown, Error):
            answer = NO_DATABASE
        finally:
            body.free()
        await send(answer.start)
        await send(answer.body)

    def close(self) -> None:
        """Let go of the threads and their connections."""
        self._probes.close()
        self._rejections.close()
        self._alarm.close()
        self._reading.close()
        self._writing.close()

    async def _answer(self, scope: Scope, receive: Receive, body: Body) -> Answer:
        if scope["method"] != "POST":
            return NOT_ALLOWED
        declared, signature = _headers(scope)
        raw = await body.read(receive, declared)
        address = _ADDRESS.fullmatch(scope["path"])
        if address is None:
            return UNKNOWN
        answer = await self._judge(address[1], raw, signature)
        if answer is PROBED:
            self._probes.note(address[1])
        elif answer in _CAUSES:
            await self._count(scope["path"], answer, raw, signature)
        return answer

    async def _count(self, path: str, answer: Answer, raw: bytes, signature: str | None) -> None:
        """Count a refusal, with the likely cause of a wrong signature; nothing of an address nobody has."""
        address = _ADDRESS.fullmatch(path)
        with suppress(KeysUnknown):
            key = await self._keys.of(address[1]) if address else None
            if address is None or key is None:
                return
            cause = _CAUSES[answer]
            if answer is UNSIGNED and signature is not None:
                cause = await self._rejections.cause(key, raw, signature)
            self._rejections.note(address[1], cause)

    async def _judge(self, slug: str, raw: bytes, signature: str | None) -> Answer:
        """Who sent it? Nothing is refused by keys older than the request."""
        arrived = time.monotonic()
        key = await self._keys.of(slug) or await self._keys.since(slug, arrived)
        if key is None:
            return UNKNOWN
        if signature is None:
            # FastPix checks a new address so, before anybody can know the secret
            return PROBED if b"".join(raw[:64].split()) in (b"", b"{}") else UNSIGNED
        if not await _signed(raw, signature, key):
            key = await self._keys.since(slug, arrived)
            if key is None or not await _signed(raw, signature, key):
                return await _refusal(key, raw)
        return await self._take(slug, arrived, key, raw)

    async def _take(self, slug: str, arrived: float, key: Key, raw: bytes) -> Answer:
        """Is it an event, and one of this workspace?"""
        try:
            event = await _parsed(raw)
        except envelope.NotAnEvent:
            return NOT_JSON
        if event.probe:
            return PROBED
        if event.workspace_id and event.workspace_id != key.remote_id:
            current = await self._keys.since(slug, arrived)
            if current is None:
                return UNKNOWN
            if not await self._belongs(current, event.workspace_id):
                return ANOTHER
        return await self._store(key.workspace_id, raw, event)

    async def _store(self, workspace_id: int, raw: bytes, event: envelope.Parsed) -> Answer:
        sha256 = hashlib.sha256(raw).hexdigest()
        row = Row(
            workspace_id=workspace_id,
            event_id=event.event_id or sha256,
            type=event.type,
            object_id=event.object_id,
            occurred_at=event.occurred_at,
            body=raw,
            secret=envelope.carries_secrets(event.type),
            sha256=sha256,
        )
        written = self._writer.add(row)
        late = asyncio.get_running_loop().call_later(_WRITE_SECONDS, _give_up, written)
        try:
            return RECEIVED if await written else NO_DATABASE
        finally:
            late.cancel()

    async def _belongs(self, key: Key, told: str) -> bool:
        """Whether an event of that FastPix workspace is ours; the first one that tells an id binds the workspace."""
        if key.remote_id or len(told) > 64 or not (told.isascii() and told.isprintable()):
            return key.remote_id == told
        return await self._reading.run(lambda: _bind(key.workspace_id, told))


def _give_up(written: asyncio.Future[bool]) -> None:
    if not written.done():
        written.set_result(False)


async def _refusal(key: Key | None, raw: bytes) -> Answer:
    """Why a signature is not accepted. Without a secret nothing can be judged, but the signed probe may pass."""
    if key is None:
        return UNKNOWN
    if key.secrets():
        return UNSIGNED
    try:
        return PROBED if (await _parsed(raw)).probe else NO_SECRET
    except envelope.NotAnEvent:
        return NO_SECRET


def _bind(workspace_id: int, remote_id: str) -> bool:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    return workspace is not None and learn(workspace, remote_id)


async def _signed(raw: bytes, signature: str, key: Key) -> bool:
    if len(raw) < _LARGE:
        return webhooks.verify(raw, signature, key.secrets())
    return await asyncio.to_thread(webhooks.verify, raw, signature, key.secrets())


async def _parsed(raw: bytes) -> envelope.Parsed:
    return envelope.parse(raw) if len(raw) < _LARGE else await asyncio.to_thread(envelope.parse, raw)


def _headers(scope: Scope) -> tuple[int | None, str | None]:
    """What Content-Length says, and the signature: None without one; several together are one that fits nothing."""
    length: int | None = None
    signatures = []
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() and len(value) < 16 else None
        elif name == b"fastpix-signature":
            signatures.append(value)
    joined = b", ".join(signatures).strip()
    return length, joined.decode("latin-1") if joined else None
