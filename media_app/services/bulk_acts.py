"""What a bulk job does to one media, so that it happens once however often a worker dies over it.

An act asks FastPix and returns an ending, which its caller writes together with the item. `begin` is called before
FastPix is asked to change anything. An item that was found begun is looked at first: a media that is gone was deleted,
one that holds the change was edited, and where somebody else edited the same since, nothing is sent again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial as bound
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from events_app.mirror import Said, partial, whole
from fastpix_api import FastPix, Invalid, NotFound, Unauthorized
from media_app import budget
from media_app.metadata_rules import merged, problem
from media_app.mirror import apply
from media_app.missing import prove_missing
from media_app.models import BulkItem, BulkJob, Media
from media_app.services import metadata
from media_app.services.media import Deletion, ask_deletion, take_deletion
from workspace_app.fastpix import prove

State = BulkItem.State


@dataclass(frozen=True)
class Ending:
    """What became of an item, the sentence for it, and what else to write in the same transaction."""

    state: str
    result: str = ""
    take: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Task:
    """One item at work. `begin` writes that FastPix is asked to change it, and how; it raises where that is over."""

    job: BulkJob
    item: BulkItem
    media: Media
    client: FastPix
    begin: Callable[[Mapping[str, Any]], None]

    @property
    def begun(self) -> bool:
        """Whether it was begun before, by somebody whose last word is not known."""
        return self.item.state == State.DOING


def delete(task: Task) -> Ending:
    """Delete the media. Raises FastPixError, and what `begin` raises."""
    media = task.media
    if task.begun:
        told = Deletion("", timezone.now()) if media.gone else _found_gone(task)
        if told is not None:
            return Ending(State.DONE, take=bound(_take_deletion, task, told))
    elif media.gone:
        return _skipped()
    task.begin({})
    told = ask_deletion(media, task.client)
    if told.found and not task.begun:
        return _skipped(bound(_take_missing, task, told))
    return Ending(State.DONE, take=bound(_take_deletion, task, told))


def edit(task: Task) -> Ending:
    """Merge the job's change into what FastPix holds now. Raises FastPixError, and what `begin` raises."""
    if task.media.gone:
        return _skipped()
    try:
        held = task.client.media.get(task.media.remote_id)
    except (NotFound, Invalid) as missing:
        return _skipped(bound(_take_missing, task, _proved(task, missing)))
    if not prove(task.job.workspace, str(held.data.get("workspaceId") or "")):
        raise Unauthorized("FastPix answered about another workspace than the one bound here.")
    now = metadata.fields_of(held.data)
    if task.begun and (names := _changed_elsewhere(task.item, now)):
        told = _("Changed elsewhere meanwhile, so it is left as it is now: %(names)s. Try again to change it anyway.")
        return Ending(State.FAILED, told % {"names": names})
    wished = _wished(now, task.job.change)
    ours = metadata.differences(now, wished)
    if not ours:
        said = whole(held, task.media.version, by="call")
        sentence = "" if task.begun else _("It was so already.")
        return Ending(State.DONE, sentence, take=bound(_take_edit, task, said, _intended(task.item)))
    if refused := problem(metadata.pairs_of(wished)):
        return Ending(State.FAILED, refused)
    task.begin({one.name: [one.before, one.after] for one in ours})
    budget.spend(task.job.workspace)  # it was begun: it is not left for want of its second call
    answer = task.client.media.update(task.media.remote_id, **metadata.told(ours, wished))
    return Ending(State.DONE, take=bound(_take_edit, task, partial(answer, task.media.version), ours))


ACTS: Final[dict[str, Callable[[Task], Ending]]] = {BulkJob.Kind.DELETE: delete, BulkJob.Kind.EDIT: edit}
# How many calls an item takes, for the time a job will take
CALLS: Final[dict[str, int]] = {BulkJob.Kind.DELETE: 1, BulkJob.Kind.EDIT: 2}


def _skipped(take: Callable[[], object] = lambda: None) -> Ending:
    return Ending(State.SKIPPED, _("FastPix no longer had it."), take)


def _found_gone(task: Task) -> Deletion | None:
    """Whether the deletion that was begun has happened: FastPix's proved 404 for it."""
    try:
        task.client.media.get(task.media.remote_id)
    except (NotFound, Invalid) as missing:
        return _proved(task, missing)
    budget.spend(task.job.workspace)
    return None


def _proved(task: Task, missing: NotFound | Invalid) -> Deletion:
    if isinstance(missing, Invalid) and not missing.names_unknown_id:
        raise missing
    budget.spend(task.job.workspace)
    listed = prove_missing(task.media, missing, task.client)
    return Deletion(missing.request_id, missing.answered_at or listed.answered_at, found=True)


def _take_deletion(task: Task, told: Deletion) -> None:
    take_deletion(task.media, told, by=task.job.created_by, details=_of_job(task.job))


def _take_missing(task: Task, told: Deletion) -> None:
    said = Said(
        kind="missing",
        data={},
        at=told.answered_at,
        heard_at=timezone.now(),
        by="call",
        read_version=task.media.version,
        request_id=told.request_id,
    )
    apply(task.media.workspace, task.media.remote_id, said)


def _wished(now: metadata.Fields, change: Mapping[str, Any]) -> metadata.Fields:
    pairs = merged(metadata.pairs_of(now), change.get("put", {}), change.get("remove", ()))
    rest = {name: value for name, value in now.items() if not name.startswith(metadata.PAIR)}
    creator = {metadata.CREATOR: change["creator"]} if change.get("creator") else {}
    return rest | creator | {f"{metadata.PAIR}{key}": value for key, value in pairs.items()}


def _intended(item: BulkItem) -> tuple[metadata.Difference, ...]:
    """What was about to be changed when the item was begun."""
    return tuple(metadata.Difference(name, before, after) for name, (before, after) in item.intent.items())


def _changed_elsewhere(item: BulkItem, now: metadata.Fields) -> str:
    """The fields that are neither as before nor as this job meant them: to send it again could undo another's edit."""
    return ", ".join(one.label for one in _intended(item) if now.get(one.name) not in (one.before, one.after))


def _take_edit(task: Task, said: Said, ours: tuple[metadata.Difference, ...]) -> None:
    """Take FastPix's answer; what this job changed is told in the media's history with who ordered it."""
    media, job = task.media, task.job
    if ours:
        metadata.record(media, ours, by=job.created_by, request_id=said.request_id, job=str(job.public_id))
    apply(media.workspace, media.remote_id, said)


def _of_job(job: BulkJob) -> dict[str, str]:
    return {"job": str(job.public_id)}
