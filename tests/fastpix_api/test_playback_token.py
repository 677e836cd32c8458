"""Tokens for private playback."""

import base64
import re
import time
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fastpix_api import playback_token

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
HEAD, BODY, FOOT = re.fullmatch(r"(-+[A-Z ]+-+)\n(.*)\n(-+[A-Z ]+-+)\n", PEM, re.DOTALL).groups()  # type: ignore[union-attr]
ONE_LINE = f"{HEAD}\n{BODY.replace(chr(10), '')}\n{FOOT}"


def packed(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


@pytest.mark.parametrize(
    "key", [packed(PEM), packed(ONE_LINE), packed(ONE_LINE.replace("\n", "")), PEM, f" {packed(PEM)}\n"]
)
def test_a_key_in_any_of_its_spellings_signs(key: str) -> None:
    token = playback_token.mint(key, "kid-1", "play-1", lifetime=timedelta(hours=2))
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": "kid-1"}
    claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="media:play-1", issuer="fastpix.com")
    assert claims["kid"] == "kid-1"
    assert claims["sub"] == ""
    assert claims["exp"] - claims["iat"] == 7200
    assert abs(claims["iat"] - time.time()) < 5


def test_a_licence_has_its_own_audience() -> None:
    token = playback_token.mint(PEM, "k", "p", lifetime=timedelta(minutes=1), audience="drm")
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == "drm:p"


@pytest.mark.parametrize(
    "key", ["", "canary", packed("canary"), packed(f"{HEAD}\ncanary\n{FOOT}"), "-----BEGIN canary"]
)
def test_a_key_that_cannot_be_read_is_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be read") as caught:
        playback_token.mint(key, "k", "p", lifetime=timedelta(minutes=1))
    assert caught.value.__context__ is None
    assert "canary" not in str(caught.value)
