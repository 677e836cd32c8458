"""What FastPix told us: the list, one event, and the last events of one object."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from events_app import backlog, changes, redaction, replay, search
from events_app.envelope import NotAnEvent, family_of, parse
from events_app.models import WebhookEvent
from web.paging import keyset
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest
from workspace_app.secrets_at_rest import SecretUnreadable

State = WebhookEvent.State
OF_OBJECT: Final = 20
LONG: Final = 2000  # lines from which on a payload does not fold


@require_safe
@needs("events.view")
def event_list(request: WorkspaceRequest) -> HttpResponse:
    """Events, newest first, those that fit the address; only its rows when htmx asks."""
    query = search.Query.read(request.GET)
    rows = search.find(request.workspace, query)
    page = keyset(rows, before=request.GET.get("before"), after=request.GET.get("after"), key="pk")
    context = {"page": page, "query": query, "states": search.STATES, "flags": search.FLAGS}
    context["waiting"] = replay.waiting_count(request.workspace)
    return render(request, "events_app/_event_rows.html" if request.htmx else "events_app/event_list.html", context)


@require_safe
@needs("events.view")
def event_detail(request: WorkspaceRequest, event_id: str) -> HttpResponse:
    """One event: how it came, what became of it, its payload with secrets masked; to htmx what may change of that."""
    event = _event(request, event_id)
    if request.htmx:
        return render(request, "events_app/_event_facts.html", _facts(event))
    return render(request, "events_app/event_detail.html", {**_facts(event), **_payload(event)})


@require_POST
@needs("events.replay")
def event_replay(request: WorkspaceRequest, event_id: str) -> HttpResponse:
    """Have one event projected again."""
    event = _event(request, event_id)
    replay.one(event)
    if not request.htmx:
        return redirect("events:event_detail", slug=request.workspace.slug, event_id=event_id)
    event.refresh_from_db()
    return render(request, "events_app/_event_facts.html", _facts(event))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("events.replay")
def replay_failed(request: WorkspaceRequest) -> HttpResponse:
    """Say how many events have failed, then have all of them projected again."""
    if request.method != "POST":
        context = {"count": replay.failed_count(request.workspace)}
        return render(request, "events_app/_replay_failed.html", context)
    count = replay.all_failed(request.workspace, by=request.user)
    said = ngettext("%(n)d event is projected again.", "%(n)d events are projected again.", count) % {"n": count}
    messages.info(request, said)
    target = reverse("events:event_list", args=[request.workspace.slug])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_safe
@needs("events.view")
def of_object(request: WorkspaceRequest, object_id: str) -> HttpResponse:
    """The last events about one object, as a part of its own page."""
    rows = WebhookEvent.objects.filter(workspace=request.workspace, object_id=object_id).defer("body")
    context = {"events": rows.order_by("-pk")[:OF_OBJECT]}
    return render(request, "events_app/_of_object.html", context)


def _event(request: WorkspaceRequest, event_id: str) -> WebhookEvent:
    rows = WebhookEvent.objects.select_related("workspace")
    return get_object_or_404(rows, workspace=request.workspace, event_id=event_id)


def _facts(event: WebhookEvent) -> dict[str, Any]:
    """What may change while the page is open."""
    return {"event": event, "size": _size(event), "media_url": _media_url(event), "changes": changes.of(event)}


def _payload(event: WebhookEvent) -> dict[str, Any]:
    """The payload for reading: lines that fold, or text where it is long; neither where it cannot be read."""
    try:
        payload = list(redaction.lines(parse(backlog.body_of(event)).payload))
    except (NotAnEvent, SecretUnreadable, RecursionError):
        return {}
    if len(payload) > LONG:
        return {"text": redaction.plain(payload)}
    return {"lines": payload}


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
