"""What the intake is measured against: the same work as an ordinary Django view, under granian's WSGI.

The console's settings and middleware, the console's table; the view verifies, parses and calls `create()`. It is spared
what would make it slower for no good reason: the secret stays in memory, and its connections stay open.
"""

import contextlib
import hashlib
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastpix_console.settings")

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

settings.ROOT_URLCONF = __name__
settings.DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
application = get_wsgi_application()

from events_app import envelope  # noqa: E402  # models exist from here on
from events_app.models import WebhookEvent  # noqa: E402
from fastpix_api import webhooks  # noqa: E402
from workspace_app.models import Workspace  # noqa: E402

_workspace = Workspace.objects.get(slug="bench")


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Verify, parse, create."""
    raw = request.body
    if not webhooks.verify(raw, request.headers.get(webhooks.HEADER), (_workspace.webhook_secret,)):
        return HttpResponse(status=401)
    event = envelope.parse(raw)
    with contextlib.suppress(IntegrityError):  # it came again
        WebhookEvent.objects.create(
            workspace_id=_workspace.pk,
            event_id=event.event_id,
            type=event.type,
            object_id=event.object_id,
            occurred_at=event.occurred_at,
            body=raw,
            sha256=hashlib.sha256(raw).hexdigest(),
        )
    return JsonResponse({"ok": True})


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 once it answers."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [path("webhooks/bench/", receive), path("healthz", healthz)]
