"""Addresses of the events area, under /w/<slug>/events/."""

from django.urls import path

from events_app.views import endpoint, events, replays

app_name = "events"
urlpatterns = [
    path("", events.event_list, name="event_list"),
    path("of/<str:object_id>/", events.of_object, name="of_object"),
    path("deliveries/", endpoint.deliveries, name="deliveries"),
    path("rejections/", endpoint.rejections, name="rejections"),
    path("test/", endpoint.test_event, name="test_event"),
    path("replay/", replays.replay_failed, name="replay_failed"),
    path("replay/progress/", replays.replay_progress, name="replay_progress"),
    path("replay/<path:event_id>/", events.event_replay, name="event_replay"),
    # FastPix's event ids are UUIDs, but whatever was signed is kept
    path("<path:event_id>/", events.event_detail, name="event_detail"),
]
