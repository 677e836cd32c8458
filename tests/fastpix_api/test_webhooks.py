"""Signatures of webhooks."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix_api import webhooks

OLD, NEW = base64.b64encode(b"old" * 8).decode(), base64.b64encode(b"new" * 8).decode()
BODY = b'{"id": "1"}'


def test_any_of_the_secrets_will_do() -> None:
    assert webhooks.verify(BODY, webhooks.sign(BODY, OLD), [NEW, OLD])
    assert webhooks.verify(BODY, webhooks.sign(BODY, NEW), iter([NEW, OLD]))
    assert not webhooks.verify(BODY, webhooks.sign(BODY, OLD), [NEW])
    assert not webhooks.verify(BODY, webhooks.sign(BODY, OLD), [])


def test_one_changed_byte_is_noticed() -> None:
    signature = webhooks.sign(BODY, OLD)
    assert not webhooks.verify(BODY + b" ", signature, [OLD])
    assert not webhooks.verify(b"", signature, [OLD])


@given(st.one_of(st.none(), st.text(), st.just("A" * 10_000), st.just("\udcff"), st.just("=")))
def test_no_signature_breaks_the_check(signature: str | None) -> None:
    assert webhooks.verify(BODY, signature, [OLD]) is False


def test_a_bad_secret_beside_a_good_one_does_no_harm() -> None:
    assert webhooks.verify(BODY, webhooks.sign(BODY, OLD), ["not base64!", "", OLD])
    assert not webhooks.verify(BODY, "", ["not base64!"])


@pytest.mark.parametrize("secret", ["", "not base64!", "YWJj\n", "YWJ", "ümlaut", "====", "YW Jj"])
def test_a_secret_that_cannot_sign_is_explained(secret: str) -> None:
    problem = webhooks.secret_problem(secret)
    assert problem
    assert problem.startswith("The signing secret is")
    assert not secret or secret not in problem
    with pytest.raises(ValueError, match="signing secret"):
        webhooks.sign(BODY, secret)


def test_a_good_secret_has_no_problem() -> None:
    assert webhooks.secret_problem(OLD) is None


@pytest.mark.parametrize("signature", ["", "x", "A" * 44, "A" * 10_000, "é", None])
def test_every_secret_is_compared_in_constant_time_whatever_the_signature_looks_like(
    monkeypatch: pytest.MonkeyPatch, signature: str | None
) -> None:
    """RELIABILITY 5: no early way out by length or form, and none after the first secret."""
    compared: list[tuple[type, type]] = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((type(one), type(other))) or False)
    assert not webhooks.verify(BODY, signature, [OLD, NEW])
    assert compared == [(bytes, bytes)] * 2
