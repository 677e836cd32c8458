"""Finding media: what the list page asks of the mirror."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_app.models import Media, Upload
from workspace_app.models import Workspace

# The list's words for FastPix's statuses: everything between created and final is one thing to a person.
STATUSES: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "ready": (_("Ready"), (Media.Status.READY,)),
    "processing": (_("Not ready yet"), ()),
    "failed": (_("Failed"), (Media.Status.FAILED,)),
}


@dataclass(frozen=True)
class Query:
    """What the address of a list page asks for. Unknown words fall back to "everything", never to an error."""

    words: tuple[str, ...] = ()
    status: str = ""

    @classmethod
    def read(cls, params: QueryDict) -> "Query":
        """Read `q` and `status`; at most eight words of at most 100 characters are looked for."""
        words = tuple(word[:100] for word in params.get("q", "").replace("\0", "").lower().split()[:8])
        status = params.get("status", "")
        return cls(words=words, status=status if status in STATUSES else "")

    @property
    def text(self) -> str:
        """The words as they stand in the search field."""
        return " ".join(self.words)

    def __bool__(self) -> bool:
        return bool(self.words or self.status)


def find(workspace: Workspace, query: Query) -> QuerySet[Media]:
    """The workspace's media that hold every word of the query, those FastPix deleted left out."""
    media = Media.objects.filter(workspace=workspace, gone=False).prefetch_related("playback_ids", "tracks")
    for word in query.words:
        media = media.filter(search__contains=word)
    if query.status == "processing":
        return media.exclude(status__in=Media.FINAL)
    if query.status:
        return media.filter(status__in=STATUSES[query.status][1])
    return media


def name_after_uploads(media: Sequence[Media]) -> None:
    """Give media without a title that of the upload they came from, to be shown, not saved.

    FastPix's first events of an upload carry no title (recorded), so a fresh film would be untitled until it is ready.
    """
    untitled = {one.remote_id: one for one in media if not one.title}
    if not untitled:
        return
    uploads = Upload.objects.filter(workspace=next(iter(untitled.values())).workspace, remote_id__in=untitled)
    for upload in uploads.only("remote_id", "title", "filename"):
        one = untitled[upload.remote_id]
        one.title, one.title_stands_in = upload.title or upload.filename, True
