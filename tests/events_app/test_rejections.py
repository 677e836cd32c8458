import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from events_app import rejections
from events_app.intake_keys import Key
from events_app.intake_rejections import Rejections, cause_of
from events_app.models import WebhookEvent
from events_app.rejections import Cause
from fastpix_api import webhooks
from tests.events_app.edge_client import OTHER_SECRET, SECRET, event
from tests.people import make_workspace
from workspace_app.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
AS_TEXT = base64.b64encode(SECRET.encode()).decode()
EXPIRED = base64.b64encode(b"the secret of last year, expired").decode()


@pytest.fixture
def workspace(transactional_db):
    rejections._redis().delete(*[rejections._key(slug, datetime.now(UTC).date()) for slug in ("harbor", "nobody")])
    long_ago = datetime.now(UTC) - timedelta(days=2)
    return make_workspace(remote_id="ws-1", webhook_secret_previous=EXPIRED, webhook_secret_previous_until=long_ago)


def counted(total, slug="harbor"):
    """The counts by cause, once `total` refusals were written."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        counts = {one.cause: one.total for one in rejections.of(slug)}
        if sum(counts.values()) >= total:
            return counts
        time.sleep(0.02)
    return counts


def test_every_refusal_is_counted_by_its_likely_cause(edge, workspace):
    raw = b'{"type":"t","id":"e-9"}'
    refused = [
        (edge.post(event(), secret=None), 401),
        (edge.post(event(), secret=OTHER_SECRET), 401),
        (edge.post(event(), secret=OTHER_SECRET), 401),
        (edge.post(raw + b" ", headers=[(b"fastpix-signature", webhooks.sign(raw, SECRET).encode())]), 401),
        (edge.post(event(), secret=AS_TEXT), 401),
        (edge.post(event(), secret=EXPIRED), 401),
        (edge.post(event(workspace={"id": "ws-of-another"})), 403),
        (edge.post(b"[1, 2]"), 400),
        (edge.post(b"x" * (1024 * 1024 + 1)), 413),
    ]
    assert [answer.status for answer, _ in refused] == [status for _, status in refused]
    assert counted(9) == {
        Cause.SIGNATURE: 3,
        Cause.UNSIGNED: 1,
        Cause.UNDECODED: 1,
        Cause.OLD: 1,
        Cause.ANOTHER: 1,
        Cause.NOT_JSON: 1,
        Cause.LARGE: 1,
    }
    assert not WebhookEvent.objects.exists()


def test_what_is_accepted_and_what_is_asked_for_again_is_not_counted(edge, workspace):
    assert edge.post(event()).status == 200
    assert edge.post(b"{}", secret=None).status == 200
    Workspace.objects.update(webhook_secret="", webhook_secret_previous="")
    time.sleep(1.1)
    assert edge.post(event(), secret=OTHER_SECRET).status == 503
    edge.post(event(), secret=None)
    assert counted(1) == {Cause.UNSIGNED: 1}


def test_addresses_nobody_has_leave_nothing_in_redis(edge, workspace):
    assert edge.post(event(), slug="nobody").status == 404
    assert edge.post(b"x" * (1024 * 1024 + 1), slug="nobody").status == 413
    edge.post(event(), secret=None)
    assert counted(1) == {Cause.UNSIGNED: 1}
    assert rejections.of("nobody") == []


def test_a_flood_is_counted_whole_but_looked_at_in_part(edge, workspace):
    for _ in range(60):
        assert edge.post(event(), secret=AS_TEXT).status == 401
    counts = counted(60)
    assert sum(counts.values()) == 60
    assert set(counts) <= {Cause.UNDECODED, Cause.SIGNATURE}
    assert counts[Cause.UNDECODED] >= 20


def test_what_is_counted_when_the_process_stops_is_written(start_edge, workspace):
    edge = start_edge()
    edge.post(event(), secret=None)
    edge.post(event(), secret=None)
    edge.close()
    edge.close = lambda: None
    assert counted(2) == {Cause.UNSIGNED: 2}


def test_the_counts_run_out_and_hold_nothing_of_a_body(workspace):
    rejections.add({("harbor", Cause.OLD): 3})
    key = rejections._key("harbor", datetime.now(UTC).date())
    assert 0 < rejections._redis().ttl(key) <= rejections.DAYS * 86_400
    assert set(rejections._redis().hgetall(key)) == {b"old", b"old:at"}
    [one] = rejections.of("harbor")
    assert (one.today, one.total) == (3, 3)
    assert abs(one.last_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_secret_that_is_not_stored_explains_nothing():
    key = Key(1, "", "", "", None)
    assert cause_of(key, b"{}", webhooks.sign(b"{}", SECRET)) == Cause.SIGNATURE


def test_the_settings_page_shows_the_counts(workspace):
    from tests.people import make_client

    admin = make_client("admin@example.com", workspace, "admin")
    address = reverse("events:rejections", args=["harbor"])
    assert "None. Every delivery" in admin.get(address).content.decode()
    rejections.add({("harbor", Cause.UNDECODED): 1234})
    part = admin.get(address).content.decode()
    assert "without decoding its base64" in part
    assert "1,234" in part
    assert "<html" not in part
    assert address in admin.get(reverse("workspace:webhook_detail", args=["harbor"])).content.decode()


def test_without_a_refusal_no_thread_is_started():
    idle = Rejections()
    assert not idle._pool._threads
    idle.close()
