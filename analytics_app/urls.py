"""Addresses of the analytics area."""

from django.urls import path

from analytics_app.views import audience, overview

app_name = "analytics"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("views/", audience.views_show, name="views_show"),
    path("playing-time/", audience.playing_time_show, name="playing_time_show"),
]
