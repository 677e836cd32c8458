"""Hostile lives of a media, told through the real door into the real rows."""

import math

from events_app.mirror import Said
from media_app import fields, parts
from media_app.mirror import hear
from media_app.models import Media
from tests.events_app.lives import Life, at, truth_at

MEDIA_ID = "0c2f6e1a-7b54-4f0b-8c3d-2a9e51d7f610"
CREATED = "2026-05-20T12:00:00.000001Z"


def as_json(held, *, whole):
    """The model's numbers in FastPix's spelling.

    Every third title is none, and absent. One track alone cannot be told: FastPix tells tracks as a set.
    """
    data = {"id": MEDIA_ID, "createdAt": CREATED} if whole else {}
    if "status" in held:
        data["status"] = f"Step {held['status']}"
    if held.get("title", 0) % 3:
        data["title"] = f"Title {held['title']}"
    if held.get("mp4"):
        data["mp4Support"] = f"capped_{held['mp4']}"
    if whole:
        words = {"en": held["track_en"], "es": held["track_es"]}
        data["tracks"] = [{"id": code, "type": "subtitle", "status": f"S {value}"} for code, value in words.items()]
        data["playbackIds"] = [{"id": "p", "accessPolicy": "public"}]
    return data


class Mirrored:
    """The row in the database, seen as the model sees one."""

    def __init__(self, workspace):
        self.workspace = workspace

    @property
    def media(self):
        return Media.objects.filter(workspace=self.workspace, remote_id=MEDIA_ID).first()

    @property
    def version(self):
        return self.media.version if self.media else 0

    @property
    def unsettled(self):
        return bool(self.media and self.media.unsettled)

    def take(self, said):
        return hear(self.workspace, MEDIA_ID, said).verdict


class MediaLife(Life):
    """A life that may end in a deletion, and of which events may be lost."""

    def __init__(self, rng, workspace, *, undated=0.0, lost=0.0, mortal=False):
        super().__init__(rng, undated=undated)
        self.row, self.lost, self.mortal = Mirrored(workspace), lost, mortal
        self.died = math.inf

    def plan(self):
        super().plan()
        if self.mortal and self.rng.random() < 0.5:
            self.died = self.truth[-1][0] + self.rng.random() * 3
            moment = self.died + self.rng.random() * 0.3
            self.push(moment + self.rng.random() * 5, "death", moment)

    def death(self, now, created):
        if self.rng.random() >= self.lost:
            self.row.take(Said("event", {}, at=at(created), heard_at=at(now), by="webhook", gone=True))

    def event(self, now, created, data):
        if self.rng.random() < self.lost:
            return
        snapshot = len(data) > 1
        stamp = None if created is None else at(created)
        said = as_json(data, whole=snapshot)
        self.row.take(Said("event", said, at=stamp, heard_at=at(now), by="webhook", entity=snapshot))

    def answer(self, now, kind, read, data, version):
        date = at(math.floor(read + self.rng.uniform(-0.4, 0.4)))
        if kind == "whole":
            self.asking = False
            kind = "missing" if read >= self.died else "whole"
            data = truth_at(self.truth, read)
        elif read >= self.died:
            return
        said = {} if kind == "missing" else as_json(data, whole=kind == "whole")
        if kind == "partial" and not said:
            said = {"title": None}
        by = "call" if kind == "partial" else "poll"
        self.row.take(Said(kind, said, at=date, heard_at=at(now), by=by, read_version=version))

    def reconcile(self, now=10_000):
        """What one pass of the reconciler does for a row it comes to."""
        self.answer(now, "whole", now, None, self.row.version)

    @property
    def equal(self):
        media = self.row.media
        if self.died < math.inf:
            return media is None or media.gone
        if media is None:
            return False
        truth = as_json(self.truth[-1][1], whole=True)
        said = fields.read(Said("whole", truth, at=at(0), heard_at=at(0), by="poll"))
        columns = all(getattr(media, name) == value for name, value in said.columns.items())
        return columns and parts.held_by([media])[media.pk] == said.children and not media.unsettled
