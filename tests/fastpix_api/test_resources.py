"""The resources: what each sends, what it never sends, and what it makes of answers."""

import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from fastpix_api import Answer, Broken, FastPix, FastPixError, Patience, Refused, Unreachable, paging
from tests.contract.operations import CALLS, act, arguments, methods
from tests.contract.plug import Plug

# the second one would be refused for the success of the first, or end the next broadcast
ONCE = {"enable-live-stream", "disable-live-stream", "complete-live-stream"}
STRANGE, QUOTED = "a/b?c#d%e", "a%2Fb%3Fc%23d%25e"
NAMES = [name for name, _ in methods(FastPix("t", "s", transport=Plug()))]


def client(plug: Plug) -> FastPix:
    return FastPix("token", "secret", base_url="https://api.example/v1", transport=plug)


def body(acting: Callable[[FastPix], Answer], data: Any = None) -> Any:
    """What an act sends."""
    plug = Plug({"success": True, "data": {} if data is None else data})
    acting(client(plug))
    return plug.body


def ids(method: Callable[..., Answer]) -> list[str]:
    """The arguments of a method that name an object."""
    taken = inspect.signature(method).parameters.values()
    named = [one.name for one in taken if one.kind is one.POSITIONAL_OR_KEYWORD and one.annotation is str]
    return [name for name in named if name.endswith("_id") or name in {"metric", "dimension"}]


@pytest.mark.parametrize("operation", CALLS)
def test_a_worker_repeats_only_what_can_do_no_harm_twice(operation: str) -> None:
    plug = Plug(b"", 503)
    worker = FastPix("token", "secret", patience=Patience.WORKER, sleep=lambda _: None, transport=plug)
    with pytest.raises(Unreachable) as caught:
        act(operation)(worker)
    harmless = plug.last.method in {"GET", "PUT", "DELETE"} and operation not in ONCE
    assert len(plug.sent) == (4 if harmless else 1)
    assert caught.value.perhaps_done


@pytest.mark.parametrize("name", NAMES)
def test_an_id_stays_one_part_of_the_address(name: str) -> None:
    plug = Plug({"success": True})
    method = dict(methods(client(plug)))[name]
    with suppress(FastPixError):  # the answer is nobody's
        method(**{**arguments(method), **dict.fromkeys(ids(method), STRANGE)})
    assert str(plug.last.url).count(QUOTED) == len(ids(method))


# views.now_by asks by a word that stands in the query, which is FastPix's to judge
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"views.now_by"}))
@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_names_nothing_is_never_sent(name: str, bad: str) -> None:
    plug = Plug({"success": True})
    method = dict(methods(client(plug)))[name]
    for one in ids(method):
        with pytest.raises(ValueError, match="is not an id"):
            method(**{**arguments(method), one: bad})
    assert plug.sent == []


