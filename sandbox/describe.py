"""Media in FastPix's words. A key without a value is left out, never null (recorded)."""

from math import gcd
from typing import Any

from sandbox import ai_results, records, times, track_records
from sandbox.records import Media
from sandbox.track_records import Track
from sandbox.world import World

TIERS = (480, 720, 1080, 1440, 2160)


def created(world: World, media: Media) -> dict[str, Any]:
    """The answer to create-media, and the data of the events that announce a media (recorded shape)."""
    settings = media.settings
    return _present(
        {
            "id": media.id,
            "trial": False,
            "status": media.status,
            "createdAt": media.created_at,
            "updatedAt": media.updated_at,
            "playbackIds": _playback_ids(world, media),
            "metadata": settings.get("metadata"),
            "mediaQuality": settings["mediaQuality"],
            "sourceAccess": settings["sourceAccess"],
            "maxResolution": settings["maxResolution"],
            "inputs": settings.get("inputs"),
            "sourceMediaId": media.source_media_id,
            "optimizeAudio": settings["optimizeAudio"],
        }
    )


def whole(world: World, media: Media, *, track_status: str = "available") -> dict[str, Any]:
    """The entity as get, PATCH and events show it (recorded). Lists call their tracks "Ready", details "available"."""
    settings = media.settings
    playback_ids = _playback_ids(world, media)
    probe = media.probe
    answer = {
        "id": media.id,
        "workspaceId": world.workspace_id,
        "metadata": settings.get("metadata"),
        "mediaQuality": settings["mediaQuality"],
        "title": settings.get("title"),
        "creatorId": settings.get("creatorId"),
        "maxResolution": settings["maxResolution"],
        "status": media.status,
        "sourceAccess": settings["sourceAccess"],
        "mp4Support": settings.get("mp4Support"),
        "sourceMediaId": media.source_media_id,
        "playbackIds": playback_ids,
        "createdAt": media.created_at,
        "updatedAt": media.updated_at,
    }
    if media.status == "Ready":
        added = track_records.of_media(world.store, media.id)
        answer |= _thumbnail(world, media, playback_ids[0]["id"] if playback_ids else "") | _facts(probe)
        answer |= {"tracks": all_tracks(probe, added, track_status)} | _subtitles(world, added)
    return _present(answer | ai_results.described(world.store, media.id))


def listed(world: World, shown: list[Media]) -> list[dict[str, Any]]:
    """Ready media in a playlist, where their titles and playback IDs are not told (recorded)."""
    first = records.first_playback_ids(world.store, [media.id for media in shown])
    return [_listed(world, media, first.get(media.id, "")) for media in shown]


def _listed(world: World, media: Media, playback_id: str) -> dict[str, Any]:
    facts = _facts(media.probe)
    return {
        "createdAt": media.created_at,
        **{name: facts[name] for name in ("duration", "sourceResolution") if name in facts},
        "id": media.id,
        "status": media.status,
        **_thumbnail(world, media, playback_id),
    }


def deleted(world: World, media: Media) -> dict[str, Any]:
    """What is left to say of a deleted media (the event of a deletion)."""
    return _present(
        {
            "id": media.id,
            "workspaceId": world.workspace_id,
            "status": "Deleted",
            "metadata": media.settings.get("metadata"),
            "createdAt": media.created_at,
            "updatedAt": times.now(),
        }
    )


def tracks(probe: dict[str, Any], status: str) -> list[dict[str, Any]]:
    """The tracks of a probed file; empty before it was probed."""
    found: list[dict[str, Any]] = []
    video, audio = probe.get("video"), probe.get("audio")
    if video:
        found.append(
            {
                "id": video["id"],
                "type": "video",
                "width": video["width"],
                "height": video["height"],
                "frameRate": f"{video['fps']:.3f}",
                "status": status,
            }
        )
    if audio:
        names = {"languageCode": "und", "languageName": "default"}
        found.append({"id": audio["id"], "type": "audio", "status": status} | names)
    return found


def all_tracks(probe: dict[str, Any], added: list[Track], status: str) -> list[dict[str, Any]]:
    """The added tracks and those of the file, whose sound can have been given another name or file."""
    instead = {track.id for track in added}
    own = [one for one in tracks(probe, status) if one["id"] not in instead]
    return [*(track.described(status) for track in added), *own]


def subtitle_url(world: World, track: Track) -> dict[str, str]:
    """{url} of a subtitle track's file by the first playback ID; nothing before there is one."""
    playback_ids = records.playback_ids(world.store, track.media_id)
    if not track.made or not playback_ids:
        return {}
    return {"url": f"{world.settings.stream_url}/{playback_ids[0].id}/text/{track.id}.vtt"}


def _subtitles(world: World, added: list[Track]) -> dict[str, Any]:
    """What the entity says of subtitles beside its tracks: which were generated, and whether any can be read."""
    texts = [track for track in added if track.kind == "subtitle"]
    generated = [{"status": one.status} | subtitle_url(world, one) for one in texts if one.heard_in]
    return {"generatedSubtitles": generated, "subtitleAvailable": any(one.made for one in texts)}


def _thumbnail(world: World, media: Media, playback_id: str) -> dict[str, str]:
    """The picture is named by the first playback ID; sound alone has none."""
    if not media.probe.get("video") or not playback_id:
        return {}
    return {"thumbnail": f"{world.settings.images_url}/{playback_id}/thumbnail.png"}


def _facts(probe: dict[str, Any]) -> dict[str, Any]:
    video = probe.get("video")
    facts: dict[str, Any] = {
        "generatedSubtitles": [],
        "isAudioOnly": not video,
        "subtitleAvailable": False,
        "duration": times.duration(probe["seconds"]),
    }
    if video:
        facts["sourceResolution"] = str(_tier(min(video["width"], video["height"])))
        facts["aspectRatio"] = _ratio(video["width"], video["height"])
    return facts


def _tier(short_side: int) -> int:
    """The nearest resolution word of the document, which knows none below 480 for a media that is read."""
    return min(TIERS, key=lambda tier: abs(tier - short_side))


def _ratio(width: int, height: int) -> str:
    """Width to height in lowest terms; a ratio within 1 % of a usual one is called by that name."""
    for across, down in ((16, 9), (9, 16), (4, 3), (3, 4), (1, 1), (21, 9)):
        if abs(width / height - across / down) < 0.01 * across / down:
            return f"{across}:{down}"
    divisor = gcd(width, height)
    return f"{width // divisor}:{height // divisor}"


def _playback_ids(world: World, media: Media) -> list[dict[str, Any]]:
    return [playback_id.described() for playback_id in records.playback_ids(world.store, media.id)]


def _present(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if value is not None}


def clip(world: World, media: Media) -> dict[str, Any]:
    """A media in the list of another's clips (documented)."""
    kept = ("id", "status", "createdAt", "duration", "thumbnail", "playbackIds")
    entity = whole(world, media)
    return {name: entity[name] for name in kept if name in entity}
