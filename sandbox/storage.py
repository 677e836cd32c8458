"""Upload storage: a resumable session as Google Cloud Storage speaks it. Bytes go to disk as they come.

Documented (uploader): a chunk is a PUT with `Content-Range: bytes A-B/TOTAL`, a question one with `bytes */TOTAL`.
308 with `Range: bytes=0-N` says what is held, 308 without says nothing is. What is held of an unfinished file is always
a multiple of 256 KiB: storage drops the rest of a chunk that broke off or was of another length.
"""

import asyncio
import hmac
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from sandbox import describe, events, life, records, storage_faults, world
from sandbox.cut import cut
from sandbox.errors import Declined
from sandbox.log import say, warn
from sandbox.records import Upload
from sandbox.world import World

GRAIN = 256 * 1024
RANGE = re.compile(r"^bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)$")
HEADERS = "Content-Type, Content-Range, Content-Length, Range, x-goog-resumable"
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class Slice:
    """What a PUT carries: bytes `first` to `last` of `total`, None where not said. `question`: it carries none."""

    first: int = 0
    last: int | None = None
    total: int | None = None
    question: bool = False

    @property
    def final(self) -> bool:
        return self.last is None or (self.total is not None and self.last + 1 == self.total)


async def endpoint(request: Request) -> Response:
    """Every request to an upload's address, with CORS on whatever is answered."""
    here = world.of(request)
    upload = records.upload_or_none(here.store, request.path_params["upload_id"])
    try:
        answer = await _answer(request, here, upload)
    except Declined as error:
        answer = _declined(error)
    _allow_origin(request, upload, answer)
    return answer


