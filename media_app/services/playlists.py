"""What people do with playlists. FastPix holds them; every write that depends on the contents reads them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fastpix_api import Answer, FastPix, Invalid
from fastpix_api.paging import pages
from media_app.models import Media
from media_app.services.playlist_reading import Playlist, media_ids, read, read_listed
from web.paging import Numbered, numbered
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import User, Workspace

PAGE_SIZE: Final = 50
MOST: Final = 1000  # media of a playlist (documented)
LOOKED_THROUGH: Final = 4  # pages a search reads at most: FastPix has no search of its own
NAMED: Final = 3  # titles that a sentence repeats


class Changed(Exception):
    """The playlist is no longer what the person saw, so nothing was written. `playlist` is what it is now."""

    perhaps_done = False

    def __init__(self, playlist: Playlist, seen: Sequence[str]) -> None:
        self.playlist = playlist
        self.seen = seen
        super().__init__("The playlist was changed meanwhile.")

    @property
    def sentence(self) -> str:
        """What happened, what came and went, and what still holds."""
        here = set(self.playlist.media_ids)
        gone = len([one for one in self.seen if one not in here])
        came = len(here - set(self.seen))
        parts = [_("This playlist was changed elsewhere meanwhile, so nothing was done.")]
        if gone:
            parts.append(ngettext("%(n)d media left it.", "%(n)d media left it.", gone) % {"n": gone})
        if came:
            parts.append(ngettext("%(n)d media came in.", "%(n)d media came in.", came) % {"n": came})
        return " ".join([*parts, _("What you see is how FastPix has it now; do it again where it is still wanted.")])


class NothingToAdd(Exception):
    """None of the media can be added; `sentence` says why."""

    perhaps_done = False

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Added:
    """What came of adding: the playlist, how many came in, and why others did not, in sentences."""

    playlist: Playlist
    count: int
    notes: list[str]

    @property
    def sentence(self) -> str:
        """How it went, as one toast."""
        told = ngettext("Added %(n)d media.", "Added %(n)d media.", self.count) % {"n": self.count}
        return " ".join([told, *self.notes])


def listed(workspace: Workspace, number: int) -> Numbered[Playlist]:
    """Page `number` of the playlists, newest first. Raises FastPixError."""
    answer = client_for(workspace).playlists.list(limit=PAGE_SIZE, offset=number)
    return numbered(read_listed(answer), number, PAGE_SIZE, answer.pagination)


def search(workspace: Workspace, words: Sequence[str]) -> tuple[list[Playlist], int | None]:
    """The playlists whose name or reference ID holds every word, and of how many of the newest that was looked for.

    None instead of the number where all were looked through. Raises FastPixError.
    """
    looked: list[Playlist] = []
    whole = False
    for answer in pages(client_for(workspace).playlists.list, at_most=LOOKED_THROUGH):
        looked += read_listed(answer)
        whole = len(answer.data) < PAGE_SIZE
    found = [one for one in looked if all(word in f"{one.name}\n{one.reference_id}".lower() for word in words)]
    return found, None if whole else len(looked)


def find(workspace: Workspace, remote_id: str) -> Playlist:
    """One playlist with its media. Raises FastPixError."""
    return read(workspace, client_for(workspace).playlists.get(remote_id))


def create(
    workspace: Workspace,
    *,
    name: str,
    reference_id: str,
    description: str,
    limit: int | None,
    smart: Mapping[str, Any] | None,
    by: User,
) -> Playlist:
    """Create a playlist; see fastpix_api.playlists.Playlists.create. Raises FastPixError, Conflict, Invalid."""
    told = description or None
    answer = client_for(workspace).playlists.create(
        name=name, reference_id=reference_id, description=told, limit=limit, smart=smart
    )
    made = read(workspace, answer)
    _record(workspace, made.remote_id, "playlist_created", answer, by=by, name=made.name)
    return made


def edit(workspace: Workspace, remote_id: str, *, name: str, description: str, by: User) -> Playlist:
    """Change name and description. Raises FastPixError, Invalid."""
    answer = client_for(workspace).playlists.update(remote_id, name=name, description=description)
    _record(workspace, remote_id, "playlist_edited", answer, by=by, name=name)
    return read(workspace, answer)


def delete(workspace: Workspace, remote_id: str, *, by: User) -> None:
    """Delete a playlist for good; its media stay. Raises FastPixError."""
    answer = client_for(workspace).playlists.delete(remote_id)
    _record(workspace, remote_id, "playlist_deleted", answer, by=by)


def add(workspace: Workspace, remote_id: str, wanted: Sequence[str], *, by: User) -> Added:
    """Append media in this order. What cannot come in is left out and told.

    Documented: FastPix takes at most 1000, and only what is Ready; it leaves out the rest without a word, so its answer
    is compared. Raises FastPixError, NothingToAdd.
    """
    rows = Media.objects.filter(workspace=workspace, remote_id__in=wanted, gone=False)
    titles = {media.remote_id: media.title or media.remote_id for media in rows}
    ready = {media.remote_id for media in rows if media.status == Media.Status.READY}
    unknown = [one for one in wanted if one not in titles]
    unready = [titles[one] for one in wanted if one in titles and one not in ready]
    notes = _left_out(unknown, unready)
    client = client_for(workspace)
    held = media_ids(client.playlists.get(remote_id))
    new = [one for one in dict.fromkeys(wanted) if one in ready and one not in held]
    if doubles := len(ready) - len(new):
        notes.append(ngettext("%(n)d was in it already.", "%(n)d were in it already.", doubles) % {"n": doubles})
    if len(held) + len(new) > MOST:
        notes = [_("A playlist holds at most %(most)d media; this one has %(n)d.") % {"most": MOST, "n": len(held)}]
        new = []
    if not new:
        raise NothingToAdd(" ".join(notes) or _("Choose at least one media."))
    answer = client.playlists.add_media(remote_id, new)
    playlist = read(workspace, answer)
    missing = [titles[one] for one in new if one not in set(playlist.media_ids)]
    if missing:
        notes.append(_("FastPix left out: %(titles)s.") % {"titles": _named(missing)})
    count = len(new) - len(missing)
    _record(workspace, remote_id, "playlist_items_added", answer, by=by, count=count)
    return Added(playlist, count, notes)


def remove(workspace: Workspace, remote_id: str, unwanted: Sequence[str], *, by: User) -> Playlist:
    """Take media out; they stay in the library. What somebody else took out already counts as done.

    Raises FastPixError.
    """
    client = client_for(workspace)
    answer = client.playlists.get(remote_id)
    inside = set(media_ids(answer))
    out = [one for one in dict.fromkeys(unwanted) if one in inside]
    if out:
        answer = client.playlists.remove_media(remote_id, out)
        _record(workspace, remote_id, "playlist_items_removed", answer, by=by, count=len(out))
    return read(workspace, answer)


def reorder(workspace: Workspace, remote_id: str, order: Sequence[str], *, seen: str, by: User) -> Playlist:
    """Put the media into `order`, all of them; `seen` is the mark of what the person saw.

    The operation replaces the order as a whole: what FastPix holds is read first, and where that is something else,
    nothing is written. Raises FastPixError, Changed.
    """
    client = client_for(workspace)
    held = _as_seen(workspace, client, remote_id, order, seen)
    if sorted(held.media_ids) != sorted(order):
        raise Changed(held, order)
    try:
        answer = client.playlists.reorder(remote_id, order)
    except Invalid as refusal:
        # somebody was between the reading and the writing: the list is no longer complete
        raise Changed(find(workspace, remote_id), order) from refusal
    _record(workspace, remote_id, "playlist_reordered", answer, by=by)
    return read(workspace, answer)


def restore(workspace: Workspace, remote_id: str, order: Sequence[str], *, seen: str, by: User) -> Playlist:
    """Bring back what was taken out, at its old places: `order` is the whole of before, `seen` the mark since.

    FastPix can only append, so it is appended and then put in order. Raises FastPixError, Changed.
    """
    client = client_for(workspace)
    held = _as_seen(workspace, client, remote_id, order, seen)
    back = [one for one in order if one not in set(held.media_ids)]
    if not back:
        return held
    answer = client.playlists.add_media(remote_id, back)
    _record(workspace, remote_id, "playlist_items_restored", answer, by=by, count=len(back))
    now = media_ids(answer)
    placed = [one for one in order if one in set(now)]
    if sorted(placed) == sorted(now) and placed != now:
        answer = client.playlists.reorder(remote_id, placed)
    return read(workspace, answer)


def _as_seen(workspace: Workspace, client: FastPix, remote_id: str, order: Sequence[str], seen: str) -> Playlist:
    held = read(workspace, client.playlists.get(remote_id))
    if held.mark != seen:
        raise Changed(held, order)
    return held


def _left_out(unknown: Sequence[str], unready: Sequence[str]) -> list[str]:
    notes = []
    if unready:
        notes.append(_("Left out, because FastPix takes only what is Ready: %(titles)s.") % {"titles": _named(unready)})
    if unknown:
        told = _("Left out, because this library does not hold it: %(ids)s. Import what exists first.")
        notes.append(told % {"ids": _named(unknown)})
    return notes


def _named(titles: Sequence[str]) -> str:
    shown = ", ".join(titles[:NAMED])
    more = len(titles) - NAMED
    return shown if more <= 0 else _("%(titles)s and %(n)d more") % {"titles": shown, "n": more}


def _record(workspace: Workspace, remote_id: str, verb: str, answer: Answer, *, by: User, **details: Any) -> None:
    request_id = answer.request_id
    timeline.record(
        workspace, "playlist", remote_id, verb, source="person", by=by, details=details, request_id=request_id
    )
