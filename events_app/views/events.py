"""What FastPix told us: the list, one event, and the last events of one object."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events_app import backlog, redaction, search
from events_app.envelope import NotAnEvent, family_of, parse
from events_app.models import WebhookEvent
from web.paging import keyset
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest
from workspace_app.secrets_at_rest import SecretUnreadable

State = WebhookEvent.State
OF_OBJECT: Final = 20


@require_safe
@needs("events.view")
def event_list(request: WorkspaceRequest) -> HttpResponse:
    """Events, newest first, those that fit the address; only its rows when htmx asks."""
    query = search.Query.read(request.GET)
    rows = search.find(request.workspace, query)
    page = keyset(rows, before=request.GET.get("before"), after=request.GET.get("after"), key="pk")
    context = {"page": page, "query": query, "states": search.STATES, "flags": search.FLAGS}
    return render(request, "events_app/_event_rows.html" if request.htmx else "events_app/event_list.html", context)


@require_safe
@needs("events.view")
def event_detail(request: WorkspaceRequest, event_id: str) -> HttpResponse:
    """One event: how it came, what became of it, and its payload with secrets masked."""
    event = get_object_or_404(WebhookEvent, workspace=request.workspace, event_id=event_id)
    context = {"event": event, "payload": _payload(event), "size": _size(event), "media_url": _media_url(event)}
    return render(request, "events_app/event_detail.html", context)


@require_safe
@needs("events.view")
def of_object(request: WorkspaceRequest, object_id: str) -> HttpResponse:
    """The last events about one object, as a part of its own page."""
    rows = WebhookEvent.objects.filter(workspace=request.workspace, object_id=object_id).defer("body")
    context = {"events": rows.order_by("-pk")[:OF_OBJECT]}
    return render(request, "events_app/_of_object.html", context)


def _payload(event: WebhookEvent) -> str:
    """The payload for reading; "" where the stored bytes cannot be read."""
    try:
        return redaction.shown(parse(backlog.body_of(event)).payload)
    except (NotAnEvent, SecretUnreadable, RecursionError):
        return ""


def _media_url(event: WebhookEvent) -> str:
    """The page of the media an event was about: there is a row once it was projected, except for uploads."""
    family = family_of(event.type)
    about_media = family.startswith(("media.", "mediaAI.")) and not family.startswith("media.upload")
    if event.state != State.PROJECTED or not about_media:
        return ""
    return reverse("media:media_detail", args=[event.workspace.slug, event.object_id])


def _size(event: WebhookEvent) -> int | None:
    try:
        return len(backlog.body_of(event))
    except SecretUnreadable:
        return None
