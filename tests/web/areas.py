"""The areas' first pages as names only, for the tests of the navigation."""

from django.http import HttpResponse
from django.urls import include, path


def nothing(request, **names):
    return HttpResponse()


def area(name, *views):
    return include(([path(f"{view}/", nothing, name=view) for view in views], name))


urlpatterns = [
    path("w/<slug:slug>/media/", area("media", "media_list", "upload_list", "playlist_list")),
    path("w/<slug:slug>/live/", area("live", "stream_list")),
    path("w/<slug:slug>/analytics/", area("analytics", "overview")),
    path("w/<slug:slug>/events/", area("events", "event_list")),
    path("w/<slug:slug>/", area("workspace", "settings")),
]
