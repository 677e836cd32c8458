"""FastPix's own API document, against which every answer of the sandbox is held."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

FILE = Path(__file__).parents[3] / "shared" / "fastpix" / "openapi.yaml"
checked = set()


def check(answer):
    """Fail where a success violates the document; where the document is missing, nothing is checked."""
    if not FILE.exists() or not answer.ok:
        return
    asked = answer.request
    parts = urlsplit(asked.url)
    request = MockRequest(
        f"{parts.scheme}://{parts.netloc}",
        asked.method,
        parts.path,
        args=dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair),
        headers=dict(asked.headers),
        data=asked.body if isinstance(asked.body, bytes) else None,
    )
    response = MockResponse(answer.content, answer.status_code, content_type="application/json")
    try:
        _document().validate_response(request, response)
    except Exception as error:
        details = getattr(error.__cause__, "schema_errors", "")
        raise AssertionError(f"{asked.method} {parts.path}: {error} {details}\n{answer.text}") from error
    checked.add((asked.method, parts.path))


def check_refusal(body, status):
    """Fail where the body of an error has another form than the recorded ones."""
    assert body.keys() == {"success", "error"}
    assert body["success"] is False
    error = body["error"]
    assert error["code"] == status
    assert isinstance(error["message"], str)
    if "fields" in error:
        assert status == 422
        assert error.keys() == {"code", "message", "fields"}
        assert all(one.keys() == {"field", "message"} for one in error["fields"])
    else:
        assert error.keys() <= {"code", "message", "description"}


@cache
def _document():
    loaded = yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)
    loaded["servers"] = [{"url": "/v1"}]
    # recorded as null when it was not asked for
    loaded["components"]["schemas"]["CreatePlaybackId"]["properties"]["resolution"] |= {"nullable": True}
    loaded = _nullable(loaded)
    return OpenAPI.from_dict(loaded, config=Config(spec_validator_cls=None))


def _nullable(node):
    """`nullable` beside $ref or oneOf means nothing in OpenAPI 3.0; say what was meant."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {name: _nullable(value) for name, value in node.items()}
    null = {"nullable": True, "enum": [None]}
    if node.get("nullable") is True and "$ref" in node:
        return {"anyOf": [{"$ref": node["$ref"]}, null]}
    if node.get("nullable") is True and "oneOf" in node:
        node["oneOf"] = [*node["oneOf"], null]
    if node.get("nullable") is True and isinstance(node.get("enum"), list) and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    return node
