"""The editor of title, creator and metadata."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fastpix_api import Invalid
from media_app.metadata_form import MetadataForm, too_many
from media_app.metadata_rules import MOST_PAIRS
from media_app.models import Media
from media_app.services import metadata
from media_app.services.metadata import Difference
from media_app.views import media_page
from web.forms import refuse
from workspace_app.access import needs
from workspace_app.fastpix import client_for
from workspace_app.requests import WorkspaceRequest

Differences = tuple[Difference, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("media.edit")
def metadata_edit(request: WorkspaceRequest, remote_id: str) -> HttpResponse:
    """The fields as FastPix holds them now, to be changed; with `undo`, as they were before that line of the timeline.

    What others changed meanwhile stays; where they changed the same field, the person is asked.
    """
    media = media_page.find(request, remote_id)
    form = MetadataForm.sent(request.POST, media) if request.method == "POST" else None
    try:
        return _open(request, media) if form is None else _save(request, media, form)
    except metadata.Deleted:
        return _form(request, media, form, gone=True)


def _open(request: WorkspaceRequest, media: Media) -> HttpResponse:
    now = metadata.read(media, client_for(request.workspace))
    line = metadata.line_at(media, request.GET.get("undo", ""))
    shown = metadata.undone(line, now) if line else now
    return _form(request, media, MetadataForm.over(media, now, shown), undone=line)


def _save(request: WorkspaceRequest, media: Media, form: MetadataForm) -> HttpResponse:
    if not form.is_valid():
        return _form(request, media, form)
    client = client_for(request.workspace)
    now = metadata.read(media, client)
    merged = metadata.merge(form.base, form.wished, now)
    theirs = metadata.named(merged.theirs, media, form.opened_at)
    if merged.conflicts or merged.pairs > MOST_PAIRS:
        conflicts = metadata.named(merged.conflicts, media, form.opened_at)
        again = MetadataForm.over(media, now, merged.fields, conflicts)
        again.pairs_error = too_many(merged.pairs) if merged.pairs > MOST_PAIRS else ""
        return _form(request, media, again, theirs=theirs, conflicts=conflicts)
    try:
        saved = metadata.write(media, now=now, fields=merged.fields, by=request.user, client=client)
    except Invalid as refusal:
        refuse(form, refusal)
        return _form(request, media, form)
    return _saved(request, media, saved, theirs)


def _saved(request: WorkspaceRequest, media: Media, saved: metadata.Saved, theirs: Differences) -> HttpResponse:
    """The dialog closes, unless there is something to be read in it."""
    if theirs or saved.unkept:
        told = {"theirs": theirs, "unkept": saved.unkept, "ours": saved.ours}
        return media_page.changed(request, media.remote_id, "", dialog="media_app/_metadata_saved.html", **told)
    toast = _("Saved. FastPix holds it now.") if saved.ours else _("Nothing was different, so nothing was sent.")
    return media_page.changed(request, media.remote_id, toast)


def _form(
    request: WorkspaceRequest, media: Media, form: MetadataForm | None, conflicts: Differences = (), **told: object
) -> HttpResponse:
    """The dialog: 422 where a form came back."""
    asked = conflicts or (form.conflicts() if form else ())
    context = {"media": media, "form": form, "conflicts": asked, "most": MOST_PAIRS, **told}
    return render(request, "media_app/_metadata_edit.html", context, status=422 if request.method == "POST" else 200)
