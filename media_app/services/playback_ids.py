"""Playback IDs: made, removed, ruled, and the tokens that open them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from fastpix_api import Answer, FastPix, NotFound
from media_app import reconcile
from media_app.mirror import apply, partial
from media_app.models import Media, PlaybackId
from media_app.services import restrictions
from media_app.services.restrictions import KINDS, Kind, Rules
from workspace_app import signing_keys, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User

Policy = PlaybackId.Policy


class Changed(Exception):
    """FastPix holds other rules than the person saw when they began; `held` are those."""

    def __init__(self, held: Rules) -> None:
        super().__init__()
        self.held = held


@dataclass(frozen=True)
class Line:
    """One playback ID as pages tell of it."""

    playback: PlaybackId

    @property
    def needs_token(self) -> bool:
        return self.playback.access_policy in (Policy.PRIVATE, Policy.DRM)

    @property
    def rules(self) -> list[str]:
        """Its rules in words; none where everyone may play it."""
        words = [restrictions.sentence(kind, restrictions.of(self.playback, kind)) for kind in KINDS]
        return [one for one in words if one]

    @property
    def shut(self) -> bool:
        """Whether its rules let nobody play it."""
        rules = (restrictions.of(self.playback, kind) for kind in KINDS)
        return any(one.default_policy == "deny" and not one.allow for one in rules)


@dataclass(frozen=True)
class Token:
    """A playback token, told once and kept nowhere."""

    text: str = field(repr=False)
    key_id: str
    expires_at: datetime


def card(media: Media) -> dict[str, Any]:
    """What the card of a media's playback IDs shows: `playback_lines`, and `leak`, the public ID of a private media."""
    lines = [Line(playback) for playback in media.playback_ids.all()]
    public = next((line.playback for line in lines if line.playback.access_policy == Policy.PUBLIC), None)
    return {"playback_lines": lines, "leak": public if any(line.needs_token for line in lines) else None}


def add(
    media: Media, *, access_policy: str, by: User, resolution: str = "", drm_configuration_id: str = ""
) -> PlaybackId | None:
    """Create a playback ID at FastPix; returns its row, None where the mirror has yet to hear of it.

    `access_policy` public, private or drm, which needs `drm_configuration_id`; `resolution` 480p to 2160p, the highest
    it serves. Raises FastPixError, Refused with "not ready for updates" before the media is Ready (observed).
    """
    settings = {"resolution": resolution, "drmConfigurationId": drm_configuration_id if access_policy == "drm" else ""}
    answer = client_for(media.workspace).playback.create(
        media.remote_id, access_policy=access_policy, **{name: value for name, value in settings.items() if value}
    )
    made = str(answer.data.get("id") or "")
    note = ", ".join(word for word in (access_policy, resolution, made) if word)
    _tell(media, "playback_id_added", by, note=note, playback_id=made, request_id=answer.request_id)
    _take(media, answer, [*_held(media), answer.data])
    return media.playback_ids.filter(remote_id=made).first()


def delete(playback: PlaybackId, *, by: User) -> None:
    """Remove a playback ID at FastPix, for good. One FastPix no longer has counts as removed once it was asked.

    Raises FastPixError: then it is still there.
    """
    media, client = playback.media, client_for(playback.media.workspace)
    try:
        answer = client.playback.delete(media.remote_id, playback.remote_id)
    except NotFound:
        reconcile.ask(media, by="call", client=client)
        return
    note = f"{playback.access_policy}, {playback.remote_id}"
    _tell(media, "playback_id_removed", by, note=note, playback_id=playback.remote_id, request_id=answer.request_id)
    _take(media, answer, [one for one in _held(media) if one["id"] != playback.remote_id])


def rules_at_fastpix(playback: PlaybackId, kind: Kind, *, client: FastPix | None = None) -> Rules:
    """The rules FastPix holds now. Raises FastPixError."""
    media = playback.media
    client = client or client_for(media.workspace)
    with _asked_when_missing(media, client):
        answer = client.playback.get(media.remote_id, playback.remote_id)
    said = answer.data.get("accessRestrictions")
    return restrictions.read(said.get(kind) if isinstance(said, dict) else None)


def replace_rules(playback: PlaybackId, kind: Kind, rules: Rules, *, began: Rules, by: User) -> None:
    """Replace the rules of one kind; `began` are those the person saw.

    Raises Changed where FastPix holds others by now: the operation replaces all of them, so somebody's change would be
    lost. Raises FastPixError, Invalid with the fields allow and deny.
    """
    media, client = playback.media, client_for(playback.media.workspace)
    held = rules_at_fastpix(playback, kind, client=client)
    if not held.same_as(began):
        raise Changed(held)
    update = client.playback.update_domains if kind == "domains" else client.playback.update_user_agents
    with _asked_when_missing(media, client):
        answer = update(
            media.remote_id,
            playback.remote_id,
            default_policy=rules.default_policy,
            allow=rules.allow,
            deny=rules.deny,
        )
    note = f"{playback.remote_id}: {restrictions.in_full(held)} → {restrictions.in_full(rules)}"
    verb = "domains_changed" if kind == "domains" else "user_agents_changed"
    _tell(media, verb, by, note=note, playback_id=playback.remote_id, request_id=answer.request_id)
    _take(media, answer, [_with_rules(one, playback, kind, answer.data) for one in _held(media)])


def mint(playback: PlaybackId, *, lifetime: timedelta, by: User) -> Token | None:
    """A token that opens a private or DRM playback ID for `lifetime`; None where no signing key is kept."""
    media = playback.media
    key = signing_keys.newest(media.workspace)
    if key is None:
        return None
    expires_at = timezone.now() + lifetime
    audience: signing_keys.Audience = "drm" if playback.access_policy == Policy.DRM else "media"
    text = signing_keys.sign(key, playback.remote_id, lifetime=lifetime, audience=audience)
    until = formats.date_format(timezone.localtime(expires_at), "j M Y, H:i")
    note = _("%(playback)s, until %(until)s") % {"playback": playback.remote_id, "until": until}
    _tell(media, "token_minted", by, note=note, playback_id=playback.remote_id, signing_key=key.remote_id)
    return Token(text, key.remote_id, expires_at)


def _held(media: Media) -> list[dict[str, Any]]:
    """The playback IDs our rows have, as FastPix lists them."""
    return [
        {"id": one.remote_id, "accessPolicy": one.access_policy, "accessRestrictions": one.restrictions}
        for one in media.playback_ids.all()
    ]


def _take(media: Media, answer: Answer, playback_ids: list[dict[str, Any]]) -> None:
    """Take the whole set, as it is after this answer, into the row as it was read: a change in between marks it."""
    said = partial(replace(answer, data={"playbackIds": playback_ids}), media.version)
    apply(media.workspace, media.remote_id, replace(said, entity=False))


def _with_rules(one: dict[str, Any], playback: PlaybackId, kind: Kind, rules: Mapping[str, Any]) -> dict[str, Any]:
    if one["id"] != playback.remote_id:
        return one
    return {**one, "accessRestrictions": {**one["accessRestrictions"], kind: dict(rules)}}


@contextmanager
def _asked_when_missing(media: Media, client: FastPix) -> Iterator[None]:
    """Where FastPix no longer has a playback ID, ask about its media, so that the page shows what is left."""
    try:
        yield
    except NotFound:
        reconcile.ask(media, by="call", client=client)
        raise


def _tell(media: Media, verb: str, by: User, *, request_id: str = "", **details: str) -> None:
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        verb,
        source="person",
        by=by,
        details=details,
        request_id=request_id,
    )
