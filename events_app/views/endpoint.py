"""What arrives at a workspace's webhook address, as parts of its settings page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from events_app import deliveries as counted
from events_app import rejections as refused
from events_app import trial
from workspace_app.access import needs
from workspace_app.requests import WorkspaceRequest


@require_safe
@needs("events.view")
def deliveries(request: WorkspaceRequest) -> HttpResponse:
    """The last delivery, how long deliveries are under way, and what waits."""
    context = {"recent": counted.recent(request.workspace), "waiting": counted.waiting(request.workspace)}
    return render(request, "events_app/_deliveries.html", context)


@require_safe
@needs("events.view")
def rejections(request: WorkspaceRequest) -> HttpResponse:
    """How many were refused in the last days, by likely cause."""
    context = {"counts": refused.of(request.workspace.slug), "days": refused.DAYS}
    return render(request, "events_app/_rejections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("workspace.settings")
def test_event(request: WorkspaceRequest) -> HttpResponse:
    """Say what a test event is, have one sent, wait for it; the address of the waiting page says for which."""
    workspace, nothing = request.workspace, False
    sent = trial.Sent.read(request.GET)
    if request.method == "POST":
        try:
            sent = trial.send(workspace, by=request.user)
        except trial.NothingToSave:
            sent, nothing = None, True
    event = trial.arrived(workspace, sent) if sent else None
    checks = trial.to_check(workspace, sent) if sent and sent.over and not event else []
    seconds = (event.received_at - sent.at).total_seconds() if sent and event else None
    context = {"sent": sent, "event": event, "seconds": seconds, "checks": checks, "nothing": nothing}
    return render(request, "events_app/_test_event.html", context)
