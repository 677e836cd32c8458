"""In-video AI of a media: asking FastPix, and where each asking stands.

FastPix's yes promises no result (recorded), and until there is one it may say nothing at all of the feature. So the
asking itself is remembered in the media's history, and so is a failure, which only its event explains.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events_app import push
from fastpix_api import Answer, FastPix, FastPixError
from media_app import reconcile
from media_app.models import Media
from media_app.services import ai_results
from media_app.services.ai_results import FEATURES, Chapter, Entity, Score
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry, User

TITLES: Final[dict[str, str | Promise]] = {
    "summary": gettext_lazy("Summary"),
    "chapters": gettext_lazy("Chapters"),
    "namedEntities": gettext_lazy("Named entities"),
    "moderation": gettext_lazy("Moderation"),
}
ASKED, FAILED = "ai_asked", "ai_failed"
# What tells something about a feature in the history: the two of ours, and what FastPix was seen to change.
_TELLING: Final = (ASKED, FAILED, "updated", "missed", "ready", "created")
# No time is documented. After this, or the media's own length where it is longer, a person is told that nothing came.
PATIENCE: Final = timedelta(minutes=10)

State = Literal["none", "waiting", "late", "ready", "failed"]


@dataclass(frozen=True)
class Part:
    """Where one feature of a media stands.

    none ▶ waiting ▶ ready | failed; `late` is waiting for longer than is likely. `asked_at` is None where it was not
    asked for here. `blocked`: why it cannot be asked for now, "" where it can. `as_it_came`: a result as JSON.
    """

    feature: str
    title: str
    state: State
    asked_at: datetime | None = None
    asked_by: str = ""
    reason: str = ""
    blocked: str = ""
    as_it_came: str = ""


def parts(media: Media) -> list[Part]:
    """Where each feature stands, in the order of the page."""
    told = _told(media)
    return [_part(media, feature, told) for feature in FEATURES]


@dataclass(frozen=True)
class Card:
    """All that the page shows of a media's AI: where each feature stands, and the results that are there."""

    parts: list[Part]
    summary: str
    chapters: list[Chapter]
    webvtt: str
    entities: list[Entity]
    scores: list[Score]

    @property
    def awaiting(self) -> bool:
        """Whether FastPix was asked for something that is not there yet."""
        return any(part.state in ("waiting", "late") for part in self.parts)

    @property
    def flagged(self) -> list[Score]:
        """The scores a person should look at."""
        return [score for score in self.scores if score.flagged]


def card(media: Media) -> Card:
    """The results of a media, read, and where each feature stands."""
    chapters = ai_results.chapters(media)
    return Card(
        parts=parts(media),
        summary=ai_results.summary(media),
        chapters=chapters,
        webvtt=ai_results.webvtt(chapters, media.duration_ms),
        entities=ai_results.entities(media),
        scores=ai_results.scores(media),
    )


def kinds(media: Media) -> list[str]:
    """What moderation can look at in this media: video, audio, av (both)."""
    types = {track.type for track in media.tracks.all()}
    if media.is_audio_only:
        return ["audio"]
    return ["video"] if types and "audio" not in types else ["av", "video", "audio"]


def ask(
    media: Media, feature: str, *, by: User, client: FastPix | None = None, length: int = 100, kind: str = "av"
) -> None:
    """Ask FastPix for a feature; a result that is there is given up first, because FastPix refuses to make a second.

    `length`: words of a summary, 30 to 250. `kind`: what moderation looks at. Raises FastPixError; where the result was
    given up by then, the row is made to say so.
    """
    client = client or client_for(media.workspace)
    again = ai_results.is_done(media, feature)
    try:
        if again:
            _switch_off(client, media.remote_id, feature)
        answer = _switch_on(client, media.remote_id, feature, length=length, kind=kind)
    except FastPixError:
        if again:
            _look(media, client)
        raise
    chosen: dict[str, dict[str, Any]] = {"summary": {"length": length}, "moderation": {"kind": kind}}
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        ASKED,
        source="person",
        by=by,
        details={"feature": feature, "note": str(TITLES[feature]), **chosen.get(feature, {})},
        request_id=answer.request_id,
    )
    _look(media, client)
    push.ring(media.workspace, f"media:{media.remote_id}")


