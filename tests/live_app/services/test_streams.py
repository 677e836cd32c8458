"""Reading FastPix's list of streams, whatever stands in it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_app.services import streams
from tests.fastpix_api.sockets import double
from workspace_app.models import Workspace

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["streamId", "metadata", "status", "playbackIds", "createdAt", "enableRecording", "trial"]
COUNTS = ["offsetCount", "totalRecords"]


@pytest.mark.django_db
def test_a_full_page_without_a_count_may_have_an_older_one(workspace):
    with double() as fastpix:
        workspace.api_url = fastpix.url
        fastpix.says({"success": True, "data": [{"streamId": str(n)} for n in range(streams.PAGE_SIZE)]})
        page = streams.listed(workspace, 1)
    assert (page.newer, page.older, page.total) == (None, 2, None)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item=st.dictionaries(st.sampled_from(FIELDS), JSON), counts=st.dictionaries(st.sampled_from(COUNTS), JSON))
def test_no_field_of_an_unexpected_kind_breaks_the_list(db, item, counts):
    workspace = Workspace(pk=1, slug="harbor", token_id="t", secret_key="s", sandbox=True)
    with double() as fastpix:
        workspace.api_url = fastpix.url
        fastpix.says({"success": True, "data": [item], "pagination": counts})
        (shown,) = streams.listed(workspace, 1).items
    assert isinstance(shown.title + shown.status + shown.remote_id, str)
