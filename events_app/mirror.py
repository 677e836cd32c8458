"""The one door into the mirror: takes statements of FastPix into an area's rows by the rules.

Webhook projections, answers to our own calls, polls and imports all come through `take`. It locks nothing: it reads the
row, decides, and writes `WHERE version = read`; where another was faster it decides again. Statements that share a
block share their reading: a row read ahead may be old by then, which that same condition finds out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from django.db import IntegrityError, transaction

from events_app.blocks import Block
from events_app.models import Mirrored
from events_app.rules import Action, Said, Stamps, Verdict, decide, partial, stamps_after, whole

__all__ = ["Area", "Change", "Outcome", "Said", "Stamps", "Statement", "Verdict", "decide", "partial", "take", "whole"]

Row = TypeVar("Row", bound=Mirrored)
# Child rows by set and remote id
Children = Mapping[str, Mapping[str, Mapping[str, Any]]]

# Crossing this often means that something is broken, not busy: the event is tried again later.
TRIES: Final = 20


class Contended(Exception):
    """A row changed at every one of TRIES attempts to write it."""


@dataclass(frozen=True)
class Statement:
    """What FastPix said, in our columns.

    `columns` replace, `merged` are JSON columns of which only the named keys change, `children` are whole sets of child
    rows by their name; what is missing was not said.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    merged: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    children: Children = field(default_factory=dict)


@dataclass(frozen=True)
class Change(Generic[Row]):
    """What a statement changed: `fields` by our names with their values before and after, `verb` for the timeline.

    A set of child rows is a field of its own, by remote id. Of a new row `before` is empty and `after` what was said.
    """

    verb: str
    fields: tuple[str, ...]
    row: Row
    created: bool
    said: Said
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome(Generic[Row]):
    """The verdict on a statement, the row as it is now (None: none) and what changed (None: nothing to tell)."""

    verdict: Verdict
    row: Row | None
    change: Change[Row] | None = None
    newly_unsettled: bool = False
    newly_settled: bool = False


@dataclass(frozen=True)
class Area(Generic[Row]):
    """One kind of mirrored object.

    read: what a statement says, in our columns; knows which columns only events write.
    derive: sets the columns computed from others, after the said ones were set on the row.
    children: the child rows that rows have now, by the row's pk.
    replace: makes one set of a row, as it is held, the one that was said. add: writes the sets of rows that have none.
    leaves_out: whether an event that carries the whole object, or the answer to a PATCH, lacks something the row holds,
    which may have been unset; it does not say so, but FastPix is asked.
    verb: one word for the timeline for a change (row after it, old values, statement).
    """

    name: str
    rows: type[Row]
    read: Callable[[Said], Statement]
    derive: Callable[[Row, Said], None]
    children: Callable[[Sequence[Row]], Mapping[int, Children]]
    replace: Callable[[Row, str, Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]], None]
    add: Callable[[Sequence[tuple[Row, Children]]], None]
    leaves_out: Callable[[Row, Said], bool]
    verb: Callable[[Row, Mapping[str, Any], Said], str]


def take(area: Area[Row], block: Block, remote_id: str, said: Said) -> Outcome[Row]:
    """Take one statement about one object of a block into its row, in the block's transaction.

    Raises Contended, and whatever the database raises; the transaction is over then.
    """
    held = _Held(area, block)
    for attempt in range(TRIES):
        row = held.row(remote_id, again=attempt > 0)
        try:
            # a savepoint for an insert: the transaction stays usable when another inserted the row first
            with transaction.atomic(savepoint=row is None):
                outcome = _carry_out(held, remote_id, row, said)
        except IntegrityError:
            if row is not None or held.row(remote_id, again=True) is None:
                raise
            continue
        if outcome is not None:
            return outcome
    raise Contended(f"{area.name} {remote_id} kept changing")


