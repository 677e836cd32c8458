"""Imports by URL: FastPix fetches, never this console. A worker gives the orders, each exactly once."""

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from fastpix_api import Broken, FastPix, FastPixError, Patience, RateLimited, Refused, paging, times
from media_app import mirror
from media_app.models import Media, Upload
from media_app.services import leases, media_settings, uploads
from media_app.services.file_names import clean
from media_app.services.media_settings import Asked
from media_app.services.uploads import State
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

log = logging.getLogger(__name__)
MOST_URLS = 50
LONGEST_URL = 2000
LONGEST_TITLE = 255
MOST_TRIES = 8
LEASE_SECONDS = 120
# How long a ring may take to reach a worker before it counts as lost
QUEUED_SECONDS = 60
# The entry of a media's metadata by which an order whose answer got lost is found again
MARK = "console_import"
Enqueue = Callable[[int], object]


@dataclass(frozen=True)
class Line:
    """One line of what was pasted: an address fit to hand over, or what is wrong with it. What follows is its title."""

    number: int
    url: str
    error: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """The file name at the end of the address, cleaned; the host where there is none."""
        parts = urlsplit(self.url)
        last = PurePosixPath(unquote(parts.path)).name
        return clean(last or parts.hostname or "")


def read(text: str, *, plain_http: bool) -> list[Line]:
    """Judge pasted addresses, one a line; empty lines are skipped. `plain_http`: the sandbox may also fetch http."""
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        url, title = [*raw.split(None, 1), ""][:2]
        error = problem(url, plain_http=plain_http) or _title_problem(title.strip())
        if not error and url in seen:
            error = _("Repeats line %(number)d.") % {"number": seen[url]}
        seen.setdefault(url, number)
        lines.append(Line(number, url, error, title.strip()))
    return lines


def problem(url: str, *, plain_http: bool) -> str:
    """Why FastPix could not fetch an address, "" when it might. `plain_http`: the sandbox may also fetch http."""
    if len(url) > LONGEST_URL:
        return _("Longer than %(most)d characters.") % {"most": LONGEST_URL}
    if any(c.isspace() or not c.isprintable() for c in url):
        return _("One URL a line, without spaces in it.")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return _("Not a URL.")
    if parts.scheme not in ({"https", "http"} if plain_http else {"https"}) or not host:
        return _("FastPix fetches https:// addresses only.")
    if parts.username is not None or parts.password is not None:
        return _("Leave out the user name and password: FastPix fetches without login.")
    return ""


def _title_problem(title: str) -> str:
    if len(title) > LONGEST_TITLE:
        told = _("The title has %(count)d characters. FastPix keeps %(most)d.")
        return told % {"count": len(title), "most": LONGEST_TITLE}
    if title.startswith(("https://", "http://")):
        return _("One URL a line; what follows a URL is the title.")
    return "" if title.isprintable() else _("The title has characters that cannot be seen.")


def begin(workspace: Workspace, by: User, lines: list[Line], asked: Asked) -> list[Upload]:
    """One waiting row for each address."""
    with transaction.atomic():
        rows = [_begin(workspace, by, line, asked) for line in lines]
        for upload in rows[:1]:
            uploads.changed(upload)
    return rows


def _begin(workspace: Workspace, by: User, line: Line, asked: Asked) -> Upload:
    upload = Upload.objects.create(
        workspace=workspace,
        created_by=by,
        origin=Upload.Origin.URL,
        filename=line.name,
        size=0,
        source_url=line.url,
        **uploads.settings_of(asked, line.name, line.title),
    )
    uploads.record(upload, "import_asked", by=by, host=urlsplit(line.url).hostname, **asked.origin)
    return upload


def admit(enqueue: Enqueue, limit: int = 100) -> int:
    """Ring a worker for every order that waits, oldest first; each is marked so that it is rung once a while."""
    rows = Upload.objects.filter(origin=Upload.Origin.URL, state__in=(State.WAITING, State.SENDING))
    waiting = rows.filter(leases.free()).filter(leases.due())
    admitted = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:limit]:
        if waiting.filter(pk=pk).update(leased_by="queue", leased_until=leases.until(QUEUED_SECONDS)):
            enqueue(pk)
            admitted += 1
    return admitted


