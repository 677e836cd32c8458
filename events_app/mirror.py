"""The one door into the mirror: takes statements of FastPix into an area's rows by the rules.

Webhook projections, answers to our own calls, polls and imports all come through `take`. It locks nothing: it reads the
row, decides, and writes `WHERE version = read`; where another was faster it decides again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from django.db import IntegrityError, transaction

from events_app.models import Mirrored
from events_app.rules import Action, Said, Stamps, Verdict, decide, partial, stamps_after, whole
from workspace_app.models import Workspace

__all__ = ["Area", "Change", "Outcome", "Said", "Stamps", "Statement", "Verdict", "decide", "partial", "take", "whole"]

Row = TypeVar("Row", bound=Mirrored)

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
    children: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Change(Generic[Row]):
    """What a statement changed: `fields` by our names, `before` their old values, `verb` for the timeline."""

    verb: str
    fields: tuple[str, ...]
    row: Row
    created: bool
    said: Said
    before: Mapping[str, Any] = field(default_factory=dict)


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
    children: the child rows a row has now, by set and remote id. replace: writes one set as it was said.
    leaves_out: whether an event that carries the whole object lacks something the row holds, which may have been unset;
    the event does not say so, but FastPix is asked.
    verb: one word for the timeline for a change (row after it, old values, statement).
    """

    name: str
    rows: type[Row]
    read: Callable[[Said], Statement]
    derive: Callable[[Row, Said], None]
    children: Callable[[Row], Mapping[str, Mapping[str, Mapping[str, Any]]]]
    replace: Callable[[Row, str, Mapping[str, Mapping[str, Any]]], None]
    leaves_out: Callable[[Row, Said], bool]
    verb: Callable[[Row, Mapping[str, Any], Said], str]


def take(area: Area[Row], workspace: Workspace, remote_id: str, said: Said) -> Outcome[Row]:
    """Take one statement about one object into its row, in a transaction of its own or the caller's.

    Raises Contended, and whatever the database raises.
    """
    for _attempt in range(TRIES):
        row = area.rows._default_manager.filter(workspace=workspace, remote_id=remote_id).first()
        try:
            # the savepoint keeps the caller's transaction usable when another inserted the row first
            with transaction.atomic():
                outcome = _carry_out(area, workspace, remote_id, row, said)
        except IntegrityError:
            if row is not None or not area.rows._default_manager.filter(workspace=workspace, remote_id=remote_id):
                raise
            continue
        if outcome is not None:
            return outcome
    raise Contended(f"{area.name} {remote_id} kept changing")


def differs(area: Area[Row], row: Row, said: Said) -> bool:
    """Whether a statement, read as ours, says anything else than the row holds."""
    statement = area.read(said)
    if any(getattr(row, name) != value for name, value in statement.columns.items()):
        return True
    for name, keys in statement.merged.items():
        held = getattr(row, name)
        if any(held.get(key) != value for key, value in keys.items()):
            return True
    held_children = area.children(row) if statement.children else {}
    return any(held_children[name] != rows for name, rows in statement.children.items())


def _carry_out(
    area: Area[Row], workspace: Workspace, remote_id: str, row: Row | None, said: Said
) -> Outcome[Row] | None:
    verdict = decide(row, said)
    if row is not None and verdict.action is Action.COMPARE:
        verdict = Verdict(Action.RECORD, mark=not row.unsettled and differs(area, row, said))
    if verdict.action is Action.RECORD:
        return _record(area, row, said, verdict)
    if row is not None and verdict.action is Action.APPLY and said.kind == "event" and said.entity:
        verdict = replace(verdict, mark=verdict.mark or area.leaves_out(row, said))
    if row is None:
        return _insert(area, workspace, remote_id, said, verdict)
    return _write(area, row, said, verdict)


def _record(area: Area[Row], row: Row | None, said: Said, verdict: Verdict) -> Outcome[Row] | None:
    if row is None or not verdict.mark:
        return Outcome(verdict, row)
    was_unsettled = row.unsettled
    if not _store(area, row, stamps_after(row, said, verdict)):
        return None
    return Outcome(verdict, row, newly_unsettled=not was_unsettled)


def _insert(area: Area[Row], workspace: Workspace, remote_id: str, said: Said, verdict: Verdict) -> Outcome[Row]:
    row = area.rows(workspace=workspace, remote_id=remote_id, **stamps_after(None, said, verdict))
    statement = area.read(said)
    _set(row, statement)
    area.derive(row, said)
    row.save(force_insert=True)
    for name, rows in statement.children.items():
        area.replace(row, name, rows)
    change = Change(area.verb(row, {}, said), (), row, created=True, said=said)
    return Outcome(verdict, row, change, newly_unsettled=row.unsettled)


def _write(area: Area[Row], row: Row, said: Said, verdict: Verdict) -> Outcome[Row] | None:
    was = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    statement = Statement() if verdict.action is Action.BURY else area.read(said)
    _set(row, statement)
    area.derive(row, said)
    changed = {name: getattr(row, name) for name, value in was.items() if getattr(row, name) != value}
    if not _store(area, row, {**changed, **stamps_after(row, said, verdict)}):
        return None
    before = {name: was[name] for name in changed}
    if row.gone != was["gone"]:
        before["gone"] = was["gone"]
    for name, children in _changed_children(area, row, statement).items():
        area.replace(row, name, children)
        before[name] = None
    change = None
    if before:
        change = Change(area.verb(row, before, said), tuple(before), row, created=False, said=said, before=before)
    return Outcome(
        verdict,
        row,
        change,
        newly_unsettled=row.unsettled and not was["unsettled"],
        newly_settled=bool(was["unsettled"]) and not row.unsettled,
    )


def _changed_children(area: Area[Row], row: Row, statement: Statement) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    held = area.children(row) if statement.children else {}
    return {name: rows for name, rows in statement.children.items() if held[name] != rows}


def _set(row: Mirrored, statement: Statement) -> None:
    for name, value in statement.columns.items():
        setattr(row, name, value)
    for name, keys in statement.merged.items():
        setattr(row, name, {**getattr(row, name), **keys})


def _store(area: Area[Row], row: Row, columns: Mapping[str, Any]) -> bool:
    """Write WHERE version = read; False when another was faster, and then nothing was written."""
    read = row.version
    if not area.rows._default_manager.filter(pk=row.pk, version=read).update(**columns, version=read + 1):
        return False
    for name, value in {**columns, "version": read + 1}.items():
        setattr(row, name, value)
    return True