async def _answer(request: Request, here: World, upload: Upload | None) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=200)
    await storage_faults.before(here, upload)
    upload = _admitted(request, here, upload)
    if request.method == "POST":
        return _start(request, here, upload)
    if request.method == "GET":
        return _original(here, upload)
    if not upload.session or not _same(request, "upload_id", upload.session):
        raise Declined(403, "SignatureDoesNotMatch", "Start the session first: POST with x-goog-resumable: start.")
    if request.method == "DELETE":
        here.store.run("UPDATE uploads SET status = 'gone' WHERE id = ? AND status = 'waiting'", [upload.id])
        here.upload_file(upload.id).unlink(missing_ok=True)
        return Response(status_code=499)
    if request.method != "PUT":
        raise Declined(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    asked = _slice(request)
    lock = _locks.setdefault(upload.id, asyncio.Lock())
    async with lock:
        upload = _admitted(request, here, records.upload_or_none(here.store, upload.id))
        return await _put(request, here, upload, asked)


def _admitted(request: Request, here: World, upload: Upload | None) -> Upload:
    """The upload of a valid address. 404 unknown or cancelled, 403 wrong signature, 410 expired or given up."""
    if upload is None or request.path_params["workspace"] != here.workspace_id or upload.status == "cancelled":
        raise Declined(404, "NoSuchUpload", "The requested upload was not found.")
    if not _same(request, "X-Goog-Signature", upload.signature):
        raise Declined(403, "SignatureDoesNotMatch", "The signature does not match.")
    if upload.status == "gone" or (upload.status == "waiting" and time.time() > upload.expires_at):
        raise Declined(410, "Gone", "The upload session has expired.")
    return upload


def _original(here: World, upload: Upload) -> Response:
    """The file as it was sent, while its media gives access to its source; input-info names this address."""
    media = records.media_or_none(here.store, upload.id)
    if media is None:
        raise Declined(404, "NoSuchKey", "The specified key does not exist.")
    if not media.settings["sourceAccess"]:
        raise Declined(403, "AccessDenied", "Access denied.")
    folder = here.folder(media.id)
    found = next((folder / name for name in ("original", "source") if (folder / name).exists()), None)
    if found is None:
        raise Declined(404, "NoSuchKey", "The specified key does not exist.")
    return FileResponse(found, media_type="application/octet-stream")


def _same(request: Request, name: str, expected: str) -> bool:
    given = parse_qs(request.url.query, max_num_fields=50).get(name, [""])[0]
    return hmac.compare_digest(given.encode(), expected.encode())


def _start(request: Request, here: World, upload: Upload) -> Response:
    """The browser form's first step: 201 with the session in Location. An existing session answers 405 (observed)."""
    if "upload_id=" in request.url.query or upload.session:
        raise Declined(405, "MethodNotAllowed", "This session has been started already.")
    if request.headers.get("x-goog-resumable") != "start":
        raise Declined(403, "SignatureDoesNotMatch", "The signed header x-goog-resumable is missing.")
    session = secrets.token_urlsafe(80)
    here.store.run("UPDATE uploads SET session = ? WHERE id = ?", [session, upload.id])
    place = f"{here.settings.storage_url}/{here.workspace_id}/{upload.id}?{upload.query}&upload_id={session}"
    return Response(status_code=201, headers={"Location": place})


def _slice(request: Request) -> Slice:
    header = request.headers.get("content-range")
    if header is None:
        length = request.headers.get("content-length", "")
        return Slice(total=int(length) if length.isdigit() else None)
    parts = RANGE.match(header.strip())
    if parts is None:
        raise Declined(400, "InvalidArgument", "Failed to parse Content-Range header.")
    total = None if parts[3] == "*" else int(parts[3])
    if parts[1] is None:
        return Slice(total=total, question=True)
    first, last, announced = int(parts[1]), int(parts[2]), request.headers.get("content-length")
    wrong_length = announced is not None and announced != str(last - first + 1)
    if last < first or wrong_length or (total is not None and last >= total):
        raise Declined(400, "InvalidArgument", "The Content-Range header does not fit the body.")
    return Slice(first, last, total)


async def _put(request: Request, here: World, upload: Upload, asked: Slice) -> Response:
    if upload.status == "completed":
        return Response(status_code=200)
    if asked.total is not None and upload.size not in {None, asked.total}:
        raise Declined(400, "InvalidArgument", "The total size differs from the one given before.")
    if asked.total is not None:
        here.store.run("UPDATE uploads SET size = ? WHERE id = ?", [asked.total, upload.id])
    total = asked.total if asked.total is not None else upload.size
    held = _held(here, upload, total)
    if asked.question:
        return _finish(here, upload) if held == total and held else _incomplete(held)
    if asked.first > held:
        raise Declined(503, "ServiceUnavailable", f"The upload offset is {asked.first}, but {held} bytes are held.")
    fault = storage_faults.meeting(here, request, upload)
    if fault == "forgets":
        here.upload_file(upload.id).unlink(missing_ok=True)
    try:
        got = await _receive(storage_faults.stream(request, fault), here, upload, held, asked)
    except OSError as error:
        warn("upload not written", upload=upload.id, reason=str(error))
        raise Declined(503, "ServiceUnavailable", "Storage could not write.") from None
    if asked.last is None and asked.total is None:
        total = got  # a whole file sent in pieces of unknown length ends where the body ends
    complete = asked.final and (total is None or got == total) and _still_waiting(here, upload)
    answer = _finish(here, upload) if complete else _incomplete(_held(here, upload, None))
    if fault == "reply_lost":
        cut(request.scope)
    return answer


async def _receive(body: AsyncIterator[bytes], here: World, upload: Upload, held: int, asked: Slice) -> int:
    """Append what is new of the body; returns the bytes held then. A body that breaks off leaves whole grains."""
    skip = held - asked.first  # sent before and held already
    end = asked.last + 1 if asked.last is not None else asked.total
    file = here.upload_file(upload.id)
    with file.open("ab", buffering=0) as target:
        try:
            async for chunk in body:
                fresh = chunk[skip:] if skip else chunk
                skip = max(0, skip - len(chunk))
                if end is not None and held + len(fresh) > end:
                    raise Declined(400, "InvalidArgument", "The body is longer than announced.")
                target.write(fresh)
                held += len(fresh)
        except ClientDisconnect:
            target.truncate(held // GRAIN * GRAIN)
            raise Declined(499, "ClientClosedRequest", "The connection broke.") from None
    return held


def _held(here: World, upload: Upload, total: int | None) -> int:
    """Bytes on disk, cut to whole grains unless they are the whole file."""
    file = here.upload_file(upload.id)
    size = file.stat().st_size if file.exists() else 0
    if total is not None and size == total:
        return size
    kept = size // GRAIN * GRAIN
    if kept != size:
        with file.open("r+b") as target:
            target.truncate(kept)
    return kept


def forget_expired(here: World) -> None:
    """Remove the bytes of uploads that can never be finished."""
    query = "SELECT id FROM uploads WHERE status IN ('gone', 'cancelled') OR (status = 'waiting' AND expires_at < ?)"
    for row in here.store.all(query, [time.time()]):
        here.upload_file(row["id"]).unlink(missing_ok=True)


def _still_waiting(here: World, upload: Upload) -> bool:
    """False when it was cancelled while its last bytes came."""
    now = records.upload_or_none(here.store, upload.id)
    if now is None or now.status != "waiting":
        here.upload_file(upload.id).unlink(missing_ok=True)
        raise Declined(404, "NoSuchUpload", "The requested upload was not found.")
    return True


def _incomplete(held: int) -> Response:
    return Response(status_code=308, headers={"Range": f"bytes=0-{held - 1}"} if held else {})


def _finish(here: World, upload: Upload) -> Response:
    """All bytes are here: FastPix notices and makes the media, with the upload's id as its own (recorded)."""
    with here.store.together():
        here.store.run("UPDATE uploads SET status = 'completed' WHERE id = ?", [upload.id])
        media = records.add_media(here.store, upload.id, upload.settings)
        data: dict[str, Any] = {"uploadId": upload.id, "mediaId": media.id} | describe.created(here, media)
        events.record(here, "video.upload.media_created", media.id, "media_created", data)
    life.begin(here, media.id)
    say("upload complete", upload=upload.id)
    return Response(status_code=200)


def _declined(error: Declined) -> Response:
    inner = f"<Code>{error.code}</Code><Message>{error.message}</Message>"
    text = f"<?xml version='1.0' encoding='UTF-8'?><Error>{inner}</Error>"
    return Response(text, error.status, error.headers, media_type="application/xml")


def _allow_origin(request: Request, upload: Upload | None, answer: Response) -> None:
    """CORS for the origin the upload was made for, and for no other."""
    origin = request.headers.get("origin")
    answer.headers["Vary"] = "Origin"
    if upload is None or origin is None or upload.cors_origin not in {"*", origin}:
        return
    answer.headers["Access-Control-Allow-Origin"] = upload.cors_origin
    answer.headers["Access-Control-Expose-Headers"] = "Range, Location, Content-Length, Content-Type, Date"
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "PUT, POST, DELETE, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = HEADERS
        answer.headers["Access-Control-Max-Age"] = "3600"
