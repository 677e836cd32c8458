"""Every operation of the client against FastPix's own document and its recorded requests."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest
from openapi_core.validation.request.exceptions import RequestValidationError

from fastpix_api import Answer, FastPix, FastPixError
from tests.contract import shared
from tests.contract.operations import CALLS, act, arguments, blank, methods
from tests.contract.plug import Plug

pytestmark = shared.needed

BASE = "https://api.example/v1"


def _accept_null(node: Any) -> Any:
    """The document says `nullable` beside `$ref` and `oneOf`, which OpenAPI 3.0 ignores; say it so that it counts."""
    if isinstance(node, list):
        return [_accept_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: _accept_null(value) for name, value in node.items()}
    if node.get("nullable") is True and "type" not in node:
        null = {"nullable": True, "enum": [None]}
        if "$ref" in node:
            return {"anyOf": [{"$ref": node["$ref"]}, null]}
        if "oneOf" in node:
            node["oneOf"] = [*node["oneOf"], null]
    if node.get("nullable") is True and isinstance(node.get("enum"), list) and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    return node


@cache
def document(name: str) -> OpenAPI:
    text = (shared.FASTPIX / name).read_text()
    tree = _accept_null(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    tree["servers"] = [{"url": "/v1"}]  # the document's own ends with a slash, and would be doubled
    return OpenAPI.from_dict(tree, config=Config(spec_validator_cls=None))


def recorded_requests() -> dict[str, dict[str, Any]]:
    return json.loads((shared.FASTPIX / "recorded" / "_requests.json").read_text())


def drive(operation: str, *, as_recorded: bool = False) -> Plug:
    plug = Plug(blank(operation))
    act(operation, as_recorded=as_recorded)(FastPix("token", "secret", base_url=BASE, transport=plug))
    return plug


def check(plug: Plug, source: str = "openapi.yaml") -> None:
    parts = urlsplit(plug.last.url)
    document(source).validate_request(
        MockRequest(
            "https://api.example",
            plug.last.method.lower(),
            parts.path,
            args=dict(plug.query),
            headers=dict(plug.last.headers),
            data=plug.last.body,
            content_type=plug.last.headers.get("Content-Type", "application/json"),
        )
    )


def sent_by(name: str, method: Callable[..., Answer], plug: Plug, *, optional: bool = False) -> tuple[str, set[str]]:
    """The METHOD /template of a method of the client and the names in its query."""
    before = len(plug.sent)
    with suppress(FastPixError):  # the answer is nobody's
        method(**arguments(method, optional=optional))
    assert len(plug.sent) == before + 1, name
    path = unquote(urlsplit(plug.last.url).path.removeprefix("/v1"))
    return f"{plug.last.method} {_anonymous(path)}", {key for key, _ in plug.query}


def _anonymous(template: str) -> str:
    return re.sub(r"\{\w+\}", "{}", template)


def test_the_client_speaks_every_published_operation_once_and_no_other() -> None:
    plug = Plug({"success": True})
    spoken = [sent_by(*one, plug)[0] for one in methods(FastPix("t", "s", base_url=BASE, transport=plug))]
    assert sorted(spoken) == sorted(f"{row['method']} {_anonymous(row['path'])}" for row in shared.published())
    assert len(spoken) == 72


def test_all_that_can_be_asked_for_in_a_query_is_published_and_the_other_way_round() -> None:
    plug = Plug({"success": True})
    sendable = dict(
        sent_by(*one, plug, optional=True) for one in methods(FastPix("t", "s", base_url=BASE, transport=plug))
    )
    assert sendable == {
        f"{row['method']} {_anonymous(row['path'])}": set(row["query_params"].replace("*", "").split())
        for row in shared.published()
    }


@pytest.mark.parametrize("operation", CALLS)
def test_the_document_allows_what_is_sent(operation: str) -> None:
    source = next(row["source"] for row in shared.published() if row["operationId"] == operation)
    check(drive(operation), source.split()[0])


@pytest.mark.parametrize("operation", CALLS)
def test_it_goes_to_the_operation_it_is_named_after(operation: str) -> None:
    plug = drive(operation)
    path = urlsplit(plug.last.url).path.removeprefix("/v1")
    fitting = [
        row["operationId"]
        for row in shared.published()
        if row["method"] == plug.last.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", row["path"]), path)
    ]
    # /on-demand/{mediaId} also fits /on-demand/uploads: the literal path is the meant one
    assert operation in fitting


@pytest.mark.parametrize("operation", CALLS)
def test_it_sends_what_was_recorded(operation: str) -> None:
    recorded = recorded_requests().get(operation)
    if recorded is None:
        assert operation not in {path.stem for path in (shared.FASTPIX / "recorded").glob("*.json")}
        return
    plug = drive(operation, as_recorded=True)
    assert plug.last.method == recorded["method"]
    assert urlsplit(plug.last.url).path == "/v1" + recorded["path"]
    assert plug.body == recorded.get("body")
    sent, wanted = dict(plug.query), {name: str(value) for name, value in recorded.get("query", {}).items()}
    assert wanted.items() <= sent.items()
    assert sent.keys() - wanted.keys() <= {"limit", "offset", "orderBy"}  # our defaults are FastPix's


def test_no_method_of_the_client_goes_unchecked() -> None:
    assert {name for name, _ in methods(FastPix("t", "s", transport=Plug()))} == {name for name, _ in CALLS.values()}
    assert {row["operationId"] for row in shared.published()} == set(CALLS)


def test_the_document_does_refuse_what_is_wrong() -> None:
    plug = Plug({"success": True, "data": {}})
    FastPix("token", "secret", base_url=BASE, transport=plug).media.create(inputs=[], access_policy="everyone")
    with pytest.raises(RequestValidationError):
        check(plug)
    plug = Plug({"success": True, "data": []})
    FastPix("token", "secret", base_url=BASE, transport=plug).uploads.list(limit=51)
    with pytest.raises(RequestValidationError):
        check(plug)


def test_two_epochs_repeat_the_key() -> None:
    plug = Plug({"success": True, "data": {}})
    client = FastPix("token", "secret", base_url=BASE, transport=plug)
    client.metrics.overall("views", timespan=(1498867200, 1498953600), filters=["country:DE", "!device_name:Galaxy"])
    assert plug.query == [
        ("timespan[]", "1498867200"),
        ("timespan[]", "1498953600"),
        ("filterby[]", "country:DE"),
        ("filterby[]", "!device_name:Galaxy"),
    ]


def test_a_browser_upload_says_that_a_browser_will_send() -> None:
    plug = Plug(blank("direct-upload-video-media"))
    client = FastPix("token", "secret", base_url=BASE, transport=plug)
    client.uploads.create(cors_origin="https://console.example", settings={"accessPolicy": "public"}, browser=True)
    assert plug.last.headers["X-Client-Type"] == "web-browser"
    check(plug)
