import pytest

from fastpix_api import NotFound
from media_app.services import media as service
from tests.media_app.fastpix_model import BOUND, Model
from tests.media_app.shelf import put
from workspace_app.models import TimelineEntry, Workspace


@pytest.fixture
def fastpix(workspace):
    """The model, with the workspace bound and its Token ID proved."""
    Workspace.objects.filter(pk=workspace.pk).update(remote_id=BOUND, proved_token_id=workspace.token_id)
    workspace.refresh_from_db()
    return Model()


def delete(media, fastpix, by):
    service.delete(media, by=by, client=fastpix.client_of(media.workspace))


def test_what_fastpix_deleted_stays_as_a_tombstone_with_its_line(editor, workspace, fastpix):
    media = put(workspace, "a film")
    fastpix.holds(media.remote_id)
    delete(media, fastpix, editor.user)
    media.refresh_from_db()
    assert media.gone
    assert TimelineEntry.objects.get(object_id=media.remote_id).verb == "deleted"


def test_what_fastpix_has_deleted_before_counts_as_deleted(editor, workspace, fastpix):
    media = put(workspace, "a film")
    delete(media, fastpix, editor.user)
    media.refresh_from_db()
    assert media.gone


@pytest.mark.parametrize("trouble", ["never proved", "other workspace"])
def test_a_404_is_no_deletion_when_the_credentials_prove_nothing(editor, workspace, fastpix, trouble):
    media = put(workspace, "a film")
    if trouble == "never proved":
        workspace.proved_token_id = "older"
    else:
        fastpix.holds("someone-elses", workspaceId="another")
    with pytest.raises(NotFound):
        delete(media, fastpix, editor.user)
    media.refresh_from_db()
    assert not media.gone
    assert not TimelineEntry.objects.filter(object_id=media.remote_id).exists()