def take_listed(area: Area[Row], block: Block, listed: Mapping[str, Said]) -> list[Outcome[Row]]:
    """`take` for the items of a list that are the block's objects, in few statements; outcomes of those with an effect.

    Nothing is written that `take` would not write: what differs goes through it, and so does all that is new when
    another was faster with one of them. Raises as `take`.
    """
    held = _Held(area, block)
    here = {name: row for name in sorted(listed) if (row := held.row(name)) is not None}
    marks = [name for name, row in here.items() if _is_to_mark(held, row, listed[name])]
    outcomes = [take(area, block, name, listed[name]) for name in marks]
    new = {name: said for name, said in listed.items() if name not in here}
    return outcomes + (_insert_all(held, new) if new else [])


class _Held(Generic[Row]):
    """The rows of a block's objects with their child rows, read in one go when the first is asked for."""

    def __init__(self, area: Area[Row], block: Block) -> None:
        self.area, self.block = area, block
        self._rows = block.once(f"{area.name} rows", self._read)
        self._sets: dict[int, dict[str, Mapping[str, Mapping[str, Any]]]] = block.once(f"{area.name} children", dict)

    def row(self, remote_id: str, *, again: bool = False) -> Row | None:
        """An object's row; `again`: as it is now."""
        if again or remote_id not in self.block.object_ids:
            self._rows.pop(remote_id, None)
            found = self.area.rows._default_manager.filter(workspace=self.block.workspace, remote_id=remote_id).first()
            if found:
                self._sets.pop(found.pk, None)
                self._rows[remote_id] = found
        return self._rows.get(remote_id)

    def children(self, row: Row) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        """A row's child rows, by set."""
        if row.pk not in self._sets:
            unread = [one for one in self._rows.values() if one.pk not in self._sets]
            self._sets |= {pk: dict(sets) for pk, sets in self.area.children(unread).items()}
        return self._sets[row.pk]

    def inserted(self, row: Row, children: Children) -> None:
        """A row is there now that was not."""
        self._rows[row.remote_id] = row
        self.block.written += 1 + sum(map(len, children.values()))

    def replace(self, row: Row, name: str, held: Mapping[str, Mapping[str, Any]], said: Mapping[str, Any]) -> None:
        """Make one set of child rows what was said."""
        self.area.replace(row, name, held, said)
        if row.pk in self._sets:
            self._sets[row.pk][name] = said
        self.block.written += len(held.keys() | said.keys())

    def _read(self) -> dict[str, Row]:
        known = self.area.rows._default_manager.filter(workspace=self.block.workspace)
        return {row.remote_id: row for row in known.filter(remote_id__in=self.block.object_ids)}


def _is_to_mark(held: _Held[Row], row: Row, said: Said) -> bool:
    return decide(row, said).action is Action.COMPARE and not row.unsettled and _differs(held, row, said)


def _differs(held: _Held[Row], row: Row, said: Said) -> bool:
    """Whether a statement, read as ours, says anything else than the row holds."""
    statement = held.area.read(said)
    if any(getattr(row, name) != value for name, value in statement.columns.items()):
        return True
    for name, keys in statement.merged.items():
        kept = getattr(row, name)
        if any(kept.get(key) != value for key, value in keys.items()):
            return True
    sets = held.children(row) if statement.children else {}
    return any(sets[name] != rows for name, rows in statement.children.items())


def _carry_out(held: _Held[Row], remote_id: str, row: Row | None, said: Said) -> Outcome[Row] | None:
    verdict = decide(row, said)
    if row is not None and verdict.action is Action.COMPARE:
        verdict = Verdict(Action.RECORD, mark=_is_to_mark(held, row, said))
    if verdict.action is Action.RECORD:
        return _record(held, row, said, verdict)
    if row is not None and verdict.action is Action.APPLY and said.kind in ("event", "partial") and said.entity:
        verdict = replace(verdict, mark=verdict.mark or held.area.leaves_out(row, said))
    if row is None:
        return _insert(held, remote_id, said, verdict)
    return _write(held, row, said, verdict)


