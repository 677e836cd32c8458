"""FastPix's recorded answers and documented refusals, as the client hands them on."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fastpix_api import FastPix, FastPixError, Invalid, Refused, playback_token, webhooks
from tests.contract import shared
from tests.contract.operations import act
from tests.contract.plug import Plug

pytestmark = shared.needed


def recorded(operation: str) -> dict[str, Any]:
    return json.loads((shared.FASTPIX / "recorded" / f"{operation}.json").read_text())


def recordings() -> list[str]:
    here = (shared.FASTPIX / "recorded").glob("[!_]*.json") if shared.FASTPIX.is_dir() else ()
    return sorted(path.stem for path in here)


def refused(status: int, error: dict[str, Any]) -> FastPixError:
    plug = Plug({"success": False, "error": {"code": status, **error}}, status)
    with pytest.raises(FastPixError) as caught:
        FastPix("token", "secret", transport=plug).media.get("x")
    return caught.value


@pytest.mark.parametrize("operation", recordings())
def test_a_recorded_answer_loses_nothing(operation: str) -> None:
    body = recorded(operation)
    status = recorded("_requests")[operation]["status"]
    client = FastPix("token", "secret", transport=Plug(body, status))
    try:
        answer = act(operation, as_recorded=True)(client)
    except Invalid as error:
        put_back = {"code": error.status, "message": error.said, "fields": error.fields}
        assert {"success": False, "error": put_back} == body
        return
    put_back = {"success": True, **answer.rest}
    put_back |= {"data": answer.data} if answer.data is not None else {}
    put_back |= {"pagination": answer.pagination} if answer.pagination is not None else {}
    assert put_back == body
    assert answer.status == status
    assert answer.answered_at == datetime(2026, 5, 20, 12, 50, 15, tzinfo=UTC)


def test_there_are_recordings_to_read() -> None:
    assert set(recordings()) == set(recorded("_requests"))
    assert len(recordings()) == 41


def test_the_rest_of_a_data_answer_is_kept() -> None:
    body = recorded("list_breakdown_values") | {"data": {"value": 1}}
    answer = FastPix("token", "secret", transport=Plug(body)).metrics.overall("views")
    assert answer.rest == {"metadata": {"aggregation": "view_end"}, "timespan": body["timespan"]}


def test_a_recorded_private_key_signs_a_token() -> None:
    """The recorded key is synthetic in its numbers, so it may be refused, but never with its text in the error."""
    key = recorded("create_signing_key")["data"]
    assert base64.b64decode(key["privateKey"]).startswith(b"-----BEGIN PRIVATE KEY-----")
    assert playback_token.pem(key["privateKey"]).count("\n") > 20


def test_a_code_in_the_body_that_differs_changes_nothing() -> None:
    """mp4Support's documented example says code 404 in a 400."""
    error = refused(400, {"code": 404, "message": "mp4Support value already exists"})
    assert type(error) is Refused


def test_a_validation_failure_names_its_fields() -> None:
    error = refused(
        422, {"message": "payload validation failed", "fields": [{"field": "name", "message": "must not be null"}]}
    )
    assert isinstance(error, Invalid)
    assert error.fields == [{"field": "name", "message": "must not be null"}]
    assert (
        error.sentence == "FastPix did not accept what was sent: name must not be null. Correct it, then send it again."
    )
    assert not error.names_unknown_id


def test_the_recorded_malformed_id_is_an_unknown_id() -> None:
    error = refused(422, recorded("getDrmConfigurationById")["error"])
    assert isinstance(error, Invalid)
    assert error.fields == [{"field": "drmConfigurationId", "message": "is invalid"}]
    assert error.names_unknown_id


def test_the_signature_vector_holds() -> None:
    vector = json.loads((shared.FASTPIX / "webhook-samples" / "_signature-vector.json").read_text())
    body, secret = vector["raw_body"].encode(), vector["signing_secret"]
    assert webhooks.sign(body, secret) == vector["expected_signature"]
    assert webhooks.verify(body, vector["expected_signature"], [secret])
    assert not webhooks.verify(body, vector["signature_if_secret_is_wrongly_used_undecoded"], [secret])
    assert not webhooks.verify(body + b" ", vector["expected_signature"], [secret])
