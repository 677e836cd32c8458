"""The page of streams: what a person sees of what FastPix lists."""

import re

import pytest
from django.urls import reverse

from tests.contract import shared
from tests.people import make_client

HTMX = {"HX-Request": "true"}
HOSTILE = """<img src=x onerror=alert(1)></script>"'{{7*7}}"""
KEY = "canarykey0123456789k2e5ecebd"


def stream(number=0, **fields):
    """One stream as FastPix lists it (recorded), secrets included."""
    return {
        "streamId": f"{number:032x}",
        "streamKey": KEY,
        "srtSecret": KEY,
        "srtPlaybackResponse": {"srtPlaybackSecret": KEY},
        "trial": False,
        "status": "idle",
        "enableRecording": True,
        "createdAt": "2026-05-20T10:10:00.333884Z",
        "playbackIds": [{"id": "p", "accessPolicy": "public"}],
        "metadata": {"name": f"stream {number}"},
    } | fields


def listing(*streams, page=1, pages=1, total=None):
    pagination = {"totalRecords": len(streams) if total is None else total, "currentOffset": page, "offsetCount": pages}
    return {"success": True, "data": list(streams), "pagination": pagination}


def rows(client, query=""):
    return client.get(reverse("live:stream_list", args=[client.slug]) + query, headers=HTMX)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_page_opens_without_asking_fastpix(viewer, fastpix):
    page = viewer.get(reverse("live:stream_list", args=[viewer.slug]) + "?page=3")
    assert page.status_code == 200
    assert fastpix.asked == []
    assert 'data-hx-trigger="load"' in text(page)
    assert f"{reverse('live:stream_list', args=[viewer.slug])}?page=3" in text(page)


@pytest.mark.parametrize(
    ("word", "shown", "tone"),
    [
        ("idle", "Idle", "off"),
        ("preparing", "Preparing", "info"),
        ("active", "Active", "ok"),
        ("Disabled", "Disabled", "off"),
        ("rehearsing", "rehearsing", "off"),
    ],
)
def test_a_stream_shows_its_title_and_its_status_in_words(viewer, fastpix, word, shown, tone):
    fastpix.says(listing(stream(1, status=word)))
    page = text(rows(viewer))
    assert "stream 1" in page
    assert re.search(rf'class="st st-{tone}"><svg.*?</svg>{shown}<', page)
    assert "API answer" in page
    assert "Public" in page
    assert page.lstrip().startswith('<div id="stream-rows"')


def test_no_key_of_a_stream_reaches_the_page(viewer, fastpix):
    fastpix.says(listing(stream(1), stream(2, metadata=None)))
    page = rows(viewer)
    assert "canary" not in page.content.decode()
    assert "canary" not in repr(page.context["page"])


def test_an_untitled_stream_is_called_so(viewer, fastpix):
    fastpix.says(listing({"streamId": "abc", "status": "idle"}))
    page = text(rows(viewer))
    assert "Untitled" in page
    assert "abc" in page


def test_hostile_words_stay_words(viewer, fastpix):
    fastpix.says(listing(stream(1, metadata={"name": HOSTILE}, status=HOSTILE, streamId=HOSTILE)))
    page = rows(viewer).content.decode()
    assert "<img" not in page
    assert "</script>" not in page
    assert "49" not in page
    assert "&lt;img" in page


def test_no_streams_is_said_with_where_they_come_from(viewer, fastpix):
    fastpix.says(listing())
    page = text(rows(viewer))
    assert "No streams yet" in page
    assert "dashboard" in page


def test_pages_follow_fastpix_own_count(viewer, fastpix):
    fastpix.says(listing(*(stream(n) for n in range(25)), page=2, pages=3, total=60))
    page = text(rows(viewer, "?page=2"))
    assert fastpix.asked == ["/v1/live/streams?limit=25&offset=2&orderBy=desc"]
    assert "26 to 50 of 60" in page
    assert 'rel="prev" href="/w/harbor/live/?page=1"' in page
    assert 'rel="next" href="/w/harbor/live/?page=3"' in page


def test_a_single_page_has_no_pager(viewer, fastpix):
    fastpix.says(listing(stream(1)))
    assert "pager" not in text(rows(viewer))


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "", "²", "9" * 30])
def test_an_address_that_names_no_page_means_the_first(viewer, fastpix, asked):
    fastpix.says(listing(stream(1)))
    assert rows(viewer, f"?page={asked}").status_code == 200
    assert "offset=1&" in fastpix.asked[0]


def test_a_page_beyond_the_last_leads_back(viewer, fastpix):
    fastpix.says(listing(page=9, pages=1, total=3))
    page = text(rows(viewer, "?page=9"))
    assert "No streams on this page" in page
    assert 'href="/w/harbor/live/"' in page


def test_fastpix_being_down_is_one_sentence_where_the_rows_would_be(viewer, fastpix):
    fastpix.says(b"", 503)
    page = rows(viewer)
    assert page.status_code == 502
    assert "FastPix has trouble of its own (status 503)." in text(page)
    assert "Try again" in text(page)
    assert page["X-Request-ID"] in text(page)
    assert viewer.get(reverse("live:stream_list", args=[viewer.slug])).status_code == 200


def test_refused_credentials_are_named(viewer, fastpix):
    fastpix.says({"success": False, "error": {"code": 401, "message": "unauthorized"}}, 401)
    page = rows(viewer)
    assert "Token ID and Secret Key" in text(page)
    assert "secret-of-harbor" not in page.content.decode()


def test_strangers_find_nothing(stranger, fastpix, workspace):
    assert stranger.get(reverse("live:stream_list", args=[workspace.slug]), headers=HTMX).status_code == 404
    assert fastpix.asked == []


def test_every_role_may_look_and_nobody_may_post(workspace, fastpix):
    fastpix.says(listing())
    for role in ("viewer", "editor", "operator", "admin"):
        client = make_client(f"{role}@example.org", workspace, role)
        assert rows(client).status_code == 200
        assert client.post(reverse("live:stream_list", args=[workspace.slug])).status_code == 405


@shared.needed
def test_the_recorded_list_is_shown(viewer, fastpix):
    fastpix.says((shared.FASTPIX / "recorded" / "get-all-streams.json").read_bytes())
    page = rows(viewer)
    assert page.status_code == 200
    assert "2e5ecebd2883279a1f67c19d8d99fa2a" in text(page)
    assert "1ac0f0fe75aac1789f9391dc651dec77k" not in text(page)


@pytest.mark.slow
def test_a_real_sandbox_answers_the_page(viewer, workspace, sandbox):
    workspace.token_id = workspace.secret_key = "sandbox"
    workspace.api_url = sandbox.api_url
    workspace.save()
    assert "No streams yet" in text(rows(viewer))
