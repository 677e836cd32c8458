from base64 import b64encode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from media_app.services import playing
from tests.media_app.shelf import put
from workspace_app.models import SigningKey


@pytest.fixture(scope="module")
def pair():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key(workspace, pair):
    pem = pair.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey.objects.create(workspace=workspace, remote_id="key-1", private_key=b64encode(pem).decode())


def test_a_public_id_is_preferred_because_it_needs_no_token(workspace):
    source = playing.source(put(workspace, policies=("private", "public")))
    assert source.url.endswith(".m3u8")
    assert not source.private


def test_nothing_plays_before_it_is_ready(workspace):
    assert playing.source(put(workspace, status="processing")) is None


def test_drm_is_not_offered_in_our_player(workspace):
    assert playing.source(put(workspace, policies=("drm",))) is None


def test_a_private_source_says_whether_a_key_is_kept(workspace, key):
    assert playing.source(put(workspace, policies=("private",))).key
    key.delete()
    assert not playing.source(put(workspace, policies=("private",))).key


def test_the_token_outlives_the_film(workspace, key, pair):
    media = put(workspace, policies=("private",), duration_ms=12 * 3600 * 1000)
    playback = media.playback_ids.get().remote_id
    token = jwt.decode(
        playing.token(media, playback), pair.public_key(), algorithms=["RS256"], audience=f"media:{playback}"
    )
    assert token["exp"] - token["iat"] >= 12 * 3600 + 1800


def test_a_private_picture_carries_a_token_and_keeps_it(workspace, key):
    media = put(workspace, policies=("private",))
    assert "token=" in playing.thumbnail(media)
    assert playing.thumbnail(media) == playing.thumbnail(media)
    assert playing.thumbnail(media, key_id="") == ""


def test_a_key_made_a_moment_ago_is_used_at_once(workspace, pair, request):
    media = put(workspace, policies=("private",))
    assert playing.thumbnail(media) == ""
    request.getfixturevalue("key")
    assert "token=" in playing.thumbnail(media)


def test_a_sound_file_has_no_picture(workspace):
    assert playing.thumbnail(put(workspace, is_audio_only=True)) == ""


def test_after_its_key_was_deleted_a_picture_is_signed_with_the_next_one(workspace, key, pair):
    media = put(workspace, policies=("private",))
    newer = SigningKey.objects.create(workspace=workspace, remote_id="key-2", private_key=key.private_key)
    by_newer = playing.thumbnail(media)
    newer.delete()
    by_older = playing.thumbnail(media)
    kids = [jwt.get_unverified_header(address.partition("token=")[2])["kid"] for address in (by_newer, by_older)]
    assert kids == ["key-2", "key-1"]
