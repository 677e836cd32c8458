"""Where the object of an event has its page: areas are linked by the name of an address and FastPix's id."""

from django.urls import NoReverseMatch, reverse

from events_app.envelope import family_of
from events_app.models import WebhookEvent

_PAGES = (
    (("media.", "mediaAI."), "media:media_detail"),
    (("live_stream.",), "live:stream_detail"),
)


def page_of(event: WebhookEvent) -> str:
    """The page of the object an event was about; "" where it has none: there is a row once it was projected."""
    family = family_of(event.type)
    # uploads have no media yet
    if event.state != WebhookEvent.State.PROJECTED or not event.object_id or family.startswith("media.upload"):
        return ""
    for beginnings, name in _PAGES:
        if family.startswith(beginnings):
            try:
                return reverse(name, args=[event.workspace.slug, event.object_id])
            except NoReverseMatch:
                return ""
    return ""


def icon_of(event_type: str) -> str:
    """The icon of the kind of object a type is about."""
    family = family_of(event_type)
    if family.startswith("media.upload"):
        return "cloud-upload"
    if family.startswith(("media.", "mediaAI.")):
        return "movie"
    return "broadcast" if family.startswith("live_stream.") else "webhook"
