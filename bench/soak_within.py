"""What the soak does and looks at by the console's own code rather than by its pages (see soak_desk)."""

import json
import sys
from copy import copy
from typing import Any

from django.db import close_old_connections
from django.db.models import F, Sum
from django.utils import timezone

from events_app.models import WebhookEvent
from media_app import fields, mirror, parts
from media_app.budget import asking_client
from media_app.models import ImportRun, Media, Upload
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry, Workspace


def edit(media: str, **changes: Any) -> None:
    """Change a media as a person of the console does: FastPix first, then its answer into the mirror."""
    row = Media.objects.select_related("workspace").get(workspace=_workspace(), remote_id=media)
    answer = client_for(row.workspace).media.update(media, **changes)
    mirror.apply(row.workspace, media, mirror.partial(answer, row.version))


def uploads(states: list[str]) -> list[dict[str, str]]:
    """The uploads in these states."""
    rows = Upload.objects.filter(workspace=_workspace(), state__in=states).order_by("pk")
    return [
        {"id": str(row.public_id), "state": row.state, "origin": row.origin, "name": row.filename, "error": row.error}
        for row in rows
    ]


def look() -> dict[str, Any]:
    """Compare the mirror with FastPix, field by field, and find what is not at rest."""
    workspace = _workspace()
    fastpix = asking_client(workspace).media
    there = _ids(fastpix)
    rows = {row.remote_id: row for row in Media.objects.filter(workspace=workspace)}
    differing = [
        f"{name}: {words}" for name in there if name in rows and (words := _differing(rows[name], fastpix.get(name)))
    ]
    differing += [f"{name}: not in the mirror" for name in there if name not in rows]
    differing += [f"{name}: gone here only" for name in there if name in rows and rows[name].gone]
    surplus = {name for name, row in rows.items() if not row.gone} - set(there)
    differing += [f"{name}: in the mirror only" for name in sorted(surplus)]
    return {"media": len(there), "tombstones": sum(row.gone for row in rows.values()), "differing": differing}


def _ids(fastpix: Any) -> list[str]:
    found: list[str] = []
    page = 1
    while items := fastpix.list(limit=50, offset=page, order_by="asc").data:
        found += [item["id"] for item in items]
        page += 1
    return found


def _differing(row: Media, answer: Any) -> list[str]:
    """What of a row is not what a whole answer says, read as the product reads it: name, held, said."""
    said = mirror.whole(answer, row.version)
    statement = fields.read(said)
    meant = copy(row)
    for name, value in statement.columns.items():
        setattr(meant, name, value)
    fields.derive(meant, said)
    names = [*statement.columns, "sort_key", "search"]
    pairs = {name: (getattr(row, name), getattr(meant, name)) for name in names}
    held = parts.held_by([row])[row.pk]
    pairs |= {name: (held[name], sets) for name, sets in statement.children.items()}
    return [f"{name} is {here!r}, not {there!r}" for name, (here, there) in pairs.items() if here != there]


def restless() -> list[str]:
    """Every row that still waits for something."""
    waiting = Upload.objects.exclude(state__in=(Upload.State.SENT, Upload.State.CANCELLED))
    found = [f"upload {row.filename} {row.state}: {row.error}" for row in waiting]
    held = Upload.objects.filter(leased_until__gt=timezone.now()).exclude(pk__in=waiting)
    found += [f"upload {row.filename} is {row.state} and held by {row.leased_by}" for row in held]
    here = Media.objects.filter(gone=False)
    found += [f"media {row.remote_id} is unsettled" for row in here.filter(unsettled=True)]
    found += [f"media {row.remote_id} is {row.status}" for row in here.exclude(status__in=Media.FINAL)]
    left = WebhookEvent.objects.exclude(state__in=(WebhookEvent.State.PROJECTED, WebhookEvent.State.UNHANDLED))
    found += [f"event {row.type} {row.event_id} is {row.state}: {row.error}" for row in left]
    found += [f"an import runs: {run.state}" for run in ImportRun.objects.filter(state__in=ImportRun.RUNNING)]
    return found


def events() -> list[str]:
    """The id of every stored event."""
    return list(WebhookEvent.objects.values_list("event_id", flat=True))


def figures() -> dict[str, Any]:
    """What the console has to tell of the time."""
    repeats = WebhookEvent.objects.aggregate(count=Sum(F("times") - 1))["count"]
    sent = Upload.objects.filter(state=Upload.State.SENT)
    return {
        "events": WebhookEvent.objects.count(),
        "repeats": repeats or 0,
        "late": WebhookEvent.objects.filter(late=True).count(),
        "missed": TimelineEntry.objects.filter(verb="missed").count(),
        "restarted": TimelineEntry.objects.filter(verb__in=("upload_restarted", "upload_lost")).count(),
        "sent": {origin: sent.filter(origin=origin).count() for origin in Upload.Origin.values},
        "imports": TimelineEntry.objects.filter(verb="imported").count(),
        "stopped": TimelineEntry.objects.filter(verb__in=("missing_stopped", "import_refused")).count(),
    }


def _workspace() -> Workspace:
    return Workspace.objects.get(slug="sandbox")


ORDERS = {order.__name__: order for order in (edit, uploads, look, restless, events, figures)}


def serve() -> None:
    """Answer orders until nobody gives any more."""
    for line in sys.stdin:
        words = json.loads(line)
        close_old_connections()
        try:
            said = {"answer": ORDERS[words.pop("order")](**words)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the soak hears of it and the desk stays open
            said = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)
