import base64
from itertools import pairwise

import pytest

from events_app.models import WebhookEvent
from media_app.models import Media
from web.paging import keyset

pytestmark = pytest.mark.django_db
# newest first: two made in the same microsecond, so that the pk decides
TIMES = [50, 40, 40, 40, 30, 20, 10]


@pytest.fixture
def shelf(workspace):
    for number, made in enumerate(TIMES):
        Media.objects.create(workspace=workspace, remote_id=f"m{number}", sort_key=made)
    return Media.objects.filter(workspace=workspace)


def ids(page):
    return [one.remote_id for one in page.items]


def walk(shelf, size):
    page = keyset(shelf, size=size)
    seen = [page]
    while page.older:
        page = keyset(shelf, before=page.older, size=size)
        seen.append(page)
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_walking_older_shows_every_row_once_in_order(shelf, size):
    wanted = [one.remote_id for one in shelf.order_by("-sort_key", "-pk")]
    assert [name for page in walk(shelf, size) for name in ids(page)] == wanted


@pytest.mark.parametrize("size", [1, 2, 3])
def test_newer_leads_back_over_the_same_pages(shelf, size):
    pages = walk(shelf, size)
    for earlier, later in pairwise(pages):
        assert ids(keyset(shelf, after=later.newer, size=size)) == ids(earlier)


def test_the_ends_have_no_further_page(shelf):
    pages = walk(shelf, 3)
    assert pages[0].newer is None
    assert pages[-1].older is None


def test_back_at_the_start_the_first_page_is_whole(shelf):
    second = keyset(shelf, before=keyset(shelf, size=3).older, size=3)
    assert ids(keyset(shelf, after=second.newer, size=5)) == ids(keyset(shelf, size=5))


@pytest.mark.parametrize(
    "nonsense", ["", "x", "MTA", "é", "' OR 1=1", "A" * 5000, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk6MQ"]
)
def test_a_cursor_that_cannot_be_read_shows_the_first_page(shelf, nonsense):
    first = ids(keyset(shelf, size=3))
    assert ids(keyset(shelf, before=nonsense, size=3)) == first
    assert ids(keyset(shelf, after=nonsense, size=3)) == first


def test_a_cursor_beyond_the_last_row_ends_politely(shelf):
    last = walk(shelf, 3)[-1]
    shelf.filter(sort_key__lte=20).delete()
    assert keyset(shelf, before=last.newer, size=3).older is None


def test_tables_without_another_order_page_by_key(workspace):
    for number in range(5):
        WebhookEvent.objects.create(workspace=workspace, event_id=f"e{number}", type="t", body=b"{}", sha256="")
    rows = WebhookEvent.objects.filter(workspace=workspace)
    first = keyset(rows, size=2, key="pk")
    second = keyset(rows, before=first.older, size=2, key="pk")
    assert [one.event_id for one in [*first.items, *second.items]] == ["e4", "e3", "e2", "e1"]
    assert [one.event_id for one in keyset(rows, after=second.newer, size=2, key="pk").items] == ["e4", "e3"]


def test_a_page_is_one_query_without_a_count(shelf, django_assert_num_queries):
    with django_assert_num_queries(1) as seen:
        keyset(shelf, before=keyset_start(shelf), size=2)
    assert "COUNT" not in seen.captured_queries[0]["sql"].upper()
    assert "OFFSET" not in seen.captured_queries[0]["sql"].upper()


def keyset_start(shelf):
    return base64.urlsafe_b64encode(b"40:9999999").decode().rstrip("=")
