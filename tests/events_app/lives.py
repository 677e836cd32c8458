"""A hostile FastPix as a model: random lives of an object, told by the real rules into a row in memory.

Fields change at random moments; an event follows each change within 0.3 s and carries the part that changed or a
snapshot; deliveries are delayed, shuffled, doubled, undated; polls and our own PATCHes interleave. The `Date` of an
answer has whole seconds, and FastPix's machines differ by up to 0.4 s.
"""

import heapq
import itertools
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from events_app.rules import Action, Said, decide, stamps_after

FIELDS = ("status", "title", "track_en", "track_es", "mp4")
START = datetime(2026, 5, 20, 12, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


@dataclass
class Row:
    """A mirrored row without a database."""

    fields: dict
    version: int = 1
    event_at: datetime | None = None
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    unsettled: bool = False
    gone: bool = False
    more: dict = field(default_factory=dict)

    def take(self, said):
        verdict = decide(self, said)
        if verdict.action is Action.RECORD and not verdict.mark:
            return verdict
        if verdict.action is Action.APPLY:
            self.fields = dict(said.data) if said.kind == "whole" else {**self.fields, **said.data}
        for name, value in stamps_after(self, said, verdict).items():
            if hasattr(self, name):
                setattr(self, name, value)
        self.version += 1
        return verdict


def truth_at(truth, moment):
    return [fields for when, fields in truth if when <= moment][-1]


class Life:
    """One life: `play()` runs it and says whether the mirror ended equal to FastPix."""

    def __init__(self, rng, *, undated=0.0):
        self.rng, self.undated = rng, undated
        self.truth = [(0.0, dict.fromkeys(FIELDS, 0))]
        self.row = Row(dict.fromkeys(FIELDS, 0))
        self.asking = False
        self.gets = self.events = 0
        self.queue, self.order = [], itertools.count()

    def push(self, moment, kind, *details):
        heapq.heappush(self.queue, (moment, next(self.order), kind, details))

    def plan(self):
        rng, moment, changes = self.rng, 0.0, []
        for _ in range(rng.randint(2, 9)):
            moment += rng.choice([0.05, 0.3, 1, 3, 10]) * rng.random()
            changes.append((moment, rng.choice(FIELDS), False))
        changes += [(rng.random() * (moment + 5), "title", True) for _ in range(rng.randint(0, 2))]
        for value, (when, name, ours) in enumerate(sorted(changes), 1):
            self.change(value, when, name, ours)
        for _ in range(rng.randint(0, 4)):
            self.push(rng.random() * (moment + 20), "ask")

    def change(self, value, when, name, ours):
        rng = self.rng
        fields = {**self.truth[-1][1], name: value}
        self.truth.append((when, fields))
        created = when + rng.random() * 0.3
        data = dict(fields) if rng.random() < 0.4 else {name: value}
        stamp = None if rng.random() < self.undated else created
        for _ in range(1 if rng.random() < 0.8 else 2):
            self.push(created + rng.random() * rng.choice([0.1, 1, 8, 30]), "event", stamp, data)
        if ours:
            self.push(when - rng.random() * 0.2, "patch", when, {name: value})

    def play(self):
        self.plan()
        while self.queue:
            now, _, kind, details = heapq.heappop(self.queue)
            getattr(self, kind)(now, *details)
            if self.row.unsettled and not self.asking:
                self.asking = True
                self.push(now + self.rng.random() * 0.3, "ask")
        return self.equal

    @property
    def equal(self):
        return self.row.fields == self.truth[-1][1]

    def ask(self, now):
        self.gets += 1
        self.asking = True
        read = now + self.rng.random() * 0.5
        self.push(read + self.rng.random() * 0.5, "answer", "whole", read, None, self.row.version)

    def patch(self, now, when, data):
        self.push(when + self.rng.random() * 0.5, "answer", "partial", when, data, self.row.version)

    def answer(self, now, kind, read, data, version):
        if kind == "whole":
            self.asking, data = False, truth_at(self.truth, read)
        date = math.floor(read + self.rng.uniform(-0.4, 0.4))
        by = "poll" if kind == "whole" else "call"
        self.row.take(Said(kind, data, at=at(date), heard_at=at(now), by=by, read_version=version))

    def event(self, now, created, data):
        self.events += 1
        stamp = None if created is None else at(created)
        self.row.take(Said("event", data, at=stamp, heard_at=at(now), by="webhook", entity=len(data) > 1))
