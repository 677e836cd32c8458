"""Which added tracks a player can choose from, and how a master playlist names them."""

from pathlib import Path

from sandbox import renditions, track_records
from sandbox.records import Media
from sandbox.track_records import Track
from sandbox.world import World

SOUND_CODEC = "mp4a.40.2"


def playable(here: World, media: Media) -> list[Track]:
    """The tracks that have files: the film's own sound first, where it can be chosen, then the added, oldest first.

    A replaced file plays until the next one is ready; a track that failed before it had any is left out.
    """
    folder, own_id = here.folder(media.id), media.probe.get("audio", {}).get("id", "")
    added = track_records.of_media(here.store, media.id)[::-1]
    found = {track.id: track for track in added if (folder / track.folder).exists()}
    if own_id not in found and (folder / renditions.own_folder(media)).exists() and own_id:
        found[own_id] = Track(own_id, media.id, "audio", "", "und", "default", "", "available", wanted=0)
    return sorted(found.values(), key=lambda track: track.id != own_id)


def folder_of(here: World, media: Media, track_id: str, kind: str) -> Path | None:
    """Where the files of one of them are."""
    found = next((one for one in playable(here, media) if one.id == track_id and one.kind == kind), None)
    return here.folder(media.id) / found.folder if found else None


def named(here: World, media: Media, base: str, token: str) -> tuple[list[str], dict[str, str]]:
    """The EXT-X-MEDIA lines of a master playlist, and what its variants say of them: group by kind of track.

    `base` is the address of the playback ID, `token` the query that follows each address. Sound is named only where
    there is a choice beside what lies in the variants.
    """
    tracks = playable(here, media)
    own_id = media.probe.get("audio", {}).get("id", "")
    sounds = [track for track in tracks if track.kind == "audio"]
    if [track.id for track in sounds] == [own_id] and not track_records.one_or_none(here.store, own_id):
        sounds = []
    lines = [_line(one, "audio", f"{base}/audio/{one.id}/index.m3u8{token}", one is sounds[0]) for one in sounds]
    texts = [track for track in tracks if track.kind == "subtitle"]
    lines += [_line(one, "text", f"{base}/text/{one.id}/index.m3u8{token}", False) for one in texts]
    groups = {"AUDIO": "audio"} if sounds else {}
    return lines, groups | ({"SUBTITLES": "text"} if texts else {})


def joined(information: str, groups: dict[str, str]) -> str:
    """A variant's EXT-X-STREAM-INF line with its groups."""
    if "AUDIO" in groups and 'CODECS="' in information and "mp4a" not in information:
        information = information.replace('CODECS="', f'CODECS="{SOUND_CODEC},')
    return information + "".join(f',{kind}="{group}"' for kind, group in groups.items())


def _line(track: Track, group: str, address: str, default: bool) -> str:
    kind = "AUDIO" if track.kind == "audio" else "SUBTITLES"
    name = track.language_name.translate({ord('"'): "'", ord("\n"): " ", ord("\r"): " "})
    more = 'CHANNELS="2",' if kind == "AUDIO" else "FORCED=NO,"
    return (
        f'#EXT-X-MEDIA:TYPE={kind},GROUP-ID="{group}",NAME="{name}",LANGUAGE="{track.language_code}",'
        f'DEFAULT={"YES" if default else "NO"},AUTOSELECT=YES,{more}URI="{address}"'
    )
