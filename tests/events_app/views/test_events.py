import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from events_app import search
from events_app.models import WebhookEvent
from tests.events_app.test_backlog import put, state
from tests.people import make_workspace
from workspace_app import timeline


def url(name, client, *more):
    return reverse(f"events:{name}", args=[client.slug, *more])


def test_the_list_shows_the_newest_first_in_pages(viewer, workspace):
    for number in range(60):
        put(workspace, number, kind=f"video.media.kind{number:02}")
    page = viewer.get(url("event_list", viewer)).content.decode()
    assert page.index("kind59") < page.index("kind10")
    assert "kind09" not in page
    assert 'rel="next"' in page


def test_the_list_is_live_and_comes_alone_to_htmx(viewer, workspace):
    put(workspace, 1)
    part = viewer.get(url("event_list", viewer), headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="event-rows"')
    assert "live:tail from:body" in part


def test_a_tab_shows_one_state_and_nonsense_shows_all(viewer, workspace):
    put(workspace, 1, kind="video.bad.one", state="failed")
    put(workspace, 2, kind="video.good.one", state="projected")
    assert "video.good.one" not in viewer.get(url("event_list", viewer), {"state": "failed"}).content.decode()
    assert "video.good.one" in viewer.get(url("event_list", viewer), {"state": "'; --"}).content.decode()


def test_an_event_shows_its_payload_inert_and_masked(viewer, workspace):
    body = b'{"type":"t","id":"e-1","data":{"streamKey":"0011223344556677","title":"<script>alert(1)</script>"}}'
    put(workspace, 1, body=body)
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "0011••••" in page
    assert "0011223344556677" not in page


def test_why_an_event_failed_is_for_admins(viewer, admin, workspace):
    """RELIABILITY 18: visible."""
    put(workspace, 1, state="failed", error="KeyError in fields.py, line 7")
    assert "KeyError" not in viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "KeyError in fields.py" in admin.get(url("event_detail", admin, "e-1")).content.decode()


def test_bytes_that_cannot_be_read_are_told(viewer, workspace):
    put(workspace, 1, body=b"nonsense", encrypted=True)
    assert "cannot be read" in viewer.get(url("event_detail", viewer, "e-1")).content.decode()


def test_an_event_id_with_a_slash_still_has_its_page(viewer, workspace):
    put(workspace, 1, event_id="a/b c")
    assert viewer.get(url("event_detail", viewer, "a/b c")).status_code == 200
    assert viewer.get(url("event_list", viewer)).status_code == 200


def test_the_last_events_of_an_object_stand_alone(viewer, workspace):
    put(workspace, 1, object_id="mine", kind="video.media.mine")
    put(workspace, 2, object_id="other", kind="video.media.other")
    part = viewer.get(url("of_object", viewer, "mine")).content.decode()
    assert "video.media.mine" in part
    assert "video.media.other" not in part
    assert "<html" not in part


def test_events_of_another_workspace_are_not_found(viewer, workspace):
    put(make_workspace("elsewhere"), 1, object_id="theirs", kind="video.media.theirs")
    assert viewer.get(url("event_detail", viewer, "e-1")).status_code == 404
    assert "theirs" not in viewer.get(url("of_object", viewer, "theirs")).content.decode()


def test_an_event_of_a_media_leads_to_it(viewer, workspace):
    put(workspace, 1, kind="video.media.ready", object_id="m-1", state="projected")
    assert (
        reverse("media:media_detail", args=[viewer.slug, "m-1"])
        in viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    )


def test_the_address_holds_every_filter_and_the_pages_keep_it(viewer, workspace):
    for number in range(60):
        put(workspace, number, kind="video.media.ready", object_id="m-1", state="failed", late=True)
    put(workspace, 99, kind="video.other.kind", object_id="m-1", state="failed", late=True)
    asked = {"type": "video.media.*", "object": "m-1", "state": "failed", "flag": "late", "from": "2020-01-01T10:00"}
    page = viewer.get(url("event_list", viewer), asked).content.decode()
    assert "video.other.kind" not in page
    for shown in ('value="video.media.*"', 'value="m-1"', '<option value="late" selected', 'value="2020-01-01T10:00"'):
        assert shown in page
    older = page.split('rel="next" href="')[1].split('"')[0]
    for kept in ("type=video.media", "object=m-1", "state=failed", "flag=late", "from=2020-01-01T10"):
        assert kept in older


def test_the_tabs_come_again_with_the_rows_so_that_they_keep_the_filters(viewer, workspace):
    put(workspace, 1)
    part = viewer.get(url("event_list", viewer), {"type": "video.*"}, headers={"hx-request": "true"}).content.decode()
    tabs = part[part.index('id="event-tabs"') :]
    assert "data-hx-swap-oob" in tabs
    assert "type=video" in tabs


def test_a_search_without_a_result_says_how_to_search(viewer, workspace):
    put(workspace, 1)
    assert "Nothing matches" in viewer.get(url("event_list", viewer), {"type": "nothing"}).content.decode()


def test_the_payload_that_is_copied_is_json_again(viewer, workspace):
    payload = {"type": "t", "id": "e-1", "data": {"a": [1, {"b": "<i>&"}], "c": {}, "d": None, "streamKey": "k" * 20}}
    put(workspace, 1, body=json.dumps(payload).encode())
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    part = page[page.index('id="payload"') :]
    text = html.unescape(re.sub(r"<[^>]*>", "", part[part.index(">") + 1 : part.index("</div>")]))
    payload["data"]["streamKey"] = "kkkk••••"
    assert json.loads(text) == payload
    assert part.count("<details") == part.count("</details>") == 3


def test_a_long_payload_is_shown_without_folding(viewer, workspace):
    put(workspace, 1, body=json.dumps({"type": "t", "id": "e-1", "data": list(range(3000))}).encode())
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "2999" in page
    assert "<details" not in page[page.index('id="payload"') :]


def test_what_an_event_changed_is_told_by_the_history_of_its_object(viewer, workspace):
    put(workspace, 1, object_id="m-1", state="projected")
    put(workspace, 2, object_id="m-1", state="projected")
    details = {"status": "ready", "fields": ["title", "tags"]}
    timeline.record(workspace, "media", "m-1", "updated", source="webhook", event_id="e-1", details=details)
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "Was updated" in page
    assert "title, tags" in page
    assert "Was updated" not in viewer.get(url("event_detail", viewer, "e-2")).content.decode()


def test_the_first_and_the_last_delivery_are_told(viewer, workspace):
    first, last = datetime(2026, 5, 20, 12, 0, 1, tzinfo=UTC), datetime(2026, 5, 20, 12, 3, 2, tzinfo=UTC)
    put(workspace, 1, times=2, received_at=first, last_received_at=last)
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "2 times" in page
    assert "12:00:01.000" in page
    assert "12:03:02.000" in page


def test_a_waiting_event_is_followed_and_a_settled_one_rests(viewer, workspace):
    put(workspace, 1)
    put(workspace, 2, state="projected")
    facts = [
        viewer.get(url("event_detail", viewer, one), headers={"hx-request": "true"}).content.decode()
        for one in ("e-1", "e-2")
    ]
    assert ["live:events from:body" in one for one in facts] == [True, False]
    assert all("<html" not in one and 'id="event-changes"' in one for one in facts)


def test_replaying_puts_the_event_back_and_shows_it_waiting(operator, workspace):
    put(workspace, 1, state="failed", error="KeyError in fields.py, line 7")
    answer = operator.post(url("event_replay", operator, "e-1"), headers={"hx-request": "true"})
    assert "Received" in answer.content.decode()
    assert state(1).state == "received"
    assert operator.post(url("event_replay", operator, "e-1"))["Location"] == url("event_detail", operator, "e-1")


def test_replaying_one_first_says_what_it_means(operator, workspace):
    put(workspace, 1, state="failed")
    dialog = operator.get(url("event_replay", operator, "e-1")).content.decode()
    assert "Its error is cleared" in dialog
    assert "Nothing is changed at FastPix" in dialog
    assert state(1).state == "failed", "asking changes nothing"
    assert operator.get(url("event_replay", operator, "no-such")).status_code == 404


def test_a_viewer_is_offered_no_replay(viewer, editor, workspace):
    put(workspace, 1)
    for address in (url("event_list", viewer), url("event_detail", viewer, "e-1")):
        assert "/replay/" not in viewer.get(address).content.decode()
        assert "/replay/" in editor.get(address).content.decode()


def test_the_last_part_of_a_type_its_delay_and_its_object_are_shown(viewer, workspace):
    came = datetime(2026, 5, 20, 12, 0, 1, tzinfo=UTC)
    put(
        workspace,
        1,
        kind="video.media.ready",
        object_id="m-1",
        received_at=came,
        occurred_at=came - timedelta(seconds=0.6),
    )
    page = viewer.get(url("event_list", viewer)).content.decode()
    assert '<span class="ink-3">video.media.</span><b class="fw-medium">ready</b>' in page
    assert ">0.6 s<" in page
    assert "?object=m-1" in page


def test_tabs_count_what_few_events_are_and_no_further_than_a_thousand(viewer, workspace, monkeypatch):
    monkeypatch.setattr(search, "COUNTED", 3)
    for number in range(3):
        put(workspace, number, state="failed")
    for number in range(10, 15):
        put(workspace, number, state="unhandled")
    put(workspace, 20, state="projected")
    page = viewer.get(url("event_list", viewer)).content.decode()
    tabs = page[page.index('id="event-tabs"') : page.index("</ul>", page.index('id="event-tabs"'))]
    assert re.findall(r'(\w+)<span class="count num">([^<]+)', tabs) == [("Failed", "3"), ("Unhandled", "3+")]


def test_every_filter_is_a_chip_that_takes_it_off(viewer, workspace):
    asked = {
        "type": "video.*",
        "object": "m-1",
        "flag": "late",
        "from": "2020-01-01T10:00",
        "state": "failed",
        "before": "x",
    }
    page = viewer.get(url("event_list", viewer), asked).content.decode()
    part = page[page.index('id="event-chips"') :]
    chips = [html.unescape(one) for one in re.findall(r'class="chip [^"]*" href="([^"]*)"', part)]
    gone = [set(asked) - {"before"} - set(QueryDict(one.partition("?")[2])) for one in chips]
    assert gone == [{"type"}, {"object"}, {"flag"}, {"from"}]
    assert 'Remove filter </span><b>Flag:</b> <span class="cut">Late<' in part


def test_a_backlog_tells_how_old_its_oldest_event_is(viewer, workspace):
    put(workspace, 1, received_at=timezone.now() - timedelta(minutes=12))
    put(workspace, 2)
    page = viewer.get(url("event_list", viewer)).content.decode()
    assert "2 events wait to be projected" in page
    assert "12 min ago" in page[page.index("events-waiting") :]
    WebhookEvent.objects.update(state="projected")
    assert "events-waiting" not in viewer.get(url("event_list", viewer)).content.decode()


def test_before_the_first_event_who_can_is_led_to_the_set_up(viewer, admin, workspace):
    where = reverse("workspace:webhook_detail", args=["harbor"])
    for person, led in ((viewer, False), (admin, True)):
        page = person.get(url("event_list", person)).content.decode()
        main = page[page.index('id="event-rows"') :]
        assert "No events yet" in main
        assert (where in main) is led


def test_an_event_that_is_no_longer_kept_is_told_so(viewer, workspace):
    answer = viewer.get(url("event_detail", viewer, "long-gone"))
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "no longer kept" in page
    assert "keeps events for 90 days" in page
    workspace.keep_events_days = 0
    workspace.save()
    assert "for ever" in viewer.get(url("event_detail", viewer, "long-gone")).content.decode()


def test_values_before_and_after_stand_side_by_side(viewer, workspace):
    put(workspace, 1, object_id="m-1", state="projected")
    details = {"fields": ["title"], "values": {"title": ["Dawn", "<b>Dusk</b>"], "duration_ms": [None, 12]}}
    timeline.record(workspace, "media", "m-1", "updated", source="webhook", event_id="e-1", details=details)
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert "<del>Dawn</del>" in page
    assert "<ins>&lt;b&gt;Dusk&lt;/b&gt;</ins>" in page
    assert "Duration" in page


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (None, None, ""),
        (-5, None, "with the secret in use"),
        (-5, 5, "both counted then"),
        (5, 60, "replaced since"),
        (-60, -5, "with the secret in use"),
    ],
)
def test_which_secret_signed_is_told_as_far_as_it_is_known(viewer, workspace, since, until, words):
    came = timezone.now()

    def moment(minutes):
        return None if minutes is None else came + timedelta(minutes=minutes)

    workspace.webhook_secret_at, workspace.webhook_secret_previous_until = moment(since), moment(until)
    workspace.save()
    put(workspace, 1, received_at=came)
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    told = re.search(r'Right</span><span class="sub d-block">([^<]*)<', page)[1]
    assert told.endswith(words)
    assert bool(told) is bool(words)


def test_long_lists_in_a_payload_are_folded_at_first_with_a_hint(viewer, workspace):
    payload = {"type": "t", "id": "e-1", "data": {"tracks": [{"a": 1}, {"a": 2}]}}
    put(workspace, 1, body=json.dumps(payload).encode())
    page = viewer.get(url("event_detail", viewer, "e-1")).content.decode()
    assert page.count("<details open><summary") == 1, "data itself is open"
    assert '<details><summary data-hint=" 2 ]">' in page
