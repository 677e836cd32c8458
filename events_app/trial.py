"""A test event: have one sent to this workspace's address, see it arrive, or say what to look at when it does not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from events_app import rejections
from events_app.envelope import EVENT_ID_LENGTH, OBJECT_ID_LENGTH
from events_app.models import WebhookEvent
from workspace_app import hosts, probes, sandbox, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

PATIENCE: Final = timedelta(seconds=30)
# What a PATCH may carry and an item of a list tells: saving one of these again changes nothing.
_UNCHANGED: Final = ("title", "creatorId", "metadata")


class NothingToSave(Exception):
    """The workspace holds no media that could be saved again as it is."""


@dataclass(frozen=True)
class Sent:
    """What was asked for, and when by the database's clock, which also says when an event came.

    The sandbox names the event itself; of FastPix we know the media it will be about, and its title.
    """

    at: datetime
    event_id: str = ""
    object_id: str = ""
    title: str = ""

    @classmethod
    def read(cls, params: QueryDict) -> "Sent | None":
        """As the waiting page repeats it; None for nonsense."""
        try:
            at = parse_datetime(params.get("since", ""))
        except ValueError:
            return None
        event_id, object_id = params.get("event", "")[:EVENT_ID_LENGTH], params.get("object", "")[:OBJECT_ID_LENGTH]
        if at is None or timezone.is_naive(at) or not 1970 < at.year < 9000:
            return None
        if "\0" in event_id + object_id or not event_id + object_id:
            return None
        return cls(at, event_id, object_id, params.get("title", "")[:255])

    @property
    def address(self) -> str:
        """The query of the waiting page's address."""
        told = {"since": self.at.isoformat(), "event": self.event_id, "object": self.object_id, "title": self.title}
        return urlencode(told)

    @property
    def over(self) -> bool:
        """Whether it has been waited for long enough."""
        return timezone.now() - self.at > PATIENCE


def send(workspace: Workspace, *, by: User) -> Sent:
    """Have a test event sent. The sandbox makes one up; FastPix sends one when a media is saved, even unchanged.

    Raises NothingToSave, FastPixError.
    """
    at = Workspace.objects.annotate(at=Now()).values_list("at", flat=True).get(pk=workspace.pk)
    sent = Sent(at, event_id=sandbox.send_test_event(workspace)) if workspace.sandbox else _save_again(workspace, at)
    details = {"object": sent.object_id} if sent.object_id else {}
    timeline.record(workspace, "workspace", workspace.slug, "test_event_sent", source="person", by=by, details=details)
    return sent


def arrived(workspace: Workspace, sent: Sent) -> WebhookEvent | None:
    """The event that was asked for, once it is here."""
    events = WebhookEvent.objects.filter(workspace=workspace, received_at__gte=sent.at).defer("body")
    if sent.event_id:
        return events.filter(event_id=sent.event_id).first()
    about = events.filter(object_id=sent.object_id, type__in=("video.media.updated", "media.updated"))
    return about.order_by("pk").first()


def to_check(workspace: Workspace, sent: Sent) -> list[str]:
    """What may be in the way, the likeliest first; each is a sentence about this workspace."""
    refused = [count for count in rejections.of(workspace.slug) or () if count.last_at and count.last_at >= sent.at]
    found = [_("A delivery came and was refused: %(cause)s.") % {"cause": count.cause.label} for count in refused]
    if not workspace.webhook_secret:
        found.append(_("No signing secret is stored here, so deliveries are asked to come again later."))
    if not refused and probes.seen_at(workspace.slug) is None:
        found.append(_("No probe has been seen: is the address above saved in the FastPix dashboard, under Webhooks?"))
    return [*found, *_on_the_way(workspace)]


def _save_again(workspace: Workspace, at: datetime) -> Sent:
    """Save the newest media that has something to save, with the values it has."""
    client = client_for(workspace)
    listed: list[dict[str, Any]] = client.media.list(limit=10).data
    for item in listed:
        held = {name: item[name] for name in _UNCHANGED if item.get(name)}
        if held and isinstance(item.get("id"), str):
            name = next(iter(held))
            client.media.update(item["id"], **{name: held[name]})
            return Sent(at, object_id=item["id"], title=str(item.get("title") or item["id"])[:255])
    raise NothingToSave


def _on_the_way(workspace: Workspace) -> list[str]:
    if workspace.sandbox:
        page = hosts.origin(workspace.api_url)
        return [_("The sandbox's own page, %(url)s, says whether its webhooks are switched off.") % {"url": page}]
    here = {"url": settings.PUBLIC_URL}
    try:
        hosts.check(settings.PUBLIC_URL)
    except ValidationError:
        return [_("FastPix can hardly reach %(url)s: PUBLIC_URL has to be a public https address.") % here]
    return [
        _("Can %(url)s be reached from outside? A firewall or a proxy may keep FastPix away.") % here,
        _("Is the webhook enabled in the FastPix dashboard, and does it send the events of media?"),
    ]
