"""The overview and its panels: numbers as people read them, one panel's trouble is its own."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.fastpix_api.sockets import answer
from tests.people import make_client, make_workspace

HTMX = {"HX-Request": "true"}
PANELS = ["analytics:views_show", "analytics:playing_time_show"]


def overall(value, *, views=412_806, viewers=188_204, **rest):
    data = {"value": value, "totalViews": views, "uniqueViews": viewers, "totalPlayTime": 5, "globalValue": value}
    return {
        "success": True,
        "data": data,
        "metadata": {"aggregation": "view_end"},
        "timespan": [1779193816, 1779280216],
    } | rest


def panel(client, name="analytics:views_show", query=""):
    return client.get(reverse(name, args=[client.slug]) + query, headers=HTMX)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_page_opens_at_once_and_leaves_the_asking_to_its_panels(viewer, fastpix):
    page = viewer.get(reverse("analytics:overview", args=[viewer.slug]) + "?span=7d")
    assert page.status_code == 200
    assert fastpix.asked == []
    for name in PANELS:
        assert f'data-hx-get="{reverse(name, args=[viewer.slug])}?span=7d"' in text(page)
    assert '?span=7d" aria-current="page">Last 7 days' in text(page)


def test_views_are_told_with_separators_and_what_was_counted(viewer, fastpix):
    fastpix.says(overall(412806))
    page = text(panel(viewer))
    assert "412,806" in page
    assert "188,204" in page
    assert "19 May 2026, 12:30</time> to <time" in page
    assert "Small sample" not in page
    assert "API answer" in page


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(32_875, "32 s"), (4_320_000, "1 h 12 min"), (220_824_000_000, "61,340<small>h</small>")],
)
def test_playing_time_is_told_as_a_length(viewer, fastpix, milliseconds, shown):
    fastpix.says(overall(milliseconds, views=1000))
    assert shown in text(panel(viewer, "analytics:playing_time_show"))


def test_playing_time_is_spread_over_its_views(viewer, fastpix):
    fastpix.says(overall(3_600_000, views=600))
    assert '<dt>Each view</dt><dd class="num">6 s</dd>' in text(panel(viewer, "analytics:playing_time_show"))


@pytest.mark.parametrize(
    ("span", "asked"), [("24h", "24:hours"), ("7d", "7:days"), ("30d", "30:days"), ("9y", "24:hours")]
)
def test_the_chosen_span_is_asked_for(viewer, fastpix, span, asked):
    fastpix.says(overall(1))
    panel(viewer, query=f"?span={span}")
    assert fastpix.asked[0].replace("%5B%5D", "[]").replace("%3A", ":") == (
        f"/v1/data/metrics/views/overall?measurement=count&timespan[]={asked}"
    )


def test_a_small_sample_says_so(viewer, fastpix):
    fastpix.says(overall(212, views=212))
    page = text(panel(viewer))
    assert "Small sample: 212 views" in page
    assert "num d-block ink-3" in page


def test_no_views_are_not_an_error(viewer, fastpix):
    fastpix.says(overall(0, views=0, viewers=0))
    for name in PANELS:
        assert "No views in this span" in text(panel(viewer, name))


@pytest.mark.parametrize("value", [None, -9223372036854776000, "many", True, [], 1e999])
def test_no_number_is_not_called_zero(viewer, fastpix, value):
    fastpix.says(overall(value))
    assert "FastPix has no number for this span" in text(panel(viewer))


@pytest.mark.parametrize("timespan", [None, [], [1], ["a", "b"], [1e300, 2], {"from": 1}])
def test_a_span_that_cannot_be_read_is_left_out(viewer, fastpix, timespan):
    fastpix.says(overall(7, timespan=timespan))
    page = panel(viewer)
    assert page.status_code == 200
    assert "</time> to <time" not in text(page)


def test_epochs_in_milliseconds_are_the_same_instants(viewer, fastpix):
    fastpix.says(overall(7, timespan=[1779193816000, 1779280216000]))
    assert "19 May 2026, 12:30" in text(panel(viewer))


def test_one_failing_panel_does_not_break_the_other(viewer, fastpix):
    def half(connection, _):
        down = "/views/" in connection.path
        answer(connection, 503 if down else 200, b"" if down else b'{"success": true, "data": {"value": 9000}}')

    fastpix.does(half)
    failed, fine = (panel(viewer, name) for name in PANELS)
    assert failed.status_code == 502
    assert "FastPix has trouble of its own" in text(failed)
    assert failed["X-Request-ID"] in text(failed)
    assert fine.status_code == 200
    assert "9 s" in text(fine)


def test_an_answer_is_kept_for_half_a_minute_per_workspace_and_span(viewer, fastpix):
    fastpix.says(overall(41))
    assert "41" in text(panel(viewer))
    fastpix.says(overall(52))
    assert "41" in text(panel(viewer))
    assert "52" in text(panel(viewer, query="?span=7d"))
    other = make_client("else@example.com", make_workspace("elsewhere", api_url=fastpix.url))
    assert "52" in text(panel(other))
    assert len(fastpix.asked) == 3
    keys = cache._cache.get_client().keys("*analytics:*")
    assert len(keys) == 3
    assert all(0 < cache._cache.get_client().ttl(key) <= 30 for key in keys)


def test_trouble_is_not_kept(viewer, fastpix):
    fastpix.says(b"", 500)
    assert panel(viewer).status_code == 502
    fastpix.says(overall(41))
    assert panel(viewer).status_code == 200


def test_each_panel_checks_for_itself(stranger, workspace, fastpix, client):
    for name in ["analytics:overview", *PANELS]:
        address = reverse(name, args=[workspace.slug])
        assert stranger.get(address, headers=HTMX).status_code == 404
        assert client.get(address).status_code == 302
    assert fastpix.asked == []


def test_every_role_may_look_and_nobody_may_post(workspace, fastpix):
    fastpix.says(overall(1))
    for role in ("viewer", "editor", "operator", "admin"):
        client = make_client(f"{role}@example.org", workspace, role)
        for name in ["analytics:overview", *PANELS]:
            assert client.get(reverse(name, args=[workspace.slug])).status_code == 200
            assert client.post(reverse(name, args=[workspace.slug])).status_code == 405


@pytest.mark.slow
def test_a_real_sandbox_answers_both_panels(viewer, workspace, sandbox):
    workspace.token_id = workspace.secret_key = "sandbox"
    workspace.api_url = sandbox.api_url
    workspace.save()
    for name in PANELS:
        page = panel(viewer, name)
        assert page.status_code == 200
        assert "FastPix has no number" not in text(page)