def test_rules_are_sent_flat_because_wrapped_ones_are_dropped_without_a_word() -> None:
    flat = {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    how = {"default_policy": "deny", "allow": ["example.com"]}
    assert body(lambda c: c.playback.update_domains("m", "p", **how)) == flat
    assert body(lambda c: c.playback.update_user_agents("m", "p", **how)) == flat
    assert body(lambda c: c.live_playback.update_domains("s", "p", **how)) == flat
    assert body(lambda c: c.live_playback.update_user_agents("s", "p", **how)) == flat


def test_a_manual_playlist_has_no_rules_and_a_smart_one_says_its_kind() -> None:
    manual = body(lambda c: c.playlists.create(name="A", reference_id="a"))
    assert manual == {"name": "A", "referenceId": "a", "type": "manual"}
    rules = {"playOrder": "createdDate ASC", "metadata": {"createdDate": {"startDate": "2026-01-01"}}}
    smart = body(lambda c: c.playlists.create(name="A", reference_id="a", limit=5, smart={**rules, "type": "manual"}))
    assert smart == {"name": "A", "referenceId": "a", "type": "smart", "limit": 5, **rules}


def test_media_are_taken_out_of_a_playlist_not_the_playlist_with_them() -> None:
    plug = Plug({"success": True, "data": {}})
    client(plug).playlists.remove_media("p", ["a", "b"])
    assert (plug.last.method, plug.last.url) == ("DELETE", "https://api.example/v1/on-demand/playlists/p/media")
    assert plug.body == {"mediaIds": ["a", "b"]}


def test_media_and_streams_are_told_only_what_changes() -> None:
    assert body(lambda c: c.media.update("m", title="", creator_id="ann")) == {"title": "", "creatorId": "ann"}
    assert body(lambda c: c.media.update("m", metadata={})) == {"metadata": {}}
    assert body(lambda c: c.streams.update("s", reconnect_window=120)) == {"reconnectWindow": 120}
    assert body(lambda c: c.streams.update("s", metadata={})) == {"metadata": {}}


def test_what_fastpix_would_not_keep_cannot_be_asked_for() -> None:
    assert body(lambda c: c.simulcast.update("s", "t", is_enabled=False)) == {"isEnabled": False}
    for change in (
        partial(client(Plug()).simulcast.update, "s", "t", is_enabled=True, metadata={}),
        partial(client(Plug()).streams.update, "s", maxResolution="720p"),
        partial(client(Plug()).media.update, "m", accessPolicy="private"),
    ):
        with pytest.raises(TypeError):
            change()


def test_a_summary_that_is_switched_off_has_no_length() -> None:
    assert body(lambda c: c.ai.update_summary("m", generate=False)) == {"generate": False}
    assert body(lambda c: c.ai.update_summary("m", generate=True, length=30)) == {"generate": True, "summaryLength": 30}


def test_a_summary_is_its_text() -> None:
    assert client(Plug({"success": True, "data": "A goal."})).ai.summary("m").data == "A goal."
    with pytest.raises(Broken):
        client(Plug({"success": True, "data": {}})).ai.summary("m")


def test_dimensions_are_words() -> None:
    assert client(Plug({"success": True, "data": ["country"]})).dimensions.list().data == ["country"]
    with pytest.raises(Broken):
        client(Plug({"success": True, "data": [{"id": "country"}]})).dimensions.list()


def test_a_workspace_without_drm_has_an_empty_list_of_configurations() -> None:
    none = {"success": False, "error": {"code": 400, "message": "DRM ID does not exist"}}
    answer = client(Plug(none, 400)).drm.list()
    assert (answer.data, answer.pagination, answer.status) == ([], None, 400)


@pytest.mark.parametrize(("status", "message"), [(400, "Bad Request"), (403, "forbidden"), (404, "DRM ID not found")])
def test_any_other_refusal_of_drm_stays_one(status: int, message: str) -> None:
    with pytest.raises(Refused) as caught:
        client(Plug({"success": False, "error": {"message": message}}, status)).drm.list()
    assert caught.value.said == message


class Shelf:
    """A list of items in pages, as FastPix keeps it."""

    def __init__(self, count: int) -> None:
        self.items, self.asked = [{"id": str(number)} for number in range(count)], 0
        self.plug = Plug(answering=self._answer)

    def _answer(self, request: Any) -> tuple[int, Any]:
        self.asked += 1
        asked = dict(self.plug.query)
        limit, page = int(asked["limit"]), int(asked["offset"])
        return 200, {"success": True, "data": self.items[(page - 1) * limit : page * limit]}


@pytest.mark.parametrize(("count", "asked"), [(0, 1), (1, 1), (50, 2), (120, 3)])
def test_pages_end_with_the_first_that_is_not_full(count: int, asked: int) -> None:
    shelf = Shelf(count)
    seen = [item for page in paging.pages(client(shelf.plug).playlists.list) for item in page.data]
    assert seen == shelf.items
    assert shelf.asked == asked


def test_pages_are_asked_for_only_when_they_are_needed() -> None:
    shelf = Shelf(120)
    pages = paging.pages(partial(client(shelf.plug).media.clips, "m", order_by="asc"))
    assert shelf.asked == 0
    next(pages)
    assert shelf.asked == 1
    assert dict(shelf.plug.query) == {"limit": "50", "offset": "1", "orderBy": "asc"}


def test_pages_have_an_end_even_where_the_list_has_none() -> None:
    shelf = Shelf(500)
    assert len(list(paging.pages(client(shelf.plug).playlists.list, at_most=3))) == 3