def work(upload_id: int, worker: str) -> None:
    """Give one order to FastPix, unless it has it already.

    An order that may have been given before (its answer was lost, its worker died) is looked up first: a POST is never
    repeated blindly.
    """
    rows = Upload.objects.filter(pk=upload_id, leased_by="queue", state__in=(State.WAITING, State.SENDING))
    if not rows.update(leased_by=worker, leased_until=leases.until(LEASE_SECONDS), state=State.SENDING):
        return
    upload = Upload.objects.select_related("workspace", "created_by").get(pk=upload_id)
    # written before the order leaves: whoever finds this row later knows that it may have been given
    uploads.write(upload, holder=worker, tries=F("tries") + 1)
    client = client_for(upload.workspace, patience=Patience.WORKER)
    try:
        media_id = _given(upload, client) if upload.tries else ""
        media_id = media_id or _give(upload, client)
    except FastPixError as trouble:
        _put_off(upload, worker, trouble)
    else:
        _done(upload, worker, media_id)
    uploads.changed(upload)


def _give(upload: Upload, client: FastPix) -> str:
    order = media_settings.order(upload.push_settings, upload.source_url)
    metadata = order.pop("metadata", {}) | {MARK: str(upload.public_id)}
    answer = client.media.create(**order, metadata=metadata)
    media_id = answer.data.get("id")
    if not isinstance(media_id, str):
        raise Broken("FastPix answered without the media's id.", status=answer.status)
    mirror.apply(upload.workspace, media_id, mirror.partial(answer, 0))
    return media_id


def _given(upload: Upload, client: FastPix) -> str:
    """The media an earlier try made, "" when there is none. Recorded: lists carry metadata, newest first.

    Our own rows are asked first: events told of it, and FastPix lists no longer what was deleted since.
    """
    heard = Media.objects.filter(workspace=upload.workspace, **{f"metadata__{MARK}": str(upload.public_id)}).first()
    if heard:
        return heard.remote_id
    for item in _newest(client, upload):
        if (item.get("metadata") or {}).get(MARK) == str(upload.public_id):
            return str(item["id"])
    return ""


def _newest(client: FastPix, upload: Upload) -> Iterator[dict[str, Any]]:
    oldest = upload.created_at - timedelta(minutes=10)
    for page in paging.pages(client.media.list, at_most=200):
        yield from page.data
        created = times.parse(page.data[-1].get("createdAt")) if page.data else None
        if created and created < oldest:
            return


def _put_off(upload: Upload, worker: str, trouble: FastPixError) -> None:
    final = isinstance(trouble, Refused) and not isinstance(trouble, RateLimited)
    sentence = media_settings.refusal(trouble) if isinstance(trouble, Refused) and final else trouble.sentence[:500]
    free: dict[str, Any] = {"leased_by": "", "leased_until": None, "error": sentence}
    if final or upload.tries >= MOST_TRIES:
        if uploads.write(upload, holder=worker, state=State.STOPPED, **free):
            uploads.record(upload, "upload_stopped", by=None, reason=sentence)
        return
    asked = min(getattr(trouble, "retry_after", None) or 0.0, 300.0)
    wait = max(asked, min(300.0, 5.0 * 2**upload.tries) * random.uniform(0.5, 1.0))  # noqa: S311
    uploads.write(upload, holder=worker, next_try_at=timezone.now() + timedelta(seconds=wait), **free)


def _done(upload: Upload, worker: str, media_id: str) -> None:
    upload.remote_id = media_id
    done = {"state": State.SENT, "sent_at": timezone.now(), "remote_id": media_id, "source_url": "", "error": ""}
    if uploads.write(upload, states=State.values, holder=worker, **done, leased_by="", leased_until=None):
        uploads.record(upload, "import_asked", by=upload.created_by, area="media")
