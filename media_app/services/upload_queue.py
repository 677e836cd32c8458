"""Uploads as their pages list them: each with its word, how far it is and what it became."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from media_app.models import Media, Upload
from workspace_app.models import User, Workspace

State = Upload.State
MOST_OPEN, MOST_SHUT = 500, 50
# our states in the words people read; the media's own word counts once there is a media
WORDS = {State.RECEIVING: "uploading", State.SENDING: "uploading", State.SENT: "processing"}


@dataclass(frozen=True)
class Row:
    """One upload, ready to be shown. `held`: somebody sends it right now; `mine`: this person chose the file."""

    upload: Upload
    media: Media | None
    held: bool
    mine: bool

    @property
    def word(self) -> str:
        """The status word."""
        if self.media is not None:
            return self.media.status
        if self.upload.state in {State.SENDING, State.RECEIVING} and self.from_tab and not self.held:
            return State.PAUSED
        return WORDS.get(State(self.upload.state), self.upload.state)

    @property
    def percent(self) -> int:
        """How much storage confirmed, 0 to 100; of a file that is still being handed over, how much the console has."""
        there = self.upload.handed if self.is_handed_over else self.upload.offset
        return int(100 * there / self.upload.size) if self.upload.size else 0

    @property
    def is_handed_over(self) -> bool:
        """Whether the console does not have all of the file yet."""
        return self.upload.origin == Upload.Origin.HANDED and self.upload.handed < self.upload.size

    @property
    def from_tab(self) -> bool:
        """Whether a tab has to send the bytes; else a worker does."""
        return self.upload.origin == Upload.Origin.BROWSER or self.is_handed_over

    @property
    def by_worker(self) -> bool:
        """Whether a worker sends the bytes."""
        return not self.from_tab and self.upload.origin != Upload.Origin.URL

    @property
    def is_open(self) -> bool:
        """Whether something can still be done about it."""
        return self.media is None and self.upload.state in Upload.OPEN

    @property
    def continues_here(self) -> bool:
        """Whether choosing the same file again on this page goes on with it."""
        return self.is_open and self.mine and not self.held and self.from_tab

    @property
    def note(self) -> str:
        """What a person should know about it, in one sentence; "" when the word says all."""
        upload = self.upload
        if self.media is not None and self.media.status == Media.Status.FAILED:
            return self.media.failed_reason or _("FastPix gave no reason.")
        if self.is_open and self.from_tab:
            return self._browser_note()
        if upload.error and upload.origin != Upload.Origin.BROWSER:
            return upload.error
        if self.media is None and upload.state == State.SENT:
            return _("Everything is at FastPix, which has not said more yet.")
        return self._worker_note() if self.by_worker else ""

    def _worker_note(self) -> str:
        if self.upload.state == State.WAITING:
            return _("Starts when a place is free (3 at a time)")
        if self.upload.state == State.SENDING and self.upload.origin == Upload.Origin.HANDED:
            return _("Step 2 of 2: from the console to FastPix")
        return ""

    def _browser_note(self) -> str:
        if self.held and self.is_handed_over:
            return _("Step 1 of 2: %(percent)d%% handed to the console by another tab") % {"percent": self.percent}
        if self.held:
            return _("%(percent)d%%, sent by another tab") % {"percent": self.percent}
        if not self.mine:
            return _("%(percent)d%%. Waits for %(person)s to choose the file again.") % {
                "percent": self.percent,
                "person": self.upload.created_by or _("somebody who is gone"),
            }
        return " ".join(
            filter(None, [self.upload.error, _("Choose the same file again to go on from %d%%.") % self.percent])
        )


def rows(workspace: Workspace, origins: Iterable[str], *, person: User) -> list[Row]:
    """Every open upload and the newest finished ones, newest first."""
    moving = Q(leased_until__gt=Now(), state__in=[State.SENDING, State.RECEIVING])
    held = Case(
        When(moving & ~Q(leased_by=""), then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    found = Upload.objects.filter(workspace=workspace, origin__in=list(origins)).annotate(held=held)
    found = found.defer("session_url", "source_url").select_related("created_by").order_by("-pk")
    uploads = [*found.filter(state__in=Upload.OPEN)[:MOST_OPEN], *found.exclude(state__in=Upload.OPEN)[:MOST_SHUT]]
    ids = [upload.remote_id for upload in uploads if upload.remote_id]
    media = {row.remote_id: row for row in Media.objects.filter(workspace=workspace, remote_id__in=ids, gone=False)}
    return [
        Row(upload, media.get(upload.remote_id), bool(getattr(upload, "held", False)), upload.created_by == person)
        for upload in sorted(uploads, key=lambda upload: -upload.pk)
    ]
