"""Every address of the console. `/webhooks/…` and `/push/…` never get here: the edge answers them (asgi.py)."""

from django.urls import include, path

from fastpix_console import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("workspace_app.account_urls")),
    path("", include("workspace_app.urls")),
    path("w/<slug:slug>/", include("media_app.urls")),
    path("w/<slug:slug>/live/", include("live_app.urls")),
    path("w/<slug:slug>/analytics/", include("analytics_app.urls")),
    path("w/<slug:slug>/events/", include("events_app.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"
