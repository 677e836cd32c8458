"""Media that are on the shelf here and at the far side, and jobs about them."""

import uuid

from media_app.models import BulkJob, Media
from media_app.services import bulk, bulk_turns
from tests.media_app import shelf
from workspace_app.models import Workspace

FASTPIX_WORKSPACE = "99999999-0000-4000-8000-000000000000"


def proved(workspace):
    """The workspace, with credentials that have shown it before: a 404 may mean "deleted"."""
    own = {"remote_id": FASTPIX_WORKSPACE, "proved_token_id": workspace.token_id}
    Workspace.objects.filter(pk=workspace.pk).update(**own)
    workspace.refresh_from_db()
    return workspace


def stock(workspace, far, count, **fields):
    """So many media, here and there, the oldest first; `fields` under FastPix's names."""
    return [stock_one(workspace, far, f"film {number}", **fields) for number in range(count)]


def stock_one(workspace, far, title, **fields):
    media = shelf.put(workspace, title, metadata=fields.get("metadata", {}))
    far.media[media.remote_id] = {
        "id": media.remote_id,
        "workspaceId": FASTPIX_WORKSPACE,
        "status": "Ready",
        "createdAt": media.created_at.isoformat(),
        "title": title,
        **fields,
    }
    return media


def order(workspace, by, media, kind="delete", **change):
    """A job about these media."""
    ids = [one.remote_id for one in media]
    return bulk.order(workspace, by=by, kind=kind, ids=ids, public_id=uuid.uuid4(), change=change)


def turns(job, most=20, **options):
    """Let a worker work on it until it needs no further turn at once; returns the job as it is then."""
    ticket = placed(job)
    for _ in range(most):
        ticket = bulk_turns.work(job.pk, ticket, **options)
        if not ticket:
            break
    return BulkJob.objects.get(pk=job.pk)


def placed(job):
    """Give the job a place, as the sweep does; the ticket of it."""
    BulkJob.objects.filter(pk=job.pk).update(leased_by="ticket", leased_until=bulk_turns.leases.until())
    return "ticket"


def due(job):
    """Let the moment come that it waits for."""
    BulkJob.objects.filter(pk=job.pk).update(next_try_at=None)


def states(job):
    """The state of each item, the oldest media first."""
    return list(job.items.order_by("pk").values_list("state", flat=True))


def gone():
    """How many media the mirror holds as tombstones."""
    return Media.objects.filter(gone=True).count()
