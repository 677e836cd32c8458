"""Addresses of the live area."""

from django.urls import path

from live_app.views import streams

app_name = "live"
urlpatterns = [
    path("", streams.stream_list, name="stream_list"),
]
