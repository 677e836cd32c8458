"""What FastPix told us: the list, one event, and the last events of one object."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events_app import backlog, changes, deliveries, redaction, replay, search
from events_app.envelope import NotAnEvent, parse
from events_app.models import WebhookEvent
from events_app.places import icon_of, page_of
from web.paging import keyset
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest
from workspace_app.secrets_at_rest import SecretUnreadable

OF_OBJECT: Final = 20
LONG: Final = 2000  # lines from which on a payload does not fold


@dataclass(frozen=True)
class Line:
    """One event of the list: the icon of what it is about, and the seconds it was under way."""

    event: WebhookEvent
    icon: str
    delay: float | None


@require_safe
@needs("events.view")
def event_list(request: WorkspaceRequest) -> HttpResponse:
    """Events, newest first, those that fit the address; only its rows when htmx asks."""
    workspace, query = request.workspace, search.Query.read(request.GET)
    rows = search.find(workspace, query)
    page = keyset(rows, before=request.GET.get("before"), after=request.GET.get("after"), key="pk")
    context: dict[str, Any] = {
        "page": page,
        "lines": [Line(event, icon_of(event.type), deliveries.delay(event)) for event in page.items],
        "query": query,
        "chips": search.chips(query, request.GET),
        "states": search.STATES,
        "counts": search.counts(workspace),
        "counted": search.COUNTED,
        "flags": search.FLAGS,
        "waiting": deliveries.waiting(workspace),
        "recent": deliveries.recent(workspace),
    }
    if request.htmx:
        return render(request, "events_app/_event_rows.html", context)
    return render(request, "events_app/event_list.html", {**context, "progress": replay.progress(workspace)})


@require_safe
@needs("events.view")
def event_detail(request: WorkspaceRequest, event_id: str) -> HttpResponse:
    """One event: how it came, what became of it, its payload with secrets masked; to htmx what may change of that."""
    event = WebhookEvent.objects.filter(workspace=request.workspace, event_id=event_id).first()
    if event is None:
        # histories go on linking to events that are no longer kept
        return render(request, "events_app/event_gone.html", status=404)
    event.workspace = request.workspace
    if request.htmx:
        return render(request, "events_app/_event_facts.html", _facts(event))
    return render(request, "events_app/event_detail.html", {**_facts(event), **_payload(event)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("events.replay")
def event_replay(request: WorkspaceRequest, event_id: str) -> HttpResponse:
    """Say what projecting one event again means, then do it."""
    rows = WebhookEvent.objects.select_related("workspace")
    event = get_object_or_404(rows, workspace=request.workspace, event_id=event_id)
    if request.method != "POST":
        return render(request, "events_app/_event_replay.html", {"event": event})
    replay.one(event)
    if not request.htmx:
        return redirect("events:event_detail", slug=request.workspace.slug, event_id=event_id)
    event.refresh_from_db()
    return render(request, "events_app/_event_facts.html", _facts(event))


@require_safe
@needs("events.view")
def of_object(request: WorkspaceRequest, object_id: str) -> HttpResponse:
    """The last events about one object, as a part of its own page or of an event's, which is `this` one."""
    rows = WebhookEvent.objects.filter(workspace=request.workspace, object_id=object_id).defer("body")
    context = {"events": rows.order_by("-pk")[:OF_OBJECT], "this": request.GET.get("this", "")}
    return render(request, "events_app/_of_object.html", context)


def _facts(event: WebhookEvent) -> dict[str, Any]:
    """What may change while the page of an event is open."""
    return {
        "event": event,
        "size": _size(event),
        "delay": deliveries.delay(event),
        "signed_with": _signed_with(event),
        "object_url": page_of(event),
        "changes": changes.of(event),
    }


def _signed_with(event: WebhookEvent) -> str:
    """Which secret the signature was made with, as far as the times tell: the row does not say."""
    since, until = event.workspace.webhook_secret_at, event.workspace.webhook_secret_previous_until
    if since is None:
        return ""
    if event.received_at < since:
        return _("with a secret that was replaced since")
    if until and event.received_at < until:
        return _("with the secret in use, or the one before it: both counted then")
    return _("with the secret in use")


def _payload(event: WebhookEvent) -> dict[str, Any]:
    """The payload for reading: lines that fold, or text where it is long; neither where it cannot be read."""
    try:
        payload = list(redaction.lines(parse(backlog.body_of(event)).payload))
    except (NotAnEvent, SecretUnreadable, RecursionError):
        return {}
    if len(payload) > LONG:
        return {"text": redaction.plain(payload)}
    return {"lines": payload}


def _size(event: WebhookEvent) -> int | None:
    try:
        return len(backlog.body_of(event))
    except SecretUnreadable:
        return None