def _record(held: _Held[Row], row: Row | None, said: Said, verdict: Verdict) -> Outcome[Row] | None:
    if row is None or not verdict.mark:
        return Outcome(verdict, row)
    was_unsettled = row.unsettled
    if not _store(held, row, stamps_after(row, said, verdict)):
        return None
    return Outcome(verdict, row, newly_unsettled=not was_unsettled)


def _insert(held: _Held[Row], remote_id: str, said: Said, verdict: Verdict) -> Outcome[Row]:
    row, statement = _new(held, remote_id, said, verdict)
    row.save(force_insert=True)
    held.area.add([(row, statement.children)])
    return _inserted(held, row, said, statement, verdict)


def _insert_all(held: _Held[Row], new: Mapping[str, Said]) -> list[Outcome[Row]]:
    verdicts = {name: decide(None, said) for name, said in new.items()}
    made = [(*_new(held, name, said, verdicts[name]), said) for name, said in new.items()]
    try:
        with transaction.atomic():
            held.area.rows._default_manager.bulk_create([row for row, _, _ in made])
            held.area.add([(row, statement.children) for row, statement, _ in made])
    except IntegrityError:
        return [take(held.area, held.block, name, said) for name, said in new.items()]
    return [_inserted(held, row, said, statement, verdicts[row.remote_id]) for row, statement, said in made]


def _new(held: _Held[Row], remote_id: str, said: Said, verdict: Verdict) -> tuple[Row, Statement]:
    stamps = stamps_after(None, said, verdict)
    row = held.area.rows(workspace=held.block.workspace, remote_id=remote_id, **stamps)
    statement = held.area.read(said)
    _set(row, statement)
    held.area.derive(row, said)
    return row, statement


def _inserted(held: _Held[Row], row: Row, said: Said, statement: Statement, verdict: Verdict) -> Outcome[Row]:
    held.inserted(row, statement.children)
    after = {name: getattr(row, name) for name in (*statement.columns, *statement.merged)} | dict(statement.children)
    change = Change(held.area.verb(row, {}, said), (), row, created=True, said=said, after=after)
    return Outcome(verdict, row, change, newly_unsettled=row.unsettled)


def _write(held: _Held[Row], row: Row, said: Said, verdict: Verdict) -> Outcome[Row] | None:
    area = held.area
    was = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    statement = Statement() if verdict.action is Action.BURY else area.read(said)
    _set(row, statement)
    area.derive(row, said)
    after = {name: getattr(row, name) for name, value in was.items() if getattr(row, name) != value}
    if not _store(held, row, {**after, **stamps_after(row, said, verdict)}):
        return None
    before = {name: was[name] for name in after}
    if row.gone != was["gone"]:
        before["gone"], after["gone"] = was["gone"], row.gone
    sets = dict(held.children(row)) if statement.children else {}
    for name, children in statement.children.items():
        if sets[name] != children:
            held.replace(row, name, sets[name], children)
            before[name], after[name] = sets[name], children
    change = None
    if before:
        verb = area.verb(row, before, said)
        change = Change(verb, tuple(before), row, created=False, said=said, before=before, after=after)
    return Outcome(
        verdict,
        row,
        change,
        newly_unsettled=row.unsettled and not was["unsettled"],
        newly_settled=bool(was["unsettled"]) and not row.unsettled,
    )


def _set(row: Mirrored, statement: Statement) -> None:
    for name, value in statement.columns.items():
        setattr(row, name, value)
    for name, keys in statement.merged.items():
        setattr(row, name, {**getattr(row, name), **keys})


def _store(held: _Held[Row], row: Row, columns: Mapping[str, Any]) -> bool:
    """Write WHERE version = read; False when another was faster, and then nothing was written."""
    read = row.version
    held.block.written += 1
    if not held.area.rows._default_manager.filter(pk=row.pk, version=read).update(**columns, version=read + 1):
        return False
    for name, value in {**columns, "version": read + 1}.items():
        setattr(row, name, value)
    return True