def _switch_on(client: FastPix, media_id: str, feature: str, *, length: int, kind: str) -> Answer:
    match feature:
        case "summary":
            return client.ai.update_summary(media_id, generate=True, length=length)
        case "chapters":
            return client.ai.update_chapters(media_id, chapters=True)
        case "namedEntities":
            return client.ai.update_named_entities(media_id, named_entities=True)
        case _:
            return client.ai.update_moderation(media_id, kind=kind)


def _switch_off(client: FastPix, media_id: str, feature: str) -> None:
    """Give a result up. Documented: moderation cannot be switched off, so it is never asked for twice."""
    if feature == "summary":
        client.ai.update_summary(media_id, generate=False)
    elif feature == "chapters":
        client.ai.update_chapters(media_id, chapters=False)
    elif feature == "namedEntities":
        client.ai.update_named_entities(media_id, named_entities=False)


def _look(media: Media, client: FastPix) -> None:
    """Have the row say what the media is like now: the answers to asking say nothing of it.

    Where FastPix does not answer this, what was asked for stays asked for.
    """
    with suppress(FastPixError):
        reconcile.ask(media, by="call", client=client)


def _told(media: Media) -> list[TimelineEntry]:
    """What the history tells about features, in the order it was written, which is that in which it was heard."""
    entries = TimelineEntry.objects.filter(
        workspace=media.workspace, area="media", object_id=media.remote_id, verb__in=_TELLING
    )
    return sorted(entries[:200], key=lambda entry: entry.pk)


def _part(media: Media, feature: str, told: list[TimelineEntry]) -> Part:
    asked, failed, changed = _last(told, feature)
    status = ai_results.record(media, feature)[0]
    has_failed = failed is not None and (asked is None or failed.pk > asked.pk)
    # asked for, and since then nothing was heard of it: where a result came and went again, it is not awaited
    awaited = asked is not None and (changed is None or changed.pk < asked.pk)
    if ai_results.is_done(media, feature):
        state: State = "ready"
    elif has_failed or status == "failed":
        state = "failed"
    elif status or awaited:
        state = "late" if asked and _overdue(media, asked.occurred_at) else "waiting"
    else:
        state = "none"
    return Part(
        feature,
        str(TITLES[feature]),
        state,
        asked_at=asked.occurred_at if asked else None,
        asked_by=asked.actor_name if asked else "",
        reason=str(failed.details.get("reason", "")) if failed and has_failed else ai_results.reason(media, feature),
        blocked=_blocked(media, feature, state),
        as_it_came=ai_results.as_it_came(media, feature) if state == "ready" else "",
    )


def _last(told: list[TimelineEntry], feature: str) -> tuple[TimelineEntry | None, ...]:
    """The newest asking, failure and change of a feature."""
    asked = failed = changed = None
    for entry in told:
        if entry.verb in (ASKED, FAILED):
            if entry.details.get("feature") == feature:
                asked, failed = (entry, failed) if entry.verb == ASKED else (asked, entry)
        elif feature in (entry.details.get("values") or {}):
            changed = entry
    return asked, failed, changed


def _overdue(media: Media, asked_at: datetime) -> bool:
    length = timedelta(milliseconds=min(media.duration_ms or 0, 86_400_000))
    return timezone.now() - asked_at > max(PATIENCE, length)


def _blocked(media: Media, feature: str, state: State) -> str:
    if media.gone or media.status == Media.Status.FAILED:
        return _("FastPix has no media here to look into.")
    if media.status != Media.Status.READY:
        return _("FastPix looks into a media once it is ready.")
    if feature == "moderation":
        return _("FastPix moderates a media once. This result stays.") if state == "ready" else ""
    types = {track.type for track in media.tracks.all()}
    if types and "audio" not in types:
        return _("This media has no audio, and FastPix works from what is said in it.")
    return ""
